/**
 * May this run have the target, and with which token?
 *
 * A free target, and one whose claim has ended by itself, are given with a new token. The holder that
 * claims again is refreshed and keeps its token, but only while its claim is proved to stand: after
 * an end that this host cannot exclude it gets a new one, because somebody may already have been told
 * that the target is free.
 */
import { accept, refuse } from '../../outcome.ts'
import { formatTarget } from '../../target.ts'
import {
  type Claim,
  type HeadBranch,
  type Lease,
  lastEntries,
  type OwnershipRecord,
  type PreviousRun,
  type WorkerIdentity,
} from '../record.ts'
import { type Evidence, isProtected, judgeClaim, type Standing, timeLeftForOwner } from './liveness.ts'
import { deliverSignals, inheritedStop, stopTermLeft } from './stop-request.ts'
import { type Ruling, renewedClaim, type Transition } from './transition.ts'

export interface ClaimRequest {
  readonly runId: string
  readonly mode: 'claim' | 'takeover'
  /** `undefined`: keep what the claim has (none for a new one); `null`: no lease for a new claim. */
  readonly ttlMs?: number | null | undefined
  readonly process?: WorkerIdentity | null | undefined
  /** The head branch that the run holds along with the number. */
  readonly branch?: HeadBranch | null | undefined
  /** The token that the caller saw; the request is refused once it has risen. */
  readonly expectedToken?: number | undefined
  /** Displaces a living holder; needs a reason. */
  readonly force?: boolean | undefined
  readonly reason?: string | null | undefined
}

export type ClaimStatus = 'claimed_new' | 'refreshed' | 'taken_over'

export function claim(record: OwnershipRecord, request: ClaimRequest, evidence: Evidence): Ruling<ClaimStatus> {
  const held = record.activeRun
  if (request.expectedToken !== undefined && request.expectedToken !== record.token) return stale(record, request)
  if (held === null) return accept(grant(record, request, evidence, 'claimed_new'))

  const standing = judgeClaim(held, evidence)
  if (held.runId === request.runId) return claimAgain(record, held, request, evidence)
  if (request.mode === 'takeover') return takeOver(record, held, request, { evidence, standing })
  if (standing.alive === 'ended') return accept(grant(record, request, evidence, 'claimed_new'))
  return heldByAnother(record, held, standing)
}

function claimAgain(
  record: OwnershipRecord,
  held: Claim,
  request: ClaimRequest,
  evidence: Evidence,
): Ruling<ClaimStatus> {
  const standing = judgeClaim(held, evidence)
  if (isAnotherWorker(held, request) && standing.alive !== 'ended' && !request.force) {
    return refuse('active_run_exists', anotherWorker(record, held), waitingTime(standing))
  }
  const stands = timeLeftForOwner(held, evidence) !== null
  if (!stands || isAnotherWorker(held, request)) return accept(grant(record, request, evidence, 'claimed_new'))
  return accept(refresh(record, held, request, evidence))
}

function takeOver(
  record: OwnershipRecord,
  held: Claim,
  request: ClaimRequest,
  { evidence, standing }: { readonly evidence: Evidence; readonly standing: Standing },
): Ruling<ClaimStatus> {
  if (request.force && !request.reason) {
    return refuse('usage', 'a forced takeover displaces a living run; say why with a reason')
  }
  const stopLeftMs = stopTermLeft(held, evidence)
  if (isProtected(held, standing) && stopLeftMs !== 0 && !request.force) {
    const message = `run ${held.runId} still holds ${formatTarget(record.target)} with token ${held.token}; wait until it ends, ask it to stop, or force the takeover with a reason`
    return refuse('lease_active', message, waitingTime(standing, stopLeftMs))
  }
  return accept(grant(record, request, evidence, 'taken_over'))
}

function grant(
  record: OwnershipRecord,
  request: ClaimRequest,
  evidence: Evidence,
  status: 'claimed_new' | 'taken_over',
): Transition<ClaimStatus> {
  const { runId } = request
  const { at } = evidence
  const displaced = record.activeRun
  const token = record.token + 1
  const type = status === 'taken_over' ? 'takeover' : 'claim'
  const claim = newClaim(request, evidence, token)
  const origin = {
    ...(displaced && status === 'taken_over' ? takenFrom(displaced, request, evidence) : {}),
    ...(request.reason ? { reason: request.reason } : {}),
  }
  return {
    status,
    record: {
      ...record,
      token,
      activeRun: { ...claim, stop: inheritedStop(record, runId, claim, evidence) },
      exitSignals: deliverSignals(record, runId, token),
      previousRun: displaced === null ? record.previousRun : replaced(displaced, runId, at),
      history: lastEntries(record.history, { type, runId, at, ...origin }),
    },
    entry: { type, runId, token, replaces: displaced?.runId ?? null, forced: request.force ?? false, ...origin },
  }
}

/** Who displaces the living without force was let in by a request to stop that nobody answered. */
function takenFrom(displaced: Claim, { force }: ClaimRequest, evidence: Evidence) {
  const previousRunId = displaced.runId
  const lived = isProtected(displaced, judgeClaim(displaced, evidence))
  return lived && !force ? { previousRunId, stopUnanswered: true } : { previousRunId }
}

function refresh(
  record: OwnershipRecord,
  held: Claim,
  request: ClaimRequest,
  evidence: Evidence,
): Transition<ClaimStatus> {
  const { at } = evidence
  const lease = typeof request.ttlMs === 'number' ? newLease(request.ttlMs, evidence) : undefined
  const renewed = renewedClaim(held, evidence, null)
  const activeRun: Claim = {
    ...renewed,
    claimedAt: held.claimedAt ?? at,
    lease: lease ?? renewed.lease,
    process: request.process ?? held.process,
    branch: request.branch ?? held.branch,
  }
  const { runId, token } = held
  return {
    status: 'refreshed',
    record: { ...record, activeRun, history: lastEntries(record.history, { type: 'refresh', runId, at }) },
    entry: { type: 'refresh', runId, token },
  }
}

function newClaim({ runId, ttlMs, process, branch }: ClaimRequest, evidence: Evidence, token: number): Claim {
  return {
    runId,
    claimedAt: evidence.at,
    updatedAt: evidence.at,
    token,
    lease: typeof ttlMs === 'number' ? newLease(ttlMs, evidence) : null,
    process: process ?? null,
    branch: branch ?? null,
    stop: null,
  }
}

function newLease(ttlMs: number, { now }: Evidence): Lease {
  return { ttlMs, bootId: now.bootId, renewedAtMs: Math.floor(now.monotonicMs), parkedMs: null }
}

function replaced(claim: Claim, byRunId: string, at: string): PreviousRun {
  return { runId: claim.runId, replacedAt: at, replacedByRunId: byRunId }
}

/** Two processes under one run id would share a token, so only one of them may name itself its worker. */
function isAnotherWorker(held: Claim, request: ClaimRequest): boolean {
  const [a, b] = [held.process, request.process]
  return a !== null && !!b && (a.pid !== b.pid || a.startTime !== b.startTime || a.bootId !== b.bootId)
}

/** @param stopLeftMs for who may also take over what lives, once it leaves a request to stop unanswered */
function waitingTime({ observedForMs, freeInMs }: Standing, stopLeftMs: number | null = null) {
  const ends = [freeInMs, stopLeftMs].filter((ms) => ms !== null)
  return { observedForMs, freeForYouInMs: ends.length === 0 ? null : Math.min(...ends) }
}

function stale(record: OwnershipRecord, { expectedToken }: ClaimRequest): Ruling<ClaimStatus> {
  const now = `the token of ${formatTarget(record.target)} is ${record.token}, not ${expectedToken}`
  return refuse('stale_token', `${now}: the owner changed since you looked; look again before you decide`)
}

function heldByAnother(record: OwnershipRecord, held: Claim, standing: Standing): Ruling<ClaimStatus> {
  const until = standing.freeInMs === null ? '' : ` for at most ${Math.ceil(standing.freeInMs / 1000)} s more`
  const message = `run ${held.runId} holds ${formatTarget(record.target)}${until}; do other work, or take over with a reason`
  return refuse('active_run_exists', message, waitingTime(standing))
}

function anotherWorker(record: OwnershipRecord, held: Claim): string {
  const worker = `process ${held.process?.pid} works as run ${held.runId} on ${formatTarget(record.target)}`
  return `${worker}; end it first, or choose another run id`
}
