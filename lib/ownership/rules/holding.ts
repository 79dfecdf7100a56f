/**
 * Does this run hold the target right now? Every rule of the owner asks this first, in this order:
 * somebody holds it, it is this run, it is this claim of the run, and the claim has not ended.
 */
import { accept, type Outcome, refuse } from '../../outcome.ts'
import { formatTarget } from '../../target.ts'
import type { Claim, OwnershipRecord } from '../record.ts'
import { type Evidence, timeLeftForOwner } from './liveness.ts'

export interface Holding {
  readonly record: OwnershipRecord
  readonly claim: Claim
  /** `Infinity` for a claim without lease. */
  readonly leftMs: number
}

export interface HolderRequest {
  readonly runId: string
  /** Given: an older claim of the same run counts as lost. */
  readonly token?: number | undefined
}

export function requireHolding(
  record: OwnershipRecord | null,
  request: HolderRequest,
  evidence: Evidence,
): Outcome<Holding> {
  const claim = record?.activeRun
  if (!record || !claim) return refuse('ownership_missing', 'nobody holds this target; claim it first')
  if (!isHeldBy(claim, request)) return lost(record, claim, request)

  const leftMs = timeLeftForOwner(claim, evidence)
  if (leftMs === null) return expired(record)
  return accept({ record, claim, leftMs })
}

export function isHeldBy(claim: Claim, { runId, token }: HolderRequest): boolean {
  return claim.runId === runId && (token === undefined || token === claim.token)
}

export function lost(record: OwnershipRecord, claim: Claim, { runId, token }: HolderRequest) {
  const where = formatTarget(record.target)
  if (claim.runId !== runId) return refuse('ownership_lost', `run ${claim.runId} holds ${where}; this run must stop`)
  const claims = `a later claim of run ${runId} holds ${where} with token ${claim.token}, not ${token}`
  return refuse('ownership_lost', `${claims}; the worker of the earlier one must stop`)
}

function expired(record: OwnershipRecord) {
  const message = `the claim on ${formatTarget(record.target)} ended: its lease ran out, its process died, or it was last renewed on another boot`
  return refuse('lease_expired', `${message}; claim again and check your work before you go on`)
}
