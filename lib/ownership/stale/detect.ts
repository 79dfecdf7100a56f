/**
 * Stale-run detection under the names of the predecessor's library.
 *
 * New beside its fields: `token`, which a takeover must name so that it displaces the run that was
 * judged and no later one, and `alive`, which is `ended` only with proof.
 */
import { refuse } from '../../outcome.ts'
import { formatTarget } from '../../target.ts'
import { type ShownRun, shownRun } from '../answers.ts'
import type { ExitSignal } from '../record.ts'
import type { Alive } from '../rules/liveness.ts'
import { type Examined, examineRunner, type StaleRunnerQuery } from './examine.ts'
import { STALE_RUNNER_DEFAULT_MAX_AGE_MS } from './max-age.ts'
import type { StaleReason, StaleRunner } from './rules/judge-runner.ts'

export const STALE_RUNNER_ERROR = {
  STALE_RUNNER: 'stale_runner',
  EXIT_SIGNAL_RECORDED: 'exit_signal_recorded',
} as const

interface StaleRunnerFields {
  /** As the caller wrote it. */
  readonly repo: string
  readonly pr: number
  readonly activeRun: ShownRun | null
  readonly staleRunner: StaleRunner | null
  readonly exitSignal: { readonly runId: string; readonly signals: readonly ExitSignal[] } | null
  readonly filePath: string
  /** The term of the lease, else the limit of age; `null`: the claim ends with its process, at any age. */
  readonly maxAgeMs: number | null
  readonly token: number
  readonly alive: Alive | null
}

export type StaleRunnerResult =
  | (StaleRunnerFields & { readonly ok: true; readonly status: 'no_owner_record' | 'fresh_runner' })
  | (StaleRunnerFields & {
      readonly ok: false
      readonly error: 'stale_runner' | 'exit_signal_recorded'
      readonly status: 'stale_runner' | 'exit_signal_recorded'
      readonly message: string
    })

/** @throws UsageError `invalid_value` without repository or number; StoreError when the record cannot be read */
export async function detectStaleRunner(query: StaleRunnerQuery): Promise<StaleRunnerResult> {
  const examined = await examineRunner(query, query.maxAgeMs ?? STALE_RUNNER_DEFAULT_MAX_AGE_MS)
  const { judged } = examined
  const fields = { ...fieldsOf(examined), repo: query.repo }
  if (judged.status === 'no_owner_record' || judged.status === 'fresh_runner') {
    return { ok: true, status: judged.status, ...fields }
  }
  const { status } = judged
  return { ...refuse(status, sayStale(examined), { status, ...fields }), error: status }
}

/** What is wrong and what to do now; empty when nothing is. */
export function sayStale({ target, record, judged }: Examined): string {
  const name = formatTarget(target)
  if (judged.status === 'stale_runner') {
    const { runId, reason } = judged.staleRunner
    const token = record?.token ?? 0
    return `run ${runId} still stands as owner of ${name}, but ${WHY[reason]}; take it over, naming token ${token}`
  }
  if (judged.status !== 'exit_signal_recorded') return ''
  const why = judged.signals.at(-1)?.reason
  return `the run that holds ${name} was asked to stop${why ? ` (${why})` : ''}; let it end and release, then claim with another run id`
}

const WHY: Readonly<Record<StaleReason, string>> = {
  lease_ran_out: 'its lease ran out',
  process_dead: 'its process is dead',
  too_old: 'it was claimed and refreshed longer ago than the limit',
  corrupted_timestamp: 'its record does not say when it was claimed and refreshed',
}

function fieldsOf({ target, record, judged, maxAgeMs, alive, filePath }: Examined) {
  const activeRun = shownRun(record)
  const signals = judged.status === 'exit_signal_recorded' ? judged.signals : null
  return {
    pr: target.number,
    activeRun,
    staleRunner: judged.status === 'stale_runner' ? judged.staleRunner : null,
    exitSignal: activeRun && signals && { runId: activeRun.runId, signals },
    filePath,
    maxAgeMs,
    token: record?.token ?? 0,
    alive,
  }
}
