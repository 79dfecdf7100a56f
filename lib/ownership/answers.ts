/**
 * What a caller is told: the predecessor's flat fields, and token, end and reach of the claim.
 *
 * `activeRun` keeps the predecessor's three fields; what is new stands beside it, so that a reader of
 * either age finds what it looks for.
 */
import { isoTime } from '../iso-time.ts'
import type { Refusal } from '../outcome.ts'
import type { StoreScope } from '../store/store.ts'
import { formatTarget, type Target } from '../target.ts'
import type { OwnershipContext } from './context.ts'
import type { Seen } from './evidence.ts'
import {
  type Claim,
  type ExitSignal,
  type OwnershipRecord,
  type PreviousRun,
  recordTarget,
  type WorkerIdentity,
} from './record.ts'
import { type Alive, type Evidence, judgeClaim } from './rules/liveness.ts'
import { stopTermLeft } from './rules/stop-request.ts'
import { placeOf } from './stored.ts'

export interface Holder {
  readonly runId: string
  readonly token: number
  /** `ended` only with proof; `unknown` also when neither lease nor process says anything. */
  readonly alive: Alive
  /** Until this host will call the claim ended; `null`: it does not end by itself. */
  readonly endsInMs: number | null
  readonly since: string | null
  readonly process: WorkerIdentity | null
  readonly stopRequested: ShownStop | null
}

/** An open request to the run that holds the target. */
export interface ShownStop {
  readonly reason: string | null
  readonly at: string | null
  readonly acknowledgedAt: string | null
  /** It went unanswered for its term, so a takeover needs no force. */
  readonly permitsTakeover: boolean
  /** Until then; `null`: it was acknowledged. */
  readonly permitsTakeoverInMs: number | null
}

export interface ShownRun {
  readonly runId: string
  readonly claimedAt: string | null
  readonly updatedAt: string | null
}

/** Fields of every answer, granted or refused. */
interface OwnershipFacts {
  readonly target: string
  readonly repo: string
  readonly number?: number
  readonly branch?: string
  readonly lease?: string
  readonly runId: string
  readonly activeRun: ShownRun | null
  /** The last token given out for the target; 0: none yet. */
  readonly token: number
  /** For people; the term itself is counted on the monotonic clock. `null`: no lease, or another boot's. */
  readonly expiresAt: string | null
  /** How far the protection reaches. */
  readonly scope: StoreScope
  /** The folder of the record. */
  readonly filePath: string
}

export interface OwnershipGranted extends OwnershipFacts {
  readonly ok: true
  readonly status: string
  /** Absent when there is no record. */
  readonly previousRun?: PreviousRun | null
  readonly exitSignals: readonly ExitSignal[]
  /** What binds the run that asked; `exitSignals` is history. */
  readonly stopRequested: ShownStop | null
  readonly endsInMs: number | null
  readonly warnings?: readonly string[]
}

interface RefusalFacts extends OwnershipFacts {
  readonly holder: Holder | null
  readonly exitSignals?: readonly ExitSignal[]
  /** How long this host has watched a lease of another machine. */
  readonly observedForMs?: number | null
  readonly freeForYouInMs?: number | null
}

export type OwnershipRefused = Refusal<RefusalFacts>
export type OwnershipAnswer = OwnershipGranted | OwnershipRefused

/** Everything an answer is made of; `seen.record` as it is after the change. */
export interface Telling {
  readonly target: Target
  readonly runId: string
  readonly seen: Seen
  readonly evidence: Evidence
  readonly context: OwnershipContext
}

export function granted(status: string, telling: Telling): OwnershipGranted {
  const { record } = telling.seen
  const holder = describeHolder(record, telling.evidence)
  return {
    ok: true,
    status,
    ...facts(telling),
    ...(record === null ? {} : { previousRun: record.previousRun }),
    exitSignals: record?.exitSignals ?? [],
    stopRequested: holder?.runId === telling.runId ? holder.stopRequested : null,
    endsInMs: holder?.endsInMs ?? null,
  }
}

export function refused(refusal: Refusal, telling: Telling): OwnershipRefused {
  const { record } = telling.seen
  const showsSignals = refusal.error === 'active_run_exists' || refusal.error === 'ownership_lost'
  return {
    ...refusal,
    ...facts(telling),
    holder: describeHolder(record, telling.evidence),
    ...(showsSignals ? { exitSignals: record?.exitSignals ?? [] } : {}),
  }
}

export function describeHolder(record: OwnershipRecord | null, evidence: Evidence): Holder | null {
  const claim = record?.activeRun
  if (!record || !claim) return null

  const standing = judgeClaim(claim, evidence)
  return {
    runId: claim.runId,
    token: claim.token,
    alive: standing.alive,
    endsInMs: standing.freeInMs,
    since: claim.claimedAt,
    process: claim.process,
    stopRequested: describeStop(claim, evidence),
  }
}

function describeStop(claim: Claim, evidence: Evidence): ShownStop | null {
  if (claim.stop === null) return null
  const { reason, at, acknowledgedAt } = claim.stop
  const leftMs = stopTermLeft(claim, evidence)
  return { reason, at, acknowledgedAt, permitsTakeover: leftMs === 0, permitsTakeoverInMs: leftMs }
}

export function shownRun(record: OwnershipRecord | null): ShownRun | null {
  const claim = record?.activeRun
  return claim ? { runId: claim.runId, claimedAt: claim.claimedAt, updatedAt: claim.updatedAt } : null
}

function facts({ target, runId, seen, evidence, context }: Telling): OwnershipFacts {
  const { host: _, ...named } = recordTarget(target)
  return {
    target: formatTarget(target),
    ...named,
    runId,
    activeRun: shownRun(seen.record),
    token: seen.record?.token ?? 0,
    expiresAt: expiryOf(seen.record, evidence),
    scope: context.store.scope,
    filePath: placeOf(seen.key, context.store),
  }
}

function expiryOf(record: OwnershipRecord | null, evidence: Evidence): string | null {
  const claim = record?.activeRun
  if (!claim) return null
  const { leaseLeftMs } = judgeClaim(claim, evidence)
  return leaseLeftMs === null ? null : isoTime(evidence.now.wallMs + leaseLeftMs)
}
