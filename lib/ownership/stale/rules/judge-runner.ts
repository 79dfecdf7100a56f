/**
 * Has the run that holds a target been left behind? The predecessor's five answers, on leases.
 *
 * A claim that can end by itself is stale when its end is proved, and at no time before: its age says
 * nothing, because a parked lease is meant to grow old and a dead process is stale at once. Only a claim
 * with neither lease nor process is judged by age, as the predecessor did, for lack of anything better.
 *
 * What nobody holds is `no_owner_record`, also after a release. The predecessor called a released record
 * fresh, and absence passed for proof.
 */
import type { Claim, ExitSignal, OwnershipRecord } from '../../record.ts'
import { type Evidence, judgeClaim, leaseTerm } from '../../rules/liveness.ts'

const REASONS = ['lease_ran_out', 'process_dead', 'too_old', 'corrupted_timestamp'] as const
export type StaleReason = (typeof REASONS)[number]

/** Ages are by the wall clock and for people; `-1` where the record names no time. */
export interface StaleRunner {
  readonly runId: string
  readonly claimedAt: string
  readonly updatedAt: string
  readonly claimedAgeMs: number
  readonly updatedAgeMs: number
  readonly maxAgeMs: number | null
  readonly corruptedTimestamp?: true
  readonly reason: StaleReason
}

export type RunnerJudgement =
  | { readonly status: 'no_owner_record' | 'fresh_runner' }
  | { readonly status: 'exit_signal_recorded'; readonly signals: readonly ExitSignal[] }
  | { readonly status: 'stale_runner'; readonly staleRunner: StaleRunner }

/** For a claim that does not end by itself. */
export interface AgeLimit {
  readonly nowMs: number
  readonly maxAgeMs: number
}

export function judgeRunner(record: OwnershipRecord | null, evidence: Evidence, limit: AgeLimit): RunnerJudgement {
  const claim = record?.activeRun
  if (!record || !claim) return { status: 'no_owner_record' }

  if (claim.stop !== null) return { status: 'exit_signal_recorded', signals: openSignals(record) }

  const reason = endsByItself(claim) ? proofOfEnd(claim, evidence) : judgeAge(claim, limit)
  if (reason === null) return { status: 'fresh_runner' }
  return { status: 'stale_runner', staleRunner: describe(claim, reason, limit) }
}

/** What was said to the run that holds the target, while it is asked to stop; else its signals are history. */
export function openSignals({ activeRun, exitSignals }: OwnershipRecord): readonly ExitSignal[] {
  return activeRun?.stop ? exitSignals.filter(({ runId }) => runId === activeRun.runId) : []
}

/** The age from which the claim counts as stale; `null`: it ends with its process, at any age. */
export function maxAgeOf(claim: Claim | null, maxAgeMs: number): number | null {
  if (claim === null || !endsByItself(claim)) return maxAgeMs
  return claim.lease === null ? null : leaseTerm(claim.lease)
}

function endsByItself({ lease, process }: Claim): boolean {
  return lease !== null || process !== null
}

function proofOfEnd(claim: Claim, evidence: Evidence): StaleReason | null {
  if (judgeClaim(claim, evidence).alive !== 'ended') return null
  return claim.process !== null && evidence.worker === 'dead' ? 'process_dead' : 'lease_ran_out'
}

/** Both ages must be over the limit: a claim that was refreshed, or just made, is fresh. */
function judgeAge(claim: Claim, { nowMs, maxAgeMs }: AgeLimit): StaleReason | null {
  const { claimedAgeMs, updatedAgeMs } = agesOf(claim, nowMs)
  if (claimedAgeMs === null || updatedAgeMs === null) return 'corrupted_timestamp'
  return claimedAgeMs > maxAgeMs && updatedAgeMs > maxAgeMs ? 'too_old' : null
}

function describe(claim: Claim, reason: StaleReason, { nowMs, maxAgeMs }: AgeLimit): StaleRunner {
  const { claimedAgeMs, updatedAgeMs } = agesOf(claim, nowMs)
  return {
    runId: claim.runId,
    claimedAt: claim.claimedAt ?? '(corrupt)',
    updatedAt: claim.updatedAt ?? '(corrupt)',
    claimedAgeMs: claimedAgeMs ?? -1,
    updatedAgeMs: updatedAgeMs ?? -1,
    maxAgeMs: maxAgeOf(claim, maxAgeMs),
    ...(claimedAgeMs === null || updatedAgeMs === null ? { corruptedTimestamp: true } : {}),
    reason,
  }
}

function agesOf({ claimedAt, updatedAt }: Claim, nowMs: number) {
  return { claimedAgeMs: ageOf(claimedAt, nowMs), updatedAgeMs: ageOf(updatedAt, nowMs) }
}

/** Negative for a time in the future, which is not old; `null` when it is no time. */
function ageOf(at: string | null, nowMs: number): number | null {
  const atMs = at === null ? Number.NaN : Date.parse(at)
  return Number.isNaN(atMs) ? null : nowMs - atMs
}
