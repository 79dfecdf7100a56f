/**
 * Ownership of pull requests under the names and parameters of the predecessor's library.
 *
 * By default a claim made here has neither lease nor process and therefore never ends by itself: a
 * caller who does not know of leases would lose it without noticing. `filePath` in a result is the
 * record's folder; as a parameter it names a predecessor's file to take over.
 */

import { endpointFor } from '../endpoint.ts'
import { DevLoopsError } from '../errors.ts'
import { refuse } from '../outcome.ts'
import { locateState } from '../store/location.ts'
import { openStore } from '../store/open.ts'
import type { Json, StoreScope } from '../store/store.ts'
import { type NumberedTarget, parseHost, parseNumber, parseSlug, targetKey } from '../target.ts'
import type { Holder, OwnershipAnswer, ShownRun } from './answers.ts'
import { shownRun } from './answers.ts'
import type { OwnershipContext } from './context.ts'
import { readHostIdentity } from './host.ts'
import { parseRecord, SUPPORTED_SCHEMA_VERSIONS, unreadableState } from './parse.ts'
import {
  type ExitSignal,
  emptyRecord,
  type OwnershipRecord,
  type PreviousRun,
  SCHEMA_VERSION,
  type WorkerIdentity,
} from './record.ts'
import { claim } from './rules/claim.ts'
import { assertTarget, claimTarget, readOwnership, releaseTarget, signalExit } from './service.ts'
import { placeOf } from './stored.ts'

export const RUNNER_COORDINATION_SCHEMA_VERSION = SCHEMA_VERSION
export const RUNNER_COORDINATION_SUPPORTED_SCHEMA_VERSIONS = SUPPORTED_SCHEMA_VERSIONS

export const RUNNER_OWNERSHIP_ERROR = {
  ACTIVE_RUN_EXISTS: 'active_run_exists',
  OWNERSHIP_LOST: 'ownership_lost',
  OWNERSHIP_MISSING: 'ownership_missing',
  RUN_ID_REQUIRED: 'run_id_required',
  EXIT_SIGNAL_RECORDED: 'exit_signal_recorded',
  LEASE_ACTIVE: 'lease_active',
  LEASE_EXPIRED: 'lease_expired',
  STALE_TOKEN: 'stale_token',
  STATE_UNREADABLE: 'state_unreadable',
  STORE_UNAVAILABLE: 'store_unavailable',
} as const

type Environment = Readonly<Record<string, string | undefined>>

export interface RunnerTarget {
  readonly repo: string
  readonly pr: number | string
  readonly cwd?: string | undefined
  /** A predecessor's file; it is taken over at the first change. */
  readonly filePath?: string | null | undefined
  readonly env?: Environment | undefined
  /** Forge host; by default the one that commands find in the environment. */
  readonly host?: string | undefined
}

/** Written for people into the record; terms are counted on the store's clock. */
export type RunnerTime = string | number | Date

export interface RunnerClaim extends RunnerTarget {
  readonly runId?: string | null | undefined
  readonly mode?: 'claim' | 'takeover' | undefined
  readonly now?: RunnerTime | undefined
  readonly ttlMs?: number | null | undefined
  readonly process?: WorkerIdentity | null | undefined
  readonly expectedToken?: number | undefined
  readonly force?: boolean | undefined
  readonly reason?: string | null | undefined
}

export interface RunnerAssertion extends RunnerTarget {
  readonly runId?: string | null | undefined
  readonly requireExisting?: boolean | undefined
}

export interface RunnerRelease extends RunnerTarget {
  readonly runId?: string | null | undefined
  readonly now?: RunnerTime | undefined
}

export interface RunnerExitSignal extends RunnerRelease {
  readonly reason?: string | null | undefined
  readonly requireActiveOwner?: boolean | undefined
}

export interface AsyncRunner extends Omit<RunnerTarget, 'filePath'> {
  readonly claimIfMissing?: boolean | undefined
  readonly requireExisting?: boolean | undefined
}

export interface RunnerCoordinationState {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly target: { readonly repo: string; readonly pr: number }
  readonly token: number
  readonly activeRun: ShownRun | null
  readonly previousRun: PreviousRun | null
  readonly history: readonly Json[]
  readonly exitSignals: readonly ExitSignal[]
}

interface RunnerFields {
  readonly repo: string
  readonly pr: number
  readonly runId: string | null
  readonly activeRun: ShownRun | null
  readonly filePath: string | null
  readonly token?: number
  readonly expiresAt?: string | null
  readonly scope?: StoreScope
}

export type RunnerOwnershipResult =
  | (RunnerFields & {
      readonly ok: true
      readonly status: string
      readonly previousRun?: PreviousRun | null
      readonly exitSignals: readonly ExitSignal[]
    })
  | (RunnerFields & {
      readonly ok: false
      readonly error: string
      readonly message: string
      readonly exitSignals?: readonly ExitSignal[]
      readonly holder?: Holder | null
      readonly observedForMs?: number | null
      readonly freeForYouInMs?: number | null
    })

/** The folder of the record; nothing is read or made. */
export function defaultRunnerCoordinationFilePathForTarget(
  { repo, pr }: Pick<RunnerTarget, 'repo' | 'pr'>,
  cwd: string = process.cwd(),
): string {
  const target = targetOf({ repo, pr })
  return placeOf(targetKey(target), open(target, { repo, pr, cwd }).store)
}

export function createRunnerCoordinationState(
  options: Pick<RunnerTarget, 'repo' | 'pr'> & Pick<RunnerClaim, 'runId' | 'now'>,
): RunnerCoordinationState {
  const empty = emptyRecord(targetOf(options))
  const runId = options.runId?.trim()
  if (!runId) return stateOf(empty)

  const now = { bootId: '', monotonicMs: 0, wallMs: 0 }
  const at = timeText(options.now) ?? new Date().toISOString()
  const claimed = claim(empty, { runId, mode: 'claim' }, { now, at, worker: 'unknown', sighting: null })
  return stateOf(claimed.ok ? claimed.value.record : empty)
}

/** @throws StoreError `state_unreadable` for what is no record, or another target's */
export function normalizeRunnerCoordinationState(
  raw: unknown,
  expected: Partial<Pick<RunnerTarget, 'repo' | 'pr'>> = {},
): RunnerCoordinationState {
  const state = stateOf(parseRecord(raw, null))
  const { repo, pr } = state.target
  if (expected.repo !== undefined && parseSlug(expected.repo.trim()) !== repo) {
    throw unreadableState(`it belongs to repository ${repo}, not ${expected.repo}`)
  }
  if (expected.pr !== undefined && parsePr(expected.pr) !== pr) {
    throw unreadableState(`it belongs to pull request ${pr}, not ${expected.pr}`)
  }
  return state
}

export async function loadRunnerCoordinationState(
  options: RunnerTarget,
): Promise<{ readonly filePath: string; readonly state: RunnerCoordinationState | null }> {
  const target = targetOf(options)
  const context = open(target, options)
  const { record } = await readOwnership(target, context)
  return { filePath: placeOf(targetKey(target), context.store), state: record && stateOf(record) }
}

export async function claimRunnerOwnership(options: RunnerClaim): Promise<RunnerOwnershipResult> {
  const { mode = 'claim', ttlMs = null, expectedToken, force, reason } = options
  return asRun(options, (target, runId, context) => {
    const request = { runId, mode, ttlMs, process: options.process, expectedToken, force, reason }
    return claimTarget(target, request, context)
  })
}

/** Writes only when the claim has a lease and a third of its term is gone. */
export async function assertRunnerOwnership(options: RunnerAssertion): Promise<RunnerOwnershipResult> {
  const { requireExisting = false } = options
  return asRun(options, (target, runId, context) => assertTarget(target, { runId, requireExisting }, context))
}

export async function releaseRunnerOwnership(options: RunnerRelease): Promise<RunnerOwnershipResult> {
  return asRun(options, (target, runId, context) => releaseTarget(target, { runId }, context))
}

export async function recordExitSignalForRunner(options: RunnerExitSignal): Promise<RunnerOwnershipResult> {
  const { reason, requireActiveOwner = true } = options
  return asRun(options, (target, runId, context) => signalExit(target, { runId, reason, requireActiveOwner }, context))
}

/** Confirms, or takes, ownership for the managed run that the environment names; without one it does nothing. */
export async function ensureAsyncRunnerOwnership(options: AsyncRunner): Promise<RunnerOwnershipResult> {
  const { claimIfMissing = true, requireExisting = false, env = process.env } = options
  const runId = env.DEV_LOOPS_RUN_ID?.trim() || env.PI_SUBAGENT_RUN_ID?.trim()
  if (!runId) return skipped(targetOf(options))

  const asserted = await assertRunnerOwnership({ ...options, runId, requireExisting })
  const isMissing = asserted.ok ? asserted.status === 'no_owner_record' : asserted.error === 'ownership_missing'
  return isMissing && claimIfMissing ? claimRunnerOwnership({ ...options, runId }) : asserted
}

async function asRun(
  options: RunnerTarget & { readonly runId?: string | null | undefined; readonly now?: RunnerTime | undefined },
  act: (target: NumberedTarget, runId: string, context: OwnershipContext) => Promise<OwnershipAnswer>,
): Promise<RunnerOwnershipResult> {
  const target = targetOf(options)
  const context = open(target, options)
  const runId = options.runId?.trim()
  const { repo, number: pr } = target
  if (!runId) {
    const message = 'a run id is required; give runId, or set DEV_LOOPS_RUN_ID'
    const filePath = placeOf(targetKey(target), context.store)
    return refuse('run_id_required', message, { repo, pr, runId: null, activeRun: null, filePath })
  }
  const at = timeText(options.now)
  const answer = await act(target, runId, at === undefined ? context : { ...context, at })
  return { ...answer, pr }
}

function skipped({ repo, number: pr }: NumberedTarget): RunnerOwnershipResult {
  const nothing = { runId: null, activeRun: null, exitSignals: [], filePath: null }
  return { ok: true, status: 'skipped_no_async_run_id', repo, pr, ...nothing }
}

function open(
  target: NumberedTarget,
  { cwd = process.cwd(), env = process.env, filePath }: RunnerTarget,
): OwnershipContext {
  const location = locateState({ cwd, env, target, caller: 'library' })
  const beside = location.commonGitDir === null ? [] : [`${location.commonGitDir}/..`]
  return {
    store: openStore(location),
    host: readHostIdentity(),
    observations: `${location.folder}/observations`,
    predecessorFolders: [cwd, ...beside],
    predecessorFile: filePath ?? undefined,
  }
}

function targetOf({ repo, pr, host, env = process.env }: RunnerTarget): NumberedTarget {
  return {
    host: host === undefined ? endpointFor(env).host : parseHost(host),
    repo: parseSlug(String(repo).trim()),
    number: parsePr(pr),
  }
}

/** The predecessor took whatever `Number` makes a positive whole number, such as `" 7 "`. */
function parsePr(pr: number | string): number {
  return parseNumber(typeof pr === 'string' && pr.trim() !== '' ? String(Number(pr)) : String(pr))
}

function timeText(time: RunnerTime | undefined): string | undefined {
  if (time === undefined || typeof time === 'string') return time
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) throw new DevLoopsError('invalid_value', 'now is not a time', { now: String(time) })
  return date.toISOString()
}

function stateOf(record: OwnershipRecord): RunnerCoordinationState {
  const { schemaVersion, target, token, previousRun, history, exitSignals } = record
  if (!('number' in target)) throw unreadableState('it belongs to a branch, not to a pull request')
  const shown = { repo: target.repo, pr: target.number }
  return { schemaVersion, target: shown, token, activeRun: shownRun(record), previousRun, history, exitSignals }
}
