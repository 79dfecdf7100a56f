/**
 * `claim --wait`: asks again until the target is granted, the limit is over, or the caller is told to stop.
 *
 * Each round is a real claim, because only that keeps the watch on another machine's lease going. The
 * pause is at most a second, so that a claim that ended is taken within two.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { DevLoopsError } from '../../errors.ts'
import type { OwnershipAnswer } from '../../ownership/service.ts'
import type { CommandContext } from '../define.ts'

const LONGEST_PAUSE_MS = 1_000
const SHORTEST_PAUSE_MS = 50

export async function untilGranted(
  ask: () => Promise<OwnershipAnswer>,
  limitMs: number,
  { signal, progress }: Pick<CommandContext, 'signal' | 'progress'>,
): Promise<OwnershipAnswer> {
  const endsAt = performance.now() + limitMs
  let answer = await ask()
  if (!answer.ok) progress(`waiting: ${answer.message}`)

  while (!answer.ok && answer.error === 'active_run_exists' && performance.now() < endsAt) {
    const leftMs = Math.min(answer.freeForYouInMs ?? LONGEST_PAUSE_MS, endsAt - performance.now(), LONGEST_PAUSE_MS)
    await pause(Math.max(SHORTEST_PAUSE_MS, leftMs), undefined, { signal }).catch(cancelled)
    answer = await ask()
  }
  return answer
}

function cancelled(): never {
  throw new DevLoopsError('cancelled', 'told to stop while waiting for the target; nothing was claimed')
}
