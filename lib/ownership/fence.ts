/**
 * A push that only the owner can make: the refs and the records of the owner change in one step.
 *
 * Each record gets a new version whether or not its lease is due, because an unchanged ref is not sent
 * and so is not compared. Whoever took the target over in the meantime changed that record, and the
 * remote refuses the whole step. A conflict says only that something moved, so the records are read
 * again: still this run and token, then it was our own heartbeat and the step is repeated.
 */
import { StoreError } from '../errors.ts'
import { accept, type Outcome, type Refusal, refuse } from '../outcome.ts'
import type { Json, RecordChange, RefChange, Store, Versioned } from '../store/store.ts'
import { type BranchTarget, formatTarget, type NumberedTarget, type Target, targetKey } from '../target.ts'
import { refused } from './answers.ts'
import type { OwnershipContext } from './context.ts'
import { gatherEvidence } from './evidence.ts'
import { fence } from './rules/guard.ts'
import { interpret, locate } from './stored.ts'

export interface FencedPush {
  readonly runId: string
  /** `null`: only the branch is claimed. */
  readonly target: NumberedTarget | null
  /** Of the claim on `target`; without a target nothing reads it. */
  readonly token: number
  readonly branch: BranchTarget
  /** Of the claim under which the push was decided: a branch that was lost and claimed anew is another one. */
  readonly branchToken: number
  readonly refs: readonly RefChange[]
  /** What the journal of each record says of it. */
  readonly entry: Json
  /** Longest time, over all repeats, until the push can still land. */
  readonly deadlineMs: number
  readonly signal?: AbortSignal | undefined
}

/** Only the heartbeat and commands of the same run come between, so more would be another fault. */
const MOST_TRIES = 8

/**
 * @returns refused: `ownership_lost`, `ownership_missing`, `lease_expired`, `exit_signal_recorded` (nothing
 *   was sent or all of it was refused), `head_moved` (a ref no longer has the value stated), or
 *   `precondition_failed` with `unsupported` (this store, or its remote, cannot do it)
 * @throws StoreError when it is not known whether the push landed, or when records kept changing in between
 */
export async function fencedPush(
  request: FencedPush,
  context: OwnershipContext,
): Promise<Outcome<{ readonly level: 'fenced' }>> {
  const { store } = context
  if (store.swapTogether === undefined) return unsupported('this store lies in no git remote')
  const endTurns = await takeTurns(heldTargets(request), store)
  try {
    return await pushUntilDecided(request, store.swapTogether.bind(store), context)
  } finally {
    await endTurns()
  }
}

type SwapTogetherCall = NonNullable<Store['swapTogether']>

async function pushUntilDecided(
  request: FencedPush,
  swapTogether: SwapTogetherCall,
  context: OwnershipContext,
): Promise<Outcome<{ readonly level: 'fenced' }>> {
  const endsAt = performance.now() + request.deadlineMs
  let looked = await lookAtAll(request, context, 'recall')
  if (!looked.ok) looked = await lookAtAll(request, context, 'read')

  for (let tries = 1; looked.ok; tries += 1) {
    const changes = looked.value
    const deadlineMs = endsAt - performance.now()
    if (tries > MOST_TRIES || deadlineMs <= 0) throw contended(request, tries - 1)
    const swap = await swapTogether(changes, request.refs, { ...signalOf(request), deadlineMs })
    if (swap.ok) return accept({ level: 'fenced' })
    if ('unsupported' in swap) return unsupported('the remote cannot change several refs in one step')

    looked = await lookAtAll(request, context, 'read')
    const ref = looked.ok ? movedRef(swap.moved, request.refs, { before: changes, after: looked.value }) : null
    if (ref !== null) return refuseMoved(ref, request)
  }
  return looked
}

function signalOf({ signal }: FencedPush): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}

interface Holding {
  readonly target: Target
  readonly token: number
}

function heldTargets({ target, token, branch, branchToken }: FencedPush): readonly Holding[] {
  const onBranch = { target: branch, token: branchToken }
  return target === null ? [onBranch] : [onBranch, { target, token }]
}

/** @param how `recall`: the last seen state is enough, because the remote compares it when the push arrives */
async function lookAtAll(
  request: FencedPush,
  context: OwnershipContext,
  how: 'recall' | 'read',
): Promise<Outcome<readonly RecordChange[]>> {
  const changes: RecordChange[] = []
  for (const { target, token } of heldTargets(request)) {
    const { store } = context
    const { at, current } = await locate(target, store, (key) => currentOf(key, store, how))
    const stored = interpret(at, current, context)
    const evidence = gatherEvidence(stored, context.store.now(), context, true)
    const allowed = fence(stored.record, { runId: request.runId, token }, evidence)
    if (!allowed.ok) return refused(allowed, { target, runId: request.runId, seen: stored, evidence, context })
    changes.push({ key: stored.key, version: stored.version, value: allowed.value, entry: request.entry })
  }
  return accept(changes)
}

async function currentOf(key: string, store: Store, how: 'recall' | 'read'): Promise<Versioned | null> {
  const recalled = how === 'recall' ? await store.recall?.(key) : undefined
  return recalled === undefined ? store.read(key) : recalled
}

interface Versions {
  readonly before: readonly RecordChange[]
  readonly after: readonly RecordChange[]
}

/**
 * Which ref, if any, is to blame for a conflict? When the remote did not say what moved, and no record
 * did, it was a ref: the first stands for all.
 */
function movedRef(moved: readonly string[], refs: readonly RefChange[], { before, after }: Versions): RefChange | null {
  const named = refs.find(({ ref }) => moved.includes(ref))
  if (named !== undefined || moved.length > 0) return named ?? null
  const recordsStand = before.every(({ version }, index) => after[index]?.version === version)
  return recordsStand ? (refs[0] ?? null) : null
}

function refuseMoved({ ref, expected }: RefChange, { branch }: FencedPush): Refusal {
  const message = `${ref} of ${branch.repo} is no longer at ${expected ?? 'nothing'}; nothing was pushed, adopt what is there, then ask for the next step`
  return refuse('head_moved', message, { ref, expected })
}

function unsupported(why: string): Refusal<{ readonly unsupported: 'atomic_push' }> {
  const message = `${why}, so a push cannot be bound to the right to make it; nothing was sent`
  return refuse('precondition_failed', message, { unsupported: 'atomic_push' })
}

function contended({ branch, deadlineMs }: FencedPush, tries: number): StoreError {
  const message = `the records of ${formatTarget(branch)} changed each of the ${tries} times a push was tried within ${deadlineMs} ms; nothing was pushed, try again`
  return new StoreError('store_contended', message, { target: formatTarget(branch), tries })
}

/** In the order of their keys, so that two who queue for the same two records never wait for each other. */
async function takeTurns(holdings: readonly Holding[], store: Store): Promise<() => Promise<void>> {
  const ends: (() => Promise<void>)[] = []
  const keys = holdings.map(({ target }) => targetKey(target)).sort()
  for (const key of keys) {
    const end = await store.takeTurn?.(key)
    if (end !== undefined) ends.push(end)
  }
  return async () => {
    for (const end of ends.reverse()) await end()
  }
}
