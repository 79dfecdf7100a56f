/**
 * Kills, stops and hinders the processes of a contest for as long as it takes to show something.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Contest } from './contest.ts'
import { clockMs } from './history.ts'
import { randomFrom, shuffle } from './random.ts'

/** Of your own: cut the network, fill the disk, and put it right before it ends. */
export type Disturbance = 'kill' | 'pause' | (() => Promise<void>)

export interface DisturbOptions {
  readonly seconds: number
  readonly seed: number
  readonly disturb: readonly Disturbance[]
  readonly disturbEveryMs: number
  readonly shortestTtlMs: number
  /** Whether there is enough to see; asked when the time is over. */
  readonly enough: () => boolean
}

const FEWEST_ROUNDS = 3
/** A store that answers nothing never shows enough. */
const LONGEST_MORE_MS = 30_000

/** In rounds: drawn one by one, the same thing could by chance be done all the time, and another never. */
export async function disturb(contest: Contest, options: DisturbOptions): Promise<void> {
  const random = randomFrom(options.seed + 1)
  await contest.ready()
  const endsAt = clockMs() + options.seconds * 1_000
  const isOver = () => clockMs() >= endsAt && (clockMs() >= endsAt + LONGEST_MORE_MS || options.enough())
  for (let round = 1; round <= FEWEST_ROUNDS || !isOver(); round += 1) {
    for (const chosen of shuffle(options.disturb, random)) {
      await pause(options.disturbEveryMs * (0.5 + random()))
      await inflict(chosen, contest, options, random)
    }
    if (options.disturb.length === 0) await pause(options.disturbEveryMs)
  }
}

async function inflict(
  chosen: Disturbance,
  contest: Contest,
  { shortestTtlMs }: DisturbOptions,
  random: () => number,
): Promise<void> {
  if (chosen === 'kill') await contest.killOne()
  // Up to twice the shortest term, so that some are displaced meanwhile.
  else if (chosen === 'pause') contest.pauseOne(shortestTtlMs * (0.15 + 1.85 * random()))
  else await chosen()
}
