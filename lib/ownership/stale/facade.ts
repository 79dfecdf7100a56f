/**
 * The predecessor's command `detect-stale-runner` as a function: is this run still the owner, and if
 * nobody asks for a run, is the owner's run left behind?
 *
 * A run that asks and does not hold the target is told so before anything else: whether somebody else's
 * claim is stale is no business of a run that must stop.
 */
import { type Refusal, refuse } from '../../outcome.ts'
import { formatTarget } from '../../target.ts'
import { type ShownRun, shownRun } from '../answers.ts'
import type { ExitSignal } from '../record.ts'
import { sayStale } from './detect.ts'
import { type Examined, examineRunner } from './examine.ts'
import { resolveStaleRunnerMaxAgeMs } from './max-age.ts'
import { openSignals, type StaleRunner } from './rules/judge-runner.ts'

export interface StaleRunnerOptions {
  readonly repo: string
  readonly pr: number | string
  /** Without one the environment is asked; without any nobody's ownership is checked. */
  readonly runId?: string | null | undefined
  readonly staleRunnerMaxAgeMs?: number | string | null | undefined
  readonly filePath?: string | null | undefined
}

interface Surroundings {
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly cwd?: string | undefined
}

interface CheckedFields {
  readonly repo: string
  readonly pr: number
  readonly status: string
  readonly activeRun: ShownRun | null
  readonly runId: string | null
  readonly exitSignals: readonly ExitSignal[]
  readonly filePath: string
  readonly maxAgeMs: number | null
  readonly token: number
  readonly alive: Examined['alive']
  readonly staleRunner?: StaleRunner
  readonly staleRunnerCheck: { readonly ok: boolean; readonly failures: readonly string[] }
}

export type CheckedRunner = ({ readonly ok: true } & CheckedFields) | Refusal<CheckedFields>

export async function runDetectStaleRunner(
  options: StaleRunnerOptions,
  { env = process.env, cwd = process.cwd() }: Surroundings = {},
): Promise<CheckedRunner> {
  const { repo, pr, filePath } = options
  const limitMs = resolveStaleRunnerMaxAgeMs(options, env)
  const examined = await examineRunner({ repo, pr, filePath, env, cwd, caller: 'command' }, limitMs)
  const runId = options.runId?.trim() || env.DEV_LOOPS_RUN_ID?.trim() || env.PI_SUBAGENT_RUN_ID?.trim() || null
  return conclude(examined, runId)
}

function conclude(examined: Examined, runId: string | null): CheckedRunner {
  const { judged, record } = examined
  const holder = record?.activeRun?.runId ?? null
  if (runId !== null && holder !== runId) return failed('ownership_lost', sayLost(examined, holder), examined, runId)
  if (judged.status === 'stale_runner' || judged.status === 'exit_signal_recorded') {
    return failed(judged.status, sayStale(examined), examined, runId)
  }
  return { ok: true, ...fieldsOf(judged.status, examined, runId), staleRunnerCheck: { ok: true, failures: [] } }
}

function failed(
  error: 'ownership_lost' | 'stale_runner' | 'exit_signal_recorded',
  message: string,
  examined: Examined,
  runId: string | null,
): CheckedRunner {
  const staleRunnerCheck = { ok: false, failures: [message] }
  return refuse(error, message, { ...fieldsOf(error, examined, runId), staleRunnerCheck })
}

function sayLost({ target }: Examined, holder: string | null): string {
  const who = holder === null ? 'nobody holds' : `run ${holder} holds`
  return `${who} ${formatTarget(target)}; this run lost it, or never had it, and must stop`
}

function fieldsOf(
  status: string,
  { target, record, judged, maxAgeMs, alive, filePath }: Examined,
  runId: string | null,
) {
  const activeRun = shownRun(record)
  return {
    repo: target.repo,
    pr: target.number,
    status,
    activeRun,
    runId,
    exitSignals: record === null ? [] : openSignals(record),
    filePath,
    maxAgeMs,
    token: record?.token ?? 0,
    alive,
    ...(status === 'stale_runner' && judged.status === 'stale_runner' ? { staleRunner: judged.staleRunner } : {}),
  }
}
