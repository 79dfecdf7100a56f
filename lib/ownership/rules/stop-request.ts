/**
 * A run is asked to stop, says that it will, or leaves that unanswered.
 *
 * The request belongs to the claim, so it ends with it; a run that claims again without ever having
 * given the target back finds it again, because a paused worker must not outlive it by sleeping. Left
 * unacknowledged for its term, it permits a takeover of a claim that still lives: a worker that does not
 * even answer cannot be relied on to end. The term is counted on the asker's clock on the asker's boot,
 * and on any other boot by how long the request was watched there.
 * See docs/decisions/0003-a-request-to-stop-belongs-to-the-claim.md
 */
import { accept, type Outcome, refuse } from '../../outcome.ts'
import {
  type Claim,
  lastEntries,
  MAX_REASON_CHARS,
  type OwnershipRecord,
  STOP_TERM_MS,
  type StopRequest,
} from '../record.ts'
import { type HolderRequest, lost, requireHolding } from './holding.ts'
import type { Evidence } from './liveness.ts'
import { renewIfDue } from './renew.ts'
import { watchedForMs } from './sighting.ts'
import type { Transition } from './transition.ts'

export interface SignalRequest {
  readonly runId: string
  readonly reason?: string | null | undefined
  /** How long it may stay unacknowledged; by default two thirds of the lease's term, time for two renewals. */
  readonly termMs?: number | undefined
  /** `false`: also for a run that does not hold the target; its next claim gets it. */
  readonly requireActiveOwner?: boolean | undefined
}

export function recordSignal(
  record: OwnershipRecord | null,
  request: SignalRequest,
  evidence: Evidence,
): Outcome<Transition<'exit_signal_recorded'>> {
  if (record === null) return refuse('ownership_missing', 'no run ever claimed this target; there is nobody to stop')

  const { runId } = request
  const claim = record.activeRun
  const isOwner = claim?.runId === runId
  if (request.requireActiveOwner !== false && !isOwner) {
    if (claim) return lost(record, claim, { runId })
    return refuse('ownership_lost', `run ${runId} does not hold this target; nobody does`)
  }
  const reason = request.reason?.trim().slice(0, MAX_REASON_CHARS) || null
  const token = isOwner ? claim.token : null
  const activeRun = isOwner ? { ...claim, stop: askedAgain(claim, { ...request, reason }, evidence) } : claim
  return accept({
    status: 'exit_signal_recorded',
    record: {
      ...record,
      activeRun,
      exitSignals: lastEntries(record.exitSignals, { runId, token, at: evidence.at, reason }),
    },
    entry: { type: 'exit_signal', runId, token, reason },
  })
}

/** Asking again does not begin the term anew, or whoever insists would never get an answer. */
function askedAgain(claim: Claim, { reason = null, termMs }: SignalRequest, evidence: Evidence): StopRequest {
  if (claim.stop === null) return newRequest({ reason, at: evidence.at }, termMs ?? termFor(claim), evidence)
  return { ...claim.stop, reason: reason ?? claim.stop.reason }
}

function newRequest(
  { reason, at }: Pick<StopRequest, 'reason' | 'at'>,
  termMs: number,
  { now }: Evidence,
): StopRequest {
  return { reason, at, bootId: now.bootId, askedAtMs: Math.floor(now.monotonicMs), termMs, acknowledgedAt: null }
}

/** A worker renews when a third of its term is gone, so it passes by here twice; a parked one does nothing else. */
function termFor({ lease }: Pick<Claim, 'lease'>): number {
  return lease === null ? STOP_TERM_MS : Math.ceil((lease.ttlMs * 2) / 3)
}

export type Acknowledgement = Transition<'acknowledged' | 'not_asked_to_stop'>

/** The holder has seen the request and is ending its work; it still has to release. */
export function acknowledge(
  record: OwnershipRecord | null,
  request: HolderRequest,
  evidence: Evidence,
): Outcome<Acknowledgement> {
  const holding = requireHolding(record, request, evidence)
  if (!holding.ok) return holding

  const { record: held, claim } = holding.value
  const { stop, runId, token } = claim
  if (stop === null) return accept({ status: 'not_asked_to_stop', record: held, entry: null })
  if (stop.acknowledgedAt !== null) return accept({ status: 'acknowledged', record: held, entry: null })

  const activeRun = renewIfDue({ ...claim, stop: { ...stop, acknowledgedAt: evidence.at } }, evidence)
  const entry = { type: 'stop_acknowledged', runId, token }
  return accept({ status: 'acknowledged', record: { ...held, activeRun }, entry })
}

/** Until the claim may be taken over although it lives; `null`: nobody asked, or it was acknowledged. */
export function stopTermLeft({ stop }: Claim, { now, stopSighting }: Evidence): number | null {
  if (stop === null || stop.acknowledgedAt !== null) return null
  if (stop.bootId === now.bootId) return Math.max(0, stop.askedAtMs + stop.termMs - now.monotonicMs)
  return Math.max(0, stop.termMs - watchedForMs(stopSighting, now))
}

/** What an observer watches: the same for as long as this very request is open, whatever else changes. */
export function stopRequestId({ token }: Claim, { bootId, askedAtMs }: StopRequest): string {
  return `stop ${token} ${bootId} ${askedAtMs}`
}

/** What a new claim of `runId` inherits: the request it never answered by a release, or one made before it held anything. */
export function inheritedStop(
  record: OwnershipRecord,
  runId: string,
  claim: Pick<Claim, 'lease'>,
  evidence: Evidence,
): StopRequest | null {
  const before = record.activeRun
  if (before?.runId === runId && before.stop !== null) return before.stop
  const waiting = record.exitSignals.findLast((signal) => signal.runId === runId && signal.token === null)
  return waiting === undefined ? null : newRequest(waiting, termFor(claim), evidence)
}

/** Requests that were waiting for a claim of `runId` have found it. */
export function deliverSignals({ exitSignals }: OwnershipRecord, runId: string, token: number) {
  const isWaiting = (signal: { runId: string; token: number | null }) => signal.runId === runId && signal.token === null
  return exitSignals.map((signal) => (isWaiting(signal) ? { ...signal, token } : signal))
}
