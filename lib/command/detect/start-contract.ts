/**
 * Whether a loop may start here as `workflow.asyncStartMode` says: asked by every command that says which way to go
 * on, so that no two of them can disagree.
 */
import type { LoadedConfig } from '../../config/resolved.ts'
import { type AsyncStart, validateAsyncStart } from '../../loop/detectors/async-start.ts'
import { accept, type Outcome, refuse } from '../../outcome.ts'

export interface Starting {
  readonly runId: string | undefined
  /** Everything was saved before, so nothing starts. */
  readonly isSnapshotMode: boolean
}

export type StartContract = Exclude<AsyncStart['status'], 'rejected'>

/** @returns the refusal `run_id_required` where a run has to be named */
export function startContract(
  { runId, isSnapshotMode }: Starting,
  { config }: Pick<LoadedConfig, 'config'>,
): Outcome<StartContract> {
  const { asyncStartMode } = config.workflow
  const { status, reason } = validateAsyncStart({ runId: runId ?? null, isSnapshotMode, asyncStartMode })
  return status === 'rejected' ? refuse('run_id_required', reason, { asyncStartContract: status }) : accept(status)
}
