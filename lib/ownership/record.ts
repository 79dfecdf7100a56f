/**
 * What the store holds for one target: who owns it, with which fencing token, and what was before.
 *
 * `token` belongs to the target, not to the claim: it outlives release and expiry, so that the next
 * owner's is always larger. `work` belongs to lib/sessions and is carried through every change as it
 * is. These are type aliases, not interfaces, because only those fit the store's `Json`.
 */
import type { Json } from '../store/store.ts'
import type { Target } from '../target.ts'

export const SCHEMA_VERSION = 3

/** The record shows the last 50 of each list; the journal has all of them. */
export const KEPT_ENTRIES = 50
export const MAX_REASON_CHARS = 500

/** The lease of a one-shot command; that of `run` is a preference of the configuration. */
export const COMMAND_TTL_MS = 15 * 60_000
/** What the caller adds to a wait's own limit when it parks the lease for it. */
export const PARK_MARGIN_MS = 5 * 60_000
/** An effect needs at least this much of the lease before it may start. */
export const SAFETY_MARGIN_MS = 5_000
/** How long a run without lease may leave a request to stop unanswered; with one, two thirds of its term. */
export const STOP_TERM_MS = 10 * 60_000

/**
 * A term counted on the monotonic clock of one boot. `renewedAtMs` says nothing on any other boot:
 * there, only how long the same version has been seen unchanged counts.
 */
export type Lease = {
  readonly ttlMs: number
  readonly bootId: string
  readonly renewedAtMs: number
  /** The longer term of a wait that is going on; `null`: not parked. */
  readonly parkedMs: number | null
}

/** A process, named so that a reused pid is never taken for it. `null`: this host cannot say. */
export type WorkerIdentity = {
  readonly machineId: string | null
  readonly bootId: string | null
  readonly pidNamespace: string | null
  readonly pid: number
  readonly startTime: string | null
}

/**
 * A request that the run which holds the claim stop. It belongs to the claim: a release and another owner
 * end it, and no later claim inherits it but that of a run which never gave the target back.
 */
export type StopRequest = {
  readonly reason: string | null
  readonly at: string | null
  /** The asker's boot and its monotonic clock; on any other boot only what was watched there counts. */
  readonly bootId: string
  readonly askedAtMs: number
  /** So long may it stay unacknowledged; after that a takeover is permitted although the claim lives. */
  readonly termMs: number
  readonly acknowledgedAt: string | null
}

/** The right of one run. Without lease and process it never ends by itself. */
export type Claim = {
  readonly runId: string
  readonly claimedAt: string | null
  readonly updatedAt: string | null
  readonly token: number
  readonly lease: Lease | null
  readonly process: WorkerIdentity | null
  /** The head branch that is claimed, renewed and released together with the number. */
  readonly branch: HeadBranch | null
  /** Open until the claim ends, acknowledged or not. */
  readonly stop: StopRequest | null
}

/** `repo` is the fork's when the pull request comes from one. */
export type HeadBranch = { readonly repo: string; readonly branch: string }

export type PreviousRun = {
  readonly runId: string
  readonly replacedAt: string | null
  readonly replacedByRunId: string | null
}

/** One request as history; what binds a run is the request in its claim. */
export type ExitSignal = {
  readonly runId: string
  /** Of the claim it was made to; `null`: the run held nothing then, and its next claim will get it. */
  readonly token: number | null
  readonly at: string | null
  readonly reason: string | null
}

export type RecordTarget =
  | { readonly host: string; readonly repo: string; readonly number: number }
  | { readonly host: string; readonly repo: string; readonly branch: string }
  | { readonly host: string; readonly repo: string; readonly lease: string }

export type OwnershipRecord = {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly target: RecordTarget
  /** The last token that was given out; 0 before the first. Never falls. */
  readonly token: number
  readonly activeRun: Claim | null
  readonly previousRun: PreviousRun | null
  /** Oldest first. Entries of a predecessor's record are kept as they were. */
  readonly history: readonly Json[]
  readonly exitSignals: readonly ExitSignal[]
  readonly work: Json
}

export type HeldRecord = OwnershipRecord & { readonly activeRun: Claim }

export function emptyRecord(target: Target): OwnershipRecord {
  return {
    schemaVersion: SCHEMA_VERSION,
    target: recordTarget(target),
    token: 0,
    activeRun: null,
    previousRun: null,
    history: [],
    exitSignals: [],
    work: null,
  }
}

export function recordTarget(target: Target): RecordTarget {
  const { host, repo } = target
  if ('number' in target) return { host, repo, number: target.number }
  return 'branch' in target ? { host, repo, branch: target.branch } : { host, repo, lease: target.lease }
}

export function lastEntries<Entry>(entries: readonly Entry[], added: Entry): readonly Entry[] {
  return [...entries, added].slice(-KEPT_ENTRIES)
}
