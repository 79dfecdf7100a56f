/**
 * Queueing up for a record, so that many writers do not keep undoing each other's work and each is served
 * in the order in which it came.
 *
 * This is manners, not safety: the commit does not care who holds the turn. A writer puts a ticket into the
 * queue and waits until no older one is left, or until it has waited long enough; then it goes on, served or
 * not. Each watches only the ticket right before its own, so that a turn that ends wakes one of them. Whoever
 * waits takes away the ticket of a dead process, and one that has been the oldest for so long that its
 * writer must be stopped; taken away wrongly, it only costs that writer its turn.
 */
import { existsSync, mkdirSync, readdirSync, unlinkSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { disk } from './disk.ts'
import { newWriteId } from './write-id.ts'

export interface Patience {
  /** With one and the same writer: longer than a change takes on all but the slowest disks. */
  readonly withOneMs: number
  /** With all of them together. */
  readonly inAllMs: number
}

const PATIENCE: Patience = { withOneMs: 200, inAllMs: 3_000 }
/** How often it is looked whether the oldest is dead, and whether one was missed. */
const LOOK_EVERY_MS = 50

/** `<nanoseconds of the monotonic clock>.<pid>.<write id>`: on one boot in order of arrival. */
const TICKET = /^\d{20}\.(\d+)\.[0-9a-z]+$/

type EndTurn = () => Promise<void>

/**
 * @param queue folder of the queue; made when the folder above is there
 * @returns how to give the turn back, also when it was waited for in vain; twice is once. Never throws.
 */
export async function takeTurn(queue: string, patience: Patience = PATIENCE): Promise<EndTurn> {
  const ticket = `${String(process.hrtime.bigint()).padStart(20, '0')}.${process.pid}.${newWriteId()}`
  if (!lineUp(queue, ticket)) return async () => {}
  await waitFor(queue, ticket, patience)
  let isOurs = true
  return async () => {
    if (isOurs) remove(join(queue, ticket))
    isOurs = false
  }
}

/** Whether anybody stands in the queue, be it with a dead writer's ticket. Asked before every change. */
export function isQueued(queue: string): boolean {
  return existsSync(queue) && namesIn(queue).length > 0
}

async function waitFor(queue: string, ticket: string, { withOneMs, inAllMs }: Patience): Promise<void> {
  const startedAt = performance.now()
  let oldest = { name: '', since: startedAt }

  for (;;) {
    const older = namesIn(queue)
      .filter((name) => name < ticket)
      .sort()
    const [name] = older
    const now = performance.now()
    if (name === undefined || now - startedAt >= inAllMs) return

    if (name !== oldest.name) oldest = { name, since: now }
    if (now - oldest.since >= withOneMs || isAbandoned(name)) remove(join(queue, name))
    else await untilGone(join(queue, older.at(-1) ?? name), LOOK_EVERY_MS)
  }
}

/** @returns false where no queue can be had: on a full or read-only disk, or before there is a record */
function lineUp(queue: string, ticket: string): boolean {
  try {
    // Not the folders above: a record begins whole or not at all.
    if (!existsSync(queue)) mkdirSync(queue)
  } catch {
    // Somebody else has made it, or the next step fails as well.
  }
  try {
    writeFileSync(join(queue, ticket), '')
    return true
  } catch {
    return false
  }
}

/** Or until something else happens to it; or at the latest after so long. */
function untilGone(path: string, longestMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      watcher?.close()
      resolve()
    }
    const timer = setTimeout(done, longestMs)
    const watcher = watcherOf(path, done)
    if (watcher === null && !existsSync(path)) done()
  })
}

/** @returns null where the file is gone, or the system watches no more files; then the time decides */
function watcherOf(path: string, changed: () => void) {
  try {
    return watch(path, { persistent: false }, changed).on('error', changed)
  } catch {
    return null
  }
}

function isAbandoned(name: string): boolean {
  const pid = TICKET.exec(name)?.[1]
  return pid === undefined || disk.isGone(Number(pid)) === true
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It was taken away already, or will be by whoever comes next.
  }
}
