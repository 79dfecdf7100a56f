/**
 * Ownership of pull requests under the names and parameters of the predecessor's library.
 *
 * By default a claim made here has neither lease nor process and therefore never ends by itself: a
 * caller who does not know of leases would lose it without noticing. `filePath` in a result is the
 * record's folder; as a parameter it names a predecessor's file to take over.
 */
import { refuse } from '../outcome.ts'
import { locateState } from '../store/location.ts'
import { openStore } from '../store/open.ts'
import { type NumberedTarget, targetKey } from '../target.ts'
import type { OwnershipAnswer } from './answers.ts'
import type { OwnershipContext } from './context.ts'
import { openForLibrary } from './predecessor-open.ts'
import { stateOf } from './predecessor-state.ts'
import { targetOf, timeText } from './predecessor-target.ts'
import type {
  AsyncRunner,
  RunnerAssertion,
  RunnerClaim,
  RunnerCoordinationState,
  RunnerExitSignal,
  RunnerOwnershipResult,
  RunnerRelease,
  RunnerTarget,
  RunnerTime,
} from './predecessor-types.ts'
import { assertTarget, claimTarget, readOwnership, releaseTarget, signalExit } from './service.ts'
import { placeOf } from './stored.ts'

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

/**
 * The folder of the record by default: files, in no other place than the environment says. It cannot
 * wait for a configuration to be read; the `filePath` of each result is where the record really is.
 */
export function defaultRunnerCoordinationFilePathForTarget(
  { repo, pr }: Pick<RunnerTarget, 'repo' | 'pr'>,
  cwd: string = process.cwd(),
): string {
  const target = targetOf({ repo, pr })
  const location = locateState({ cwd, env: process.env, target, caller: 'library' })
  return placeOf(targetKey(target), openStore(location))
}

export async function loadRunnerCoordinationState(
  options: RunnerTarget,
): Promise<{ readonly filePath: string; readonly state: RunnerCoordinationState | null }> {
  const target = targetOf(options)
  const context = await openForLibrary(target, options)
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
  const context = await openForLibrary(target, options)
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
