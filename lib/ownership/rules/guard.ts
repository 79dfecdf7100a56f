/**
 * May the holder act right now? Asked in the same compare-and-swap that records what it is about to do.
 *
 * More than the safety margin must be left, because between this answer and the effect the process may
 * be slow; a lease shorter than three margins keeps a third of its term free instead, or it could
 * never act. The lease is renewed in the same change when a third of it is gone.
 */
import { accept, type Outcome, refuse } from '../../outcome.ts'
import { formatTarget } from '../../target.ts'
import { type Claim, type HeldRecord, type Lease, type OwnershipRecord, SAFETY_MARGIN_MS } from '../record.ts'
import { type HolderRequest, type Holding, requireHolding } from './holding.ts'
import { type Evidence, leaseTerm } from './liveness.ts'
import { renewIfDue } from './renew.ts'
import { renewedClaim } from './transition.ts'

export interface GuardRequest extends HolderRequest {
  /** For writing down what already happened: a request to stop does not hinder that. */
  readonly evenIfAskedToStop?: boolean | undefined
}

/** @returns the record with its lease renewed if that was due */
export function guard(record: OwnershipRecord | null, request: GuardRequest, evidence: Evidence): Outcome<HeldRecord> {
  const allowed = mayAct(record, request, evidence)
  if (!allowed.ok) return allowed
  const { claim } = allowed.value
  return accept({ ...allowed.value.record, activeRun: renewIfDue(claim, evidence) })
}

/**
 * The record for an effect that commits in the same step: always a new version, because only what
 * changes is compared by the receiver. A parking stays, as it does for a guard.
 */
export function fence(record: OwnershipRecord | null, request: GuardRequest, evidence: Evidence): Outcome<HeldRecord> {
  const allowed = mayAct(record, request, evidence)
  if (!allowed.ok) return allowed
  const { claim } = allowed.value
  return accept({
    ...allowed.value.record,
    activeRun: renewedClaim(claim, evidence, claim.lease?.parkedMs ?? null),
  })
}

function mayAct(record: OwnershipRecord | null, request: GuardRequest, evidence: Evidence): Outcome<Holding> {
  const holding = requireHolding(record, request, evidence)
  if (!holding.ok) return holding

  const { claim, leftMs } = holding.value
  if (leftMs <= safetyMargin(claim)) return tooLate(holding.value.record)

  const { stop } = claim
  if (stop !== null && !request.evenIfAskedToStop) return askedToStop(holding.value.record, claim, stop.reason)
  return holding
}

function safetyMargin({ lease }: { readonly lease: Lease | null }): number {
  return lease === null ? 0 : Math.min(SAFETY_MARGIN_MS, leaseTerm(lease) / 3)
}

function tooLate({ target }: OwnershipRecord) {
  const message = `too little of the lease on ${formatTarget(target)} is left for an effect; renew it, then check your work and ask again`
  return refuse('lease_expired', message)
}

function askedToStop(record: OwnershipRecord, claim: Claim, reason: string | null) {
  const why = reason === null ? '' : ` (${reason})`
  const message = `run ${claim.runId} was asked to stop on ${formatTarget(record.target)}${why}; end the work and release the target`
  return refuse('exit_signal_recorded', message)
}
