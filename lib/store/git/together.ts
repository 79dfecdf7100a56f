/**
 * Several records and refs of the remote in one atomic push, each with the value that it replaces.
 *
 * This is what makes a push fenced: the branch moves only if the record that gives the right to move it is
 * still the one that was read. A record always gets a new commit, even for an equal value, because git does
 * not send a ref that would not change, and the remote would then compare nothing.
 */
import { join } from 'node:path'
import { type DevLoopsError, StoreError, UsageError } from '../../errors.ts'
import { isBranchName } from '../../target.ts'
import type { RecordChange, RefChange, SwapTogether, TogetherOptions } from '../store.ts'
import { versionOf } from './cache.ts'
import { healing } from './commits.ts'
import { isSha } from './content.ts'
import { look } from './look.ts'
import { type Pushed, push } from './push.ts'
import { listRefs } from './remote.ts'
import { committed, contains, type GitStorePlace, isSame, type Prepared, prepare, updatesFor } from './swap.ts'

const HEADS = 'refs/heads/'
const UNSUPPORTED = { ok: false, unsupported: 'atomic_push' } as const
const MOST_ROUNDS = 6

interface Step {
  readonly refs: readonly RefChange[]
  readonly options: TogetherOptions
}

/** @throws UsageError `invalid_value` for a ref that is no branch; StoreError as `compareAndSwap` */
export async function swapTogether(
  changes: readonly (RecordChange & { readonly wallMs: number })[],
  step: Step,
  place: GitStorePlace,
): Promise<SwapTogether> {
  step.refs.forEach(checkRef)
  if (!place.atomic.supported) return UNSUPPORTED

  const drafts = await Promise.all(changes.map((change) => healing(() => prepare(change, place))))
  const moved = changes.flatMap(({ key }, i) => (drafts[i] === null ? [key] : []))
  if (moved.length > 0) return { ok: false, conflict: true, moved }
  return pushRounds(
    drafts.filter((draft) => draft !== null),
    step,
    place,
  )
}

/** A part of the index that others replaced meanwhile is read again; a record or branch that moved is not. */
async function pushRounds(first: readonly Prepared[], step: Step, place: GitStorePlace): Promise<SwapTogether> {
  let prepared = first
  let repaired = false
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const pushed = await pushOnce(prepared, step, place)
    if (pushed.ok) return done(prepared, place)
    if (pushed.unsupported) {
      place.atomic.supported = false
      return UNSUPPORTED
    }
    const now = await lookAfter(pushed.failure, prepared, { step, place })
    if (now.committed) return done(prepared, place, false)
    if (now.moved.length > 0) return { ok: false, conflict: true, moved: now.moved }
    const isUnchanged = now.prepared.every(({ seen }, i) => isSame(seen, prepared[i]?.seen))
    if (isUnchanged && (!pushed.damaged || repaired)) throw pushed.failure
    if (pushed.damaged) for (const { write } of prepared) write()
    repaired ||= pushed.damaged
    prepared = now.prepared
  }
  return { ok: false, conflict: true, moved: [] }
}

async function pushOnce(prepared: readonly Prepared[], { refs, options }: Step, place: GitStorePlace): Promise<Pushed> {
  const updates = [
    ...(await updatesFor(prepared, place)),
    ...refs.map(({ ref, expected, next }) => ({ ref, expected, next })),
  ]
  const { signal, deadlineMs } = options
  const alternates = [...new Set(refs.map(({ objects }) => join(objects, 'objects')))]
  return push(updates, { ...place, signal, alternates, ...(deadlineMs === undefined ? {} : { timeoutMs: deadlineMs }) })
}

function done(prepared: readonly Prepared[], place: GitStorePlace, newest = true): SwapTogether {
  if (newest) for (const each of prepared) committed(each, place)
  return { ok: true, versions: prepared.map(({ next }) => next) }
}

interface LookedTogether {
  readonly committed: boolean
  readonly moved: readonly string[]
  readonly prepared: readonly Prepared[]
}

/** Asked without the caller's signal: a step that was cancelled may have landed. */
async function lookAfter(
  failure: DevLoopsError,
  prepared: readonly Prepared[],
  { step: { refs }, place }: { step: Step; place: GitStorePlace },
): Promise<LookedTogether> {
  try {
    const records = await Promise.all(prepared.map((each) => healing((again) => lookAt(each, place, again))))
    const heads = refs.length === 0 ? new Map() : await listRefs(`${HEADS}*`, place)
    const movedRefs = refs.filter(({ ref, expected }) => (heads.get(ref) ?? null) !== expected)
    // git's own servers skip a hidden ref and change the others, atomic or not: that is not done.
    const isRefused = refs.some(({ ref, expected }) => (heads.get(ref) ?? null) === expected)
    const landed = records.some(({ committed }) => committed)
    if (landed && isRefused) throw failure
    return {
      committed: landed || (records.length === 0 && refs.every(({ ref, next }) => heads.get(ref) === next)),
      moved: [
        ...records.filter(({ moved }) => moved).map(({ prepared }) => prepared.key),
        ...movedRefs.map(({ ref }) => ref),
      ],
      prepared: records.map(({ prepared }) => prepared),
    }
  } catch (error) {
    throw error instanceof StoreError ? failure : error
  }
}

async function lookAt(prepared: Prepared, place: GitStorePlace, again: boolean) {
  const { seen, version } = await look(prepared.key, place)
  return {
    committed: version !== null && (await contains(version, prepared, place, again)),
    moved: versionOf(seen) !== prepared.version,
    prepared: { ...prepared, seen },
  }
}

function checkRef({ ref, expected, next }: RefChange): void {
  const valid = ref.startsWith(HEADS) && isBranchName(ref.slice(HEADS.length)) && isSha(next)
  if (valid && (expected === null || isSha(expected))) return
  throw new UsageError(
    'invalid_value',
    `${JSON.stringify(ref)} cannot be pushed together with records; give a whole branch ref and full commit ids`,
    { what: 'ref', value: ref },
  )
}
