/**
 * May this push pass? The decision of the pre-push hook; pure.
 *
 * Only what is named here passes. A branch that a run holds passes together with the record of its owner
 * (then the remote itself compares both), or when the owner announced exactly this change. Everything about
 * a branch that could not be looked up counts as held.
 */
import { pushKey } from '../push-key.ts'
import type { PushedRef } from './pushed-refs.ts'

export interface BranchClaim {
  readonly runId: string
  readonly token: number
  /** The ref that the store keeps this claim in, and what it holds now; `null`: the store is not in git. */
  readonly record: { readonly ref: string; readonly version: string } | null
  /** Keys of the changes that the holder announced and did not finish. */
  readonly announced: readonly string[]
}

/** Why a ref may pass. `no_branch`: nobody can claim it. */
const ALLOWED = ['no_branch', 'free', 'record_in_push', 'announced'] as const
/** Why not. `record_stale`: its record is in the push, but does not replace the current one. */
const BLOCKED = ['held', 'held_deletion', 'record_stale', 'record_deletion', 'not_looked_up'] as const

export type Because = (typeof ALLOWED)[number] | (typeof BLOCKED)[number]

export interface RefVerdict {
  readonly ref: string
  readonly allowed: boolean
  readonly because: Because
  readonly branch: string | null
  /** The claim that stands in the way or was honoured. */
  readonly claim: BranchClaim | null
}

export interface PushQuestion {
  readonly refs: readonly PushedRef[]
  /** What the store says of each pushed branch by name; `null`: nobody holds it. */
  readonly claims: ReadonlyMap<string, BranchClaim | null>
  /** Where the store keeps its records on this remote, such as `refs/dev-loops/`; `null`: not there. */
  readonly records: string | null
}

const BRANCHES = 'refs/heads/'

export function decidePush(question: PushQuestion): readonly RefVerdict[] {
  return question.refs.map((pushed) => judge(pushed, question))
}

export function branchOf({ ref }: PushedRef): string | null {
  return ref.startsWith(BRANCHES) ? ref.slice(BRANCHES.length) : null
}

function judge(pushed: PushedRef, { refs, claims, records }: PushQuestion): RefVerdict {
  const { ref, after } = pushed
  const branch = branchOf(pushed)
  if (records !== null && ref.startsWith(records)) {
    if (after === null) return { ref, branch: null, claim: null, allowed: false, because: 'record_deletion' }
    return { ref, branch: null, claim: null, allowed: true, because: 'no_branch' }
  }
  if (branch === null) return { ref, branch, claim: null, allowed: true, because: 'no_branch' }

  const claim = claims.get(branch)
  if (claim === undefined) return { ref, branch, claim: null, allowed: false, because: 'not_looked_up' }
  if (claim === null) return { ref, branch, claim, allowed: true, because: 'free' }
  return { ref, branch, claim, ...judgeHeld({ pushed, branch, claim }, refs) }
}

interface HeldRef {
  readonly pushed: PushedRef
  readonly branch: string
  readonly claim: BranchClaim
}

function judgeHeld(
  { pushed, branch, claim }: HeldRef,
  refs: readonly PushedRef[],
): Pick<RefVerdict, 'allowed' | 'because'> {
  const { before, after } = pushed
  if (after === null) return { allowed: false, because: 'held_deletion' }
  if (claim.announced.includes(pushKey(branch, before, after))) return { allowed: true, because: 'announced' }

  const { record } = claim
  const sent = record === null ? undefined : refs.find(({ ref }) => ref === record.ref)
  if (record === null || sent === undefined) return { allowed: false, because: 'held' }
  // An unchanged ref is not sent at all, so it would compare nothing.
  const replaces = sent.before === record.version && sent.after !== null && sent.after !== record.version
  return replaces ? { allowed: true, because: 'record_in_push' } : { allowed: false, because: 'record_stale' }
}
