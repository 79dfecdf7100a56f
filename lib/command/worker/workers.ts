/**
 * What the commands on workers have in common: whose list it is, how a worker is shown, and what is told
 * to a person.
 */
import type { WorkerStanding } from '../../dispatch/workers/rules/judge-worker.ts'
import type { Worker } from '../../dispatch/workers/rules/registry.ts'
import { type KnownWorker, type Place, workersKey } from '../../dispatch/workers/service.ts'
import type { OwnershipContext } from '../../ownership/service.ts'
import { placeOf } from '../../ownership/stored.ts'
import type { CommandContext } from '../define.ts'
import { stateDir, targetOptions, text } from '../index.ts'
import { openOwnership, resolveRepository } from '../services.ts'

export const placeOptions = {
  repo: targetOptions.repo.describe('Repository that the workers work on (default: origin of this checkout)'),
  stateDir,
}

export const workerId = text('<id>').env('DEV_LOOPS_WORKER_ID').describe('Worker, as it was registered')

interface PlaceWords {
  readonly repo?: string | undefined
  readonly stateDir?: string | undefined
}

export interface Workers {
  readonly place: Place
  readonly context: OwnershipContext
  /** Fields of every answer: where the list is and how far it is seen. */
  readonly where: { readonly repo: string; readonly scope: string; readonly filePath: string }
}

export async function openWorkers(words: PlaceWords, command: CommandContext): Promise<Workers> {
  const place = resolveRepository(words, command)
  const context = await openOwnership({ ...place, lease: 'workers' }, words, command)
  const { store } = context
  return {
    place,
    context,
    where: { repo: place.repo, scope: store.scope, filePath: placeOf(workersKey(place), store) },
  }
}

export type ShownWorker = ReturnType<typeof showWorker>

export function showWorker({ worker, alive, status, beatDueInMs, observedForMs }: KnownWorker) {
  return { ...describeWorker(worker), status, alive, beatDueInMs, observedForMs }
}

export function describeWorker({ id, task, machine, projectRoot, process, startedAt, beatAt }: Worker) {
  return { id, ...task, machine, projectRoot, process, startedAt, beatAt }
}

/** One line for a person on a terminal. */
export function sayWorker({ id, status, alive, command, runId, target, machine, process }: ShownWorker): string {
  const what = [command, target, runId].filter((word) => word !== null).join(' ')
  return `${id}  ${status}, ${SAID[alive]}: ${what} (pid ${process.pid}${machine === null ? '' : ` on ${machine}`})`
}

const SAID: Readonly<Record<WorkerStanding['alive'], string>> = {
  alive: 'alive',
  dead: 'proved dead',
  silent: 'not heard for a whole term',
  unknown: 'not known to live or to be dead',
}

export const workerFields = {
  id: 'the worker',
  command: 'what it does: command, runId, target',
  status: 'active, stopping; crashed or stopped once its process is proved dead',
  alive: 'alive, dead (proved), silent (not heard for a whole term as seen from here), or unknown',
  beatDueInMs: 'until this host calls the heartbeat overdue; 0: it is',
} as const

export const placeFields = {
  scope: 'how far the list is seen: clone, machine, every_machine',
  filePath: 'place of the list',
} as const
