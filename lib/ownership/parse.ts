/**
 * Reads a stored record, ours (schema 3) or a predecessor's (1 and 2), into the one shape that the
 * rules know.
 *
 * Written by hand, without a schema library, because the fastest commands run through here. What
 * decides who owns the target (token, claim, lease, process) is believed whole or not at all: a
 * damaged claim that read as "nobody" would hand the target to a second run. What is only shown
 * (history, previous run, times) is taken leniently, as the predecessor did.
 */
import { StoreError } from '../errors.ts'
import type { Target } from '../target.ts'
import { absent, type Fields, isFields, isJson, natural, show, textOrNull, Unreadable } from './fields.ts'
import { isBranch, parseTarget } from './parse-target.ts'
import {
  type Claim,
  type ExitSignal,
  type HeadBranch,
  KEPT_ENTRIES,
  type Lease,
  MAX_REASON_CHARS,
  type OwnershipRecord,
  type PreviousRun,
  recordTarget,
  SCHEMA_VERSION,
  STOP_TERM_MS,
  type StopRequest,
  type WorkerIdentity,
} from './record.ts'

export const SUPPORTED_SCHEMA_VERSIONS = [1, 2, SCHEMA_VERSION] as const

/**
 * @param expected the target that the record was looked up for; `null` takes the record's own
 * @param where    the file or key, for the message
 * @throws StoreError `state_unreadable`, saying what is wrong; nothing else
 */
export function parseRecord(raw: unknown, expected: Target | null, where?: string): OwnershipRecord {
  try {
    return parseVersion(raw, expected)
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause
    throw unreadableState(cause.message, where)
  }
}

export function unreadableState(why: string, where = 'the ownership record'): StoreError {
  const message = `${where} cannot be used: ${why}; nothing was changed, look at it and repair or remove it`
  return new StoreError('state_unreadable', message, { why, where })
}

function parseVersion(raw: unknown, expected: Target | null): OwnershipRecord {
  if (!isFields(raw)) throw new Unreadable('it is not an object')
  const version = raw.schemaVersion
  if (version === SCHEMA_VERSION) return parseCurrent(raw, expected)
  if (version === 1 || version === 2) return parsePredecessor(raw, expected)
  const supported = SUPPORTED_SCHEMA_VERSIONS.join(', ')
  throw new Unreadable(`its schemaVersion is ${show(version)}; this version reads ${supported}`)
}

function parseCurrent(raw: Fields, expected: Target | null): OwnershipRecord {
  const token = natural(raw.token, 'token')
  const activeRun = absent(raw.activeRun) ? null : parseClaim(raw.activeRun, token)
  if (activeRun && activeRun.token > token)
    throw new Unreadable(`the claim has token ${activeRun.token}, the record ${token}`)

  const { schemaVersion, target, ...shown } = parseShown(raw, expected)
  return { schemaVersion, target, token, activeRun, ...shown, work: isJson(raw.work) ? raw.work : null }
}

/**
 * A predecessor's claim has neither lease nor process: it ends by release or takeover only, as it did
 * there. See docs/decisions/0002-a-predecessors-claim-never-expires.md
 */
function parsePredecessor(raw: Fields, expected: Target | null): OwnershipRecord {
  const shown = parseShown(raw, expected)
  const found = isFields(raw.activeRun) ? raw.activeRun : {}
  const runId = runIdOf(found)
  if (runId === null) return { ...shown, token: 0, activeRun: null, work: null }

  const times = { claimedAt: textOrNull(found.claimedAt), updatedAt: textOrNull(found.updatedAt) }
  const exitSignals = shown.exitSignals.map((signal) => (signal.runId === runId ? { ...signal, token: 1 } : signal))
  const asked = exitSignals.findLast((signal) => signal.runId === runId)
  const stop = asked === undefined ? null : unclockedStop(asked)
  const activeRun: Claim = { runId, ...times, token: 1, lease: null, process: null, branch: null, stop }
  return { ...shown, exitSignals, token: 1, activeRun, work: null }
}

/** The predecessor noted no clock, so its request counts from when this host first sees it. */
function unclockedStop({ reason, at }: ExitSignal): StopRequest {
  return { reason, at, bootId: '', askedAtMs: 0, termMs: STOP_TERM_MS, acknowledgedAt: null }
}

function parseShown(raw: Fields, expected: Target | null) {
  return {
    schemaVersion: SCHEMA_VERSION,
    target: recordTarget(parseTarget(raw.target, expected)),
    previousRun: parsePreviousRun(raw.previousRun),
    history: Array.isArray(raw.history) ? raw.history.filter(isJson).slice(-KEPT_ENTRIES) : [],
    exitSignals: Array.isArray(raw.exitSignals) ? parseExitSignals(raw.exitSignals) : [],
  } as const
}

/** @param token the record's, which is also the claim's when it names none */
function parseClaim(raw: unknown, token: number): Claim {
  if (!isFields(raw)) throw new Unreadable('its activeRun is not an object')
  const runId = runIdOf(raw)
  if (runId === null) throw new Unreadable('its activeRun names no run')

  return {
    runId,
    claimedAt: textOrNull(raw.claimedAt),
    updatedAt: textOrNull(raw.updatedAt),
    token: absent(raw.token) ? token : natural(raw.token, 'activeRun.token'),
    lease: absent(raw.lease) ? null : parseLease(raw.lease),
    process: absent(raw.process) ? null : parseWorker(raw.process),
    branch: absent(raw.branch) ? null : parseHeadBranch(raw.branch),
    stop: absent(raw.stop) ? null : parseStop(raw.stop),
  }
}

function parseLease(raw: unknown): Lease {
  if (!isFields(raw) || typeof raw.bootId !== 'string') throw new Unreadable('the lease of its activeRun is damaged')
  return {
    ttlMs: natural(raw.ttlMs, 'activeRun.lease.ttlMs'),
    bootId: raw.bootId,
    renewedAtMs: natural(raw.renewedAtMs, 'activeRun.lease.renewedAtMs'),
    parkedMs: absent(raw.parkedMs) ? null : natural(raw.parkedMs, 'activeRun.lease.parkedMs'),
  }
}

function parseWorker(raw: unknown): WorkerIdentity {
  if (!isFields(raw)) throw new Unreadable('the process of its activeRun is damaged')
  const pid = natural(raw.pid, 'activeRun.process.pid')
  // The kernel reads signals to 0 as "my whole group", which is always there.
  if (pid === 0) throw new Unreadable('the process of its activeRun has no pid')
  return {
    machineId: textOrNull(raw.machineId),
    bootId: textOrNull(raw.bootId),
    pidNamespace: textOrNull(raw.pidNamespace),
    pid,
    startTime: textOrNull(raw.startTime),
  }
}

function parseHeadBranch(raw: unknown): HeadBranch {
  if (!isFields(raw) || typeof raw.repo !== 'string' || !isBranch(raw.branch)) {
    throw new Unreadable('the branch of its activeRun is damaged')
  }
  return { repo: raw.repo, branch: raw.branch }
}

function parseStop(raw: unknown): StopRequest {
  if (!isFields(raw) || typeof raw.bootId !== 'string') {
    throw new Unreadable('the request to stop of its activeRun is damaged')
  }
  return {
    reason: textOrNull(raw.reason),
    at: textOrNull(raw.at),
    bootId: raw.bootId,
    askedAtMs: natural(raw.askedAtMs, 'activeRun.stop.askedAtMs'),
    termMs: natural(raw.termMs, 'activeRun.stop.termMs'),
    acknowledgedAt: textOrNull(raw.acknowledgedAt),
  }
}

function parsePreviousRun(raw: unknown): PreviousRun | null {
  const runId = isFields(raw) ? runIdOf(raw) : null
  if (!isFields(raw) || runId === null) return null
  return { runId, replacedAt: textOrNull(raw.replacedAt), replacedByRunId: textOrNull(raw.replacedByRunId) }
}

function parseExitSignals(raw: readonly unknown[]): readonly ExitSignal[] {
  const signals = raw.flatMap((entry) => {
    const runId = isFields(entry) ? runIdOf(entry) : null
    if (!isFields(entry) || runId === null) return []
    const reason = textOrNull(entry.reason)?.trim().slice(0, MAX_REASON_CHARS) || null
    return [
      {
        runId,
        token: Number.isSafeInteger(entry.token) ? Number(entry.token) : null,
        at: textOrNull(entry.at),
        reason,
      },
    ]
  })
  return signals.slice(-KEPT_ENTRIES)
}

function runIdOf(raw: Fields): string | null {
  return textOrNull(raw.runId)?.trim() || null
}
