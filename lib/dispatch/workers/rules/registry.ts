/**
 * Which workers of a repository have made themselves known, and how that list changes.
 *
 * The list gives nobody a right: who may act is said by claims alone. So a worker that was dropped to
 * make room, or pruned while it was silent, loses nothing; its next heartbeat says that it is unknown,
 * and it registers again. What was proved dead stays on the list until it is pruned or the room is
 * needed, because a crash that nobody can see is looked for in vain.
 */
import { accept, type Outcome, refuse } from '../../../outcome.ts'
import type { Lease, WorkerIdentity } from '../../../ownership/record.ts'
import type { Instant } from '../../../store/store.ts'
import type { WorkerStanding } from './judge-worker.ts'

/** All workers of a repository are one record; see docs/decisions/0005-workers-are-one-record.md */
export const MOST_WORKERS = 100

/** `crashed` is never stored: it is derived, with proof; see judge-worker.ts. */
export const WORKER_STATUSES = ['active', 'stopping'] as const
export type WorkerStatus = (typeof WORKER_STATUSES)[number]

/** What the worker does, for people: no rule reads it. */
export type WorkerTask = {
  /** Such as `run`. */
  readonly command: string
  readonly runId: string | null
  /** Such as `acme/api#12`. */
  readonly target: string | null
}

export type Worker = {
  readonly id: string
  readonly process: WorkerIdentity
  /** Name of its machine and folder of its checkout, for people. */
  readonly machine: string | null
  readonly projectRoot: string | null
  readonly task: WorkerTask
  readonly status: WorkerStatus
  /** ISO 8601 UTC, for people; the term of the heartbeat is counted like that of any lease. */
  readonly startedAt: string
  readonly beatAt: string
  /** Rises with each heartbeat: what an observer on another machine watches. */
  readonly beats: number
  readonly lease: Lease
}

export type Registry = {
  readonly schemaVersion: 1
  readonly host: string
  readonly repo: string
  /** In the order in which they were registered. */
  readonly workers: readonly Worker[]
}

/** `entry: null`: nothing changed. */
export interface RegistryChange<Status extends string> {
  readonly status: Status
  readonly registry: Registry
  readonly entry: { readonly type: string; readonly [key: string]: string | readonly string[] } | null
}

/** What is known of each worker on the list right now; one that is missing counts as unknown. */
export type Standings = ReadonlyMap<string, WorkerStanding>

/** What the caller saw right before the decision; `at` is the time that is written for people. */
export interface Seen {
  readonly now: Instant
  readonly at: string
  readonly standings: Standings
}

export interface WorkerChange<Status extends string> extends RegistryChange<Status> {
  /** As it is on the list now. */
  readonly worker: Worker
}

export interface Registration {
  /** Only used when this process is not on the list with this run yet. */
  readonly id: string
  readonly process: WorkerIdentity
  readonly machine: string | null
  readonly projectRoot: string | null
  readonly task: WorkerTask
  readonly ttlMs: number
}

export function emptyRegistry({ host, repo }: Pick<Registry, 'host' | 'repo'>): Registry {
  return { schemaVersion: 1, host, repo, workers: [] }
}

/** Registering twice is one registration: the second is a heartbeat that may change the task. */
export function register(
  registry: Registry,
  { ttlMs, ...described }: Registration,
  { now, at, standings }: Seen,
): WorkerChange<'registered' | 'refreshed'> {
  const lease = leaseFrom(ttlMs, now)
  const known = registry.workers.find((worker) => isSame(worker, described))
  if (known !== undefined) {
    const worker: Worker = {
      ...known,
      task: described.task,
      status: 'active',
      lease,
      beatAt: at,
      beats: known.beats + 1,
    }
    return { status: 'refreshed', ...replaced(registry, worker), entry: { type: 'worker_beat', id: known.id } }
  }
  const worker: Worker = { ...described, status: 'active', startedAt: at, beatAt: at, beats: 1, lease }
  const { kept, dropped } = makeRoom(registry.workers, standings)
  const entry = { type: 'worker_registered', id: worker.id, ...(dropped.length === 0 ? {} : { dropped }) }
  return { status: 'registered', registry: { ...registry, workers: [...kept, worker] }, worker, entry }
}

/** A heartbeat changes no status: a worker that is stopping still shows that it lives. */
export function beat(registry: Registry, id: string, { now, at, standings }: Seen): Outcome<WorkerChange<'beat'>> {
  const known = registry.workers.find((worker) => worker.id === id)
  if (known === undefined)
    return refuse('worker_not_found', `no worker ${id} of ${registry.repo} is known; register again`)
  if (standings.get(id)?.alive === 'dead') {
    return refuse('worker_not_found', `the process of worker ${id} is dead; register the one that lives now`)
  }
  const worker: Worker = { ...known, lease: leaseFrom(known.lease.ttlMs, now), beatAt: at, beats: known.beats + 1 }
  return accept({ status: 'beat', ...replaced(registry, worker), entry: { type: 'worker_beat', id } })
}

/** It takes no more work, and ends. Unknown is fine: whoever ends need not care whether it was pruned. */
export function markStopping(registry: Registry, id: string): RegistryChange<'stopping' | 'stop_noop'> {
  const known = registry.workers.find((worker) => worker.id === id)
  if (known === undefined) return { status: 'stop_noop', registry, entry: null }
  if (known.status === 'stopping') return { status: 'stopping', registry, entry: null }
  const worker: Worker = { ...known, status: 'stopping' }
  return { status: 'stopping', ...replaced(registry, worker), entry: { type: 'worker_stopping', id } }
}

/** An orderly end leaves nothing behind. */
export function remove(registry: Registry, id: string): RegistryChange<'gone' | 'stop_noop'> {
  const workers = registry.workers.filter((worker) => worker.id !== id)
  if (workers.length === registry.workers.length) return { status: 'stop_noop', registry, entry: null }
  return { status: 'gone', registry: { ...registry, workers }, entry: { type: 'worker_gone', id } }
}

/** Takes off the list who is proved dead, and with `silent` also who was not heard for a whole term. */
export function prune(
  registry: Registry,
  standings: Standings,
  { silent }: { readonly silent: boolean },
): RegistryChange<'pruned'> & { readonly pruned: readonly Worker[] } {
  const isGone = ({ id }: Worker) => {
    const alive = standings.get(id)?.alive
    return alive === 'dead' || (silent && alive === 'silent')
  }
  const pruned = registry.workers.filter(isGone)
  const workers = registry.workers.filter((worker) => !isGone(worker))
  const entry = pruned.length === 0 ? null : { type: 'workers_pruned', ids: pruned.map(({ id }) => id) }
  return { status: 'pruned', registry: { ...registry, workers }, entry, pruned }
}

/** A pid is reused, so the start time must be the same; where that is unknown only the id can tell. */
function isSame(worker: Worker, { id, process, task }: Pick<Registration, 'id' | 'process' | 'task'>): boolean {
  if (worker.id === id) return true
  const [a, b] = [worker.process, process]
  const sameProcess =
    a.pid === b.pid && a.startTime === b.startTime && a.bootId === b.bootId && a.pidNamespace === b.pidNamespace
  return sameProcess && a.startTime !== null && worker.task.runId === task.runId
}

function replaced(registry: Registry, worker: Worker) {
  const workers = registry.workers.map((other) => (other.id === worker.id ? worker : other))
  return { registry: { ...registry, workers }, worker }
}

/** First the dead go, then the silent, then who was heard longest ago: a bound for the record, not a verdict. */
function makeRoom(workers: readonly Worker[], standings: Standings) {
  const surplus = Math.max(0, workers.length - (MOST_WORKERS - 1))
  const rank = ({ id }: Worker) => GOES[standings.get(id)?.alive ?? 'unknown']
  const order = [...workers].sort((a, b) => rank(a) - rank(b) || a.beatAt.localeCompare(b.beatAt))
  const dropped = order.slice(0, surplus).map(({ id }) => id)
  return { kept: workers.filter(({ id }) => !dropped.includes(id)), dropped }
}

const GOES = { dead: 0, silent: 1, unknown: 2, alive: 2 } as const

function leaseFrom(ttlMs: number, now: Instant): Lease {
  return { ttlMs, bootId: now.bootId, renewedAtMs: Math.floor(now.monotonicMs), parkedMs: null }
}
