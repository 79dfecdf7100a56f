/**
 * Is this run the owner? A look, which renews the lease when a third of its term is gone.
 */
import { accept, type Outcome, refuse } from '../../outcome.ts'
import type { OwnershipRecord } from '../record.ts'
import { type HolderRequest, requireHolding } from './holding.ts'
import type { Evidence } from './liveness.ts'
import { renewIfDue } from './renew.ts'
import type { Transition } from './transition.ts'

export interface AssertRequest extends HolderRequest {
  /** Nobody holding the target is a refusal instead of an answer. */
  readonly requireExisting?: boolean | undefined
  /** `false`: look only, write nothing. */
  readonly renew?: boolean | undefined
}

export type Assertion = Transition<'owner_confirmed'> | { readonly status: 'no_owner_record' }

export function assertOwner(
  record: OwnershipRecord | null,
  request: AssertRequest,
  evidence: Evidence,
): Outcome<Assertion> {
  if (!record?.activeRun) {
    if (!request.requireExisting) return accept({ status: 'no_owner_record' })
    const what = record === null ? 'no record' : 'no active record'
    return refuse('ownership_missing', `there is ${what} of an owner of this target; claim it first`)
  }
  const holding = requireHolding(record, request, evidence)
  if (!holding.ok) return holding

  const { claim } = holding.value
  const activeRun = request.renew === false ? claim : renewIfDue(claim, evidence)
  const entry = activeRun === claim ? null : { type: 'renew', runId: claim.runId, token: claim.token }
  return accept({ status: 'owner_confirmed', record: { ...record, activeRun }, entry })
}
