/**
 * The workers of a repository over a store: each change is one compare-and-swap of one record.
 *
 * `readWorkers` writes nothing, not even what was seen. Whoever changes the list also keeps since when it
 * has seen each worker of other machines unchanged, because only that can ever show such a worker silent.
 */
import type { Outcome } from '../../outcome.ts'
import type { OwnershipContext } from '../../ownership/context.ts'
import { isWorkerDead } from '../../ownership/host.ts'
import { keepSighting, readSighting } from '../../ownership/sightings.ts'
import { placeOf } from '../../ownership/stored.ts'
import type { Instant, Versioned } from '../../store/store.ts'
import { update } from '../../store/update.ts'
import { parseRegistry } from './parse.ts'
import { judgeWorker, type WorkerStanding } from './rules/judge-worker.ts'
import {
  beat,
  emptyRegistry,
  markStopping,
  prune,
  type Registration,
  type Registry,
  type RegistryChange,
  register,
  remove,
  type Seen,
  type Standings,
  type Worker,
  type WorkerChange,
} from './rules/registry.ts'

/** A repository on a forge. */
export interface Place {
  readonly host: string
  readonly repo: string
}

export interface KnownWorker extends WorkerStanding {
  readonly worker: Worker
}

export function workersKey({ host, repo }: Place): string {
  return `${host}/${repo}/workers`
}

export async function readWorkers(place: Place, context: OwnershipContext): Promise<readonly KnownWorker[]> {
  const key = workersKey(place)
  const registry = interpret(place, await context.store.read(key), context)
  const standings = standingsOf(registry, context.store.now(), { key, context, mayWrite: false })
  return registry.workers.map((worker) => ({ worker, ...standingOf(worker, standings) }))
}

export function registerWorker(
  place: Place,
  registration: Registration,
  context: OwnershipContext,
): Promise<WorkerChange<'registered' | 'refreshed'>> {
  return change(place, context, (registry, seen) => simply(register(registry, registration, seen)))
}

/** @returns a refusal `worker_not_found` when it has to register (again) first */
export function beatWorker(
  place: Place,
  id: string,
  context: OwnershipContext,
): Promise<Outcome<WorkerChange<'beat'>>> {
  return change(place, context, (registry, seen) => {
    const result = beat(registry, id, seen)
    return { result, writes: result.ok ? result.value : null }
  })
}

export function stopWorker(
  place: Place,
  id: string,
  { gone }: { readonly gone: boolean },
  context: OwnershipContext,
): Promise<RegistryChange<'stopping' | 'gone' | 'stop_noop'>> {
  return change<RegistryChange<'stopping' | 'gone' | 'stop_noop'>>(place, context, (registry) => {
    return simply(gone ? remove(registry, id) : markStopping(registry, id))
  })
}

/** @param options `dryRun`: says who would go, and writes nothing but what was seen */
export function pruneWorkers(
  place: Place,
  { silent, dryRun }: { readonly silent: boolean; readonly dryRun: boolean },
  context: OwnershipContext,
): Promise<readonly KnownWorker[]> {
  return change(place, context, (registry, { standings }) => {
    const decided = prune(registry, standings, { silent })
    const result = decided.pruned.map((worker) => ({ worker, ...standingOf(worker, standings) }))
    return { result, writes: dryRun ? null : decided }
  })
}

interface Ruled<Result> {
  readonly result: Result
  /** `null`: nothing is written. */
  readonly writes: RegistryChange<string> | null
}

function simply<Change extends RegistryChange<string>>(result: Change): Ruled<Change> {
  return { result, writes: result }
}

function change<Result>(
  place: Place,
  context: OwnershipContext,
  rule: (registry: Registry, seen: Seen) => Ruled<Result>,
): Promise<Result> {
  const key = workersKey(place)
  return update<Result>(context.store, key, (current, now) => {
    const registry = interpret(place, current, context)
    const standings = standingsOf(registry, now, { key, context, mayWrite: true })
    const at = context.at ?? new Date(now.wallMs).toISOString()
    const { result, writes } = rule(registry, { now, at, standings })
    if (writes === null || writes.entry === null) return { unchanged: true, result }
    return { value: writes.registry, entry: writes.entry, result }
  })
}

function interpret(place: Place, current: Versioned | null, { store }: OwnershipContext): Registry {
  return current === null ? emptyRegistry(place) : parseRegistry(current.value, placeOf(workersKey(place), store))
}

interface Looking {
  readonly key: string
  readonly context: OwnershipContext
  readonly mayWrite: boolean
}

function standingsOf({ workers }: Registry, now: Instant, looking: Looking): Standings {
  return new Map(workers.map((worker) => [worker.id, judgeWorker(worker, gather(worker, now, looking))]))
}

function gather(worker: Worker, now: Instant, { key, context, mayWrite }: Looking) {
  const { host, observations } = context
  const state = isWorkerDead(worker.process, host)
  const isForeign = worker.lease.bootId !== now.bootId
  if (!isForeign || observations === undefined) return { now, worker: state, sighting: null }

  const look = mayWrite ? keepSighting : readSighting
  // The record changes with every worker's heartbeat, so each worker's own count is what is watched. Who
  // registers again under its id counts anew, and must not look as if it had stayed silent.
  const heard = `${worker.startedAt} ${worker.beats}`
  return { now, worker: state, sighting: look(observations, `${key} ${worker.id}`, heard, now) }
}

function standingOf({ id }: Worker, standings: Standings): WorkerStanding {
  return standings.get(id) ?? { alive: 'unknown', status: 'active', beatDueInMs: null, observedForMs: null }
}
