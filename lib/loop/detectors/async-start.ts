/**
 * May a loop start here? By default only for a run that has an id: whoever comes later has to be
 * able to tell who was at work.
 */
const ASYNC_START_MODES = ['required', 'allowed'] as const

export interface AsyncStartContext {
  readonly runId: string | null
  readonly isSnapshotMode: boolean
  readonly asyncStartMode: string
}

export interface AsyncStart {
  readonly status: 'valid' | 'allowed' | 'snapshot_mode' | 'rejected'
  readonly reason: string
}

export function validateAsyncStart({ runId, isSnapshotMode, asyncStartMode }: AsyncStartContext): AsyncStart {
  if (isSnapshotMode) return { status: 'snapshot_mode', reason: 'saved snapshots start nothing' }
  if (!ASYNC_START_MODES.some((mode) => mode === asyncStartMode)) {
    return { status: 'rejected', reason: `${JSON.stringify(asyncStartMode)} is no mode; say required or allowed` }
  }
  if (runId !== null) return { status: 'valid', reason: `run ${runId} goes on` }
  if (asyncStartMode === 'allowed') return { status: 'allowed', reason: 'configuration asks for no run' }
  return {
    status: 'rejected',
    reason: 'a loop is started by a run; give --run-id, or set DEV_LOOPS_RUN_ID, or workflow.asyncStartMode: allowed',
  }
}
