/**
 * A run is asked to stop, or says that it has, with a reason.
 *
 * A signal binds its run id for good, through release and renewed claims: a paused worker that wakes
 * up and claims again must still find it. Who wants to go on takes a new run id.
 */
import { accept, type Outcome, refuse } from '../../outcome.ts'
import { lastEntries, MAX_REASON_CHARS, type OwnershipRecord } from '../record.ts'
import { lost } from './holding.ts'
import type { Evidence } from './liveness.ts'
import type { Transition } from './transition.ts'

export interface SignalRequest {
  readonly runId: string
  readonly reason?: string | null | undefined
  /** `false`: also for a run that does not hold the target; it binds once that run does. */
  readonly requireActiveOwner?: boolean | undefined
}

export function recordSignal(
  record: OwnershipRecord | null,
  request: SignalRequest,
  { at }: Pick<Evidence, 'at'>,
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
  return accept({
    status: 'exit_signal_recorded',
    record: { ...record, exitSignals: lastEntries(record.exitSignals, { runId, at, reason }) },
    entry: { type: 'exit_signal', runId, token: isOwner ? claim.token : null, reason },
  })
}
