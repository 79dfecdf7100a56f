/**
 * The holder shows that it is alive and is given its term again.
 *
 * A claim that has ended is never renewed, even when nobody took it: another run may have been told
 * "free" and be about to act. Only a new claim, with its new token, tells those two apart.
 */
import { accept, type Outcome } from '../../outcome.ts'
import type { Claim, OwnershipRecord } from '../record.ts'
import { type HolderRequest, requireHolding } from './holding.ts'
import { type Evidence, leaseLeft, leaseTerm } from './liveness.ts'
import { renewedClaim, type Transition } from './transition.ts'

/** Ends a parking: who renews is working again. */
export function renew(
  record: OwnershipRecord | null,
  request: HolderRequest,
  evidence: Evidence,
): Outcome<Transition<'renewed'>> {
  const holding = requireHolding(record, request, evidence)
  if (!holding.ok) return holding

  const { claim } = holding.value
  const activeRun = renewedClaim(claim, evidence, null)
  return accept({
    status: 'renewed',
    record: { ...holding.value.record, activeRun },
    // A claim without lease has no term to renew, and a journal full of nothing helps nobody.
    entry: claim.lease === null ? null : { type: 'renew', runId: claim.runId, token: claim.token },
  })
}

/**
 * The claim with its term counted anew when a third of it is gone, else as it was. Keeps a parking:
 * a look at a parked target must not cut the wait's term down to the short one.
 */
export function renewIfDue(claim: Claim, evidence: Evidence): Claim {
  const { lease } = claim
  if (lease === null) return claim

  const leftMs = leaseLeft(lease, evidence.now)
  const due = leftMs !== null && leftMs <= (leaseTerm(lease) * 2) / 3
  return due ? renewedClaim(claim, evidence, lease.parkedMs) : claim
}
