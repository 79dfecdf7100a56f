/**
 * A long wait begins: the lease is given a term that covers it, so that nobody has to renew meanwhile.
 *
 * Parking replaces the term, it is not added to it; the next renewal by the owner ends it. A claim
 * with a process still ends when that process dies.
 */
import { accept, type Outcome } from '../../outcome.ts'
import type { OwnershipRecord } from '../record.ts'
import { type HolderRequest, requireHolding } from './holding.ts'
import type { Evidence } from './liveness.ts'
import { renewedClaim, type Transition } from './transition.ts'

export interface ParkRequest extends HolderRequest {
  /** The whole term: the wait's own limit and `PARK_MARGIN_MS`, so that its end can still be acted upon. */
  readonly parkMs: number
}

export function park(
  record: OwnershipRecord | null,
  request: ParkRequest,
  evidence: Evidence,
): Outcome<Transition<'parked'>> {
  const holding = requireHolding(record, request, evidence)
  if (!holding.ok) return holding

  const { claim } = holding.value
  const termMs = Math.max(request.parkMs, claim.lease?.ttlMs ?? 0)
  const activeRun = renewedClaim(claim, evidence, termMs)
  const entry = { type: 'park', runId: claim.runId, token: claim.token, termMs }
  return accept({
    status: 'parked',
    record: { ...holding.value.record, activeRun },
    entry: claim.lease === null ? null : entry,
  })
}
