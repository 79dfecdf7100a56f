/**
 * Is a worker alive? The proofs and terms are those of claims; only what a lapsed term means differs.
 *
 * A heartbeat that stays away ends no worker. If this host can look at the process, that alone counts,
 * however long it was silent. If it cannot, a whole term without a heartbeat, seen from here, is called
 * `silent`: reason to look, and never `dead`.
 */
import { type Evidence, judgeClaim } from '../../../ownership/rules/liveness.ts'
import type { Worker, WorkerStatus } from './registry.ts'

type WorkerAlive = 'alive' | 'dead' | 'silent' | 'unknown'

/** The stored ones, and what they become once the process is proved dead. */
type ShownStatus = WorkerStatus | 'crashed' | 'stopped'

export interface WorkerStanding {
  readonly alive: WorkerAlive
  readonly status: ShownStatus
  /** Until this host calls the heartbeat overdue; 0: it is. */
  readonly beatDueInMs: number | null
  /** How long this host has watched a heartbeat of another boot stay the same. */
  readonly observedForMs: number | null
}

export function judgeWorker(
  { lease, status }: Pick<Worker, 'lease' | 'status'>,
  evidence: Pick<Evidence, 'now' | 'worker' | 'sighting'>,
): WorkerStanding {
  const heard = judgeClaim({ lease, process: null }, evidence)
  const alive = aliveBy(evidence.worker, heard.alive)
  return {
    alive,
    status: alive === 'dead' ? DEAD_IS[status] : status,
    beatDueInMs: heard.freeInMs,
    observedForMs: heard.observedForMs,
  }
}

const DEAD_IS = { active: 'crashed', stopping: 'stopped' } as const

function aliveBy(process: Evidence['worker'], heard: 'alive' | 'ended' | 'unknown'): WorkerAlive {
  if (process !== 'unknown') return process
  return heard === 'ended' ? 'silent' : heard
}
