/**
 * Keeps one worker on the list for as long as its process works.
 *
 * Nothing here may cost the work anything: a store that cannot be reached is a warning, said once, and
 * tried again at the next heartbeat. The calls are made one after the other, so that a late heartbeat
 * never brings back a worker that has left.
 *
 * The period is that of the leases. On a git store each heartbeat is one push beside those of the leases,
 * and there the leases' own period is minutes.
 */
import type { OwnershipContext } from '../../ownership/context.ts'
import type { Registration, WorkerTask } from './rules/registry.ts'
import { type Place, registerWorker, stopWorker } from './service.ts'

/** A remote that does not answer is not waited for at the end; whoever prunes finds the worker dead. */
const LEAVE_WITHIN_MS = 10_000

export interface PresenceOptions {
  readonly place: Place
  readonly worker: Omit<Registration, 'task'>
  readonly everyMs: number
  /** A sentence for people; the same trouble is not told again while it lasts. */
  readonly warn: (warning: string) => void
}

export interface Presence {
  /** Known from now on, with this task; later calls change the task with the next heartbeat. */
  appear(task: WorkerTask): void
  /** Shows that it takes no more work. */
  stop(): void
  /** Off the list; waits for it. */
  leave(): Promise<void>
}

export function openPresence({ place, worker, everyMs, warn }: PresenceOptions, context: OwnershipContext): Presence {
  let task: WorkerTask | null = null
  let { id } = worker
  let troubled = false
  let timer: NodeJS.Timeout | undefined
  let last: Promise<void> = Promise.resolve()

  /** One call after the other, whatever became of the one before. */
  function afterwards(act: () => Promise<unknown>): Promise<void> {
    last = last.then(() => attempt(act))
    return last
  }

  async function attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
      troubled = false
    } catch (error) {
      if (!troubled) warn(`worker_not_registered: ${error instanceof Error ? error.message : String(error)}`)
      troubled = true
    }
  }

  /** Registering again is the heartbeat, so that a worker that was pruned by mistake comes back. */
  async function show(): Promise<void> {
    if (task === null) return
    // Somebody may have registered this process before, and under that id it stays known.
    id = (await registerWorker(place, { ...worker, task }, context)).worker.id
  }

  return {
    appear(next) {
      const isFirst = task === null
      task = next
      if (!isFirst) return
      void afterwards(show)
      timer = setInterval(() => void afterwards(show), everyMs)
    },
    stop() {
      clearInterval(timer)
      if (task !== null) void afterwards(() => stopWorker(place, id, { gone: false }, context))
    },
    async leave() {
      clearInterval(timer)
      if (task === null) return
      const left = afterwards(() => stopWorker(place, id, { gone: true }, context))
      const isLate = await isOverdue(left, LEAVE_WITHIN_MS)
      if (isLate && !troubled)
        warn(`worker_not_registered: the store does not answer, so worker ${id} stays on the list`)
    },
  }
}

async function isOverdue(work: Promise<void>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), limitMs)
  })
  try {
    return await Promise.race([work.then(() => false), late])
  } finally {
    clearTimeout(timer)
  }
}
