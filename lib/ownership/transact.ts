/**
 * One change of a record: look, decide, commit; and before the very first commit, and before the target
 * is given to anybody, the predecessor's files are put out of use, so that at no instant both tools may
 * own it. There may be one in each worktree, and in each clone that shares our store.
 */
import type { Instant, Json, Versioned } from '../store/store.ts'
import { type Change, type NoChange, update } from '../store/update.ts'
import { type Target, targetKey } from '../target.ts'
import { formerTarget } from './alias.ts'
import type { OwnershipContext } from './context.ts'
import { gatherEvidence, type Seen } from './evidence.ts'
import { findUnsealed, type PredecessorRecord } from './predecessor-file.ts'
import { type OwnershipRecord, recordTarget } from './record.ts'
import type { Evidence } from './rules/liveness.ts'
import { interpret } from './stored.ts'

export interface Looked extends Seen {
  readonly evidence: Evidence
}

/** Without a record nothing is written. */
export type Decided<Result> =
  | { readonly result: Result; readonly record?: never }
  | { readonly result: Result; readonly record: OwnershipRecord; readonly entry: Json }

type Step<Result> =
  | { readonly result: Result }
  | { readonly seal: readonly PredecessorRecord[] }
  /** No record under this name; the repository may have had another. */
  | { readonly absent: true }

/** @param decide pure but for what it is given; called again after a conflict */
export async function transact<Result>(
  target: Target,
  context: OwnershipContext,
  decide: (looked: Looked) => Decided<Result>,
): Promise<Result> {
  let at = target
  let located = false
  for (;;) {
    const step = await update<Step<Result>>(context.store, targetKey(at), (current, now) => {
      if (current === null && !located) return { unchanged: true, result: { absent: true } }
      return decideOn(at, context, decide, { current, now })
    })
    if ('result' in step) return step.result
    if ('absent' in step) {
      at = (await formerTarget(target, context.store)) ?? target
      located = true
      continue
    }
    // Needed rarely in the life of a record, so no other call pays for loading it.
    const { sealPredecessor } = await import('./predecessor-seal.ts')
    for (const unsealed of step.seal) await sealPredecessor(unsealed, at, context)
  }
}

function decideOn<Result>(
  target: Target,
  context: OwnershipContext,
  decide: (looked: Looked) => Decided<Result>,
  { current, now }: { readonly current: Versioned | null; readonly now: Instant },
): Change<Step<Result>> | NoChange<Step<Result>> {
  const stored = interpret(target, current, context)
  const evidence = gatherEvidence(stored, now, context, true)
  const decided = decide({ key: stored.key, record: stored.record, version: stored.version, evidence })
  const result = { result: decided.result }
  if (decided.record === undefined) return { unchanged: true, result }

  const isGrant = decided.record.token !== stored.record?.token
  const seal = stored.version === null || isGrant ? findUnsealed(target, context) : []
  if (seal.length > 0) return { unchanged: true, result: { seal } }
  // A first record under an alias bears the name that it is kept under, not the one it was asked under.
  const value = { ...decided.record, target: recordTarget(target) }
  return { value, entry: withOrigin(decided.entry, stored.predecessor), result }
}

function withOrigin(entry: Json, predecessor: PredecessorRecord | null): Json {
  const isFields = typeof entry === 'object' && entry !== null && !Array.isArray(entry)
  return isFields && predecessor ? { ...entry, importedFrom: predecessor.file } : entry
}
