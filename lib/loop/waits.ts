/**
 * When a wait began, when it is over, and when to look again.
 *
 * A wait for somebody's claim or for a request under way ends with these; every other one has a limit
 * of its own, counted from when it was first noted for this state and head.
 */
import type { DecisionInput } from './decision.ts'
import type { WaitLimit } from './machine.ts'
import type { Stage } from './precedence.ts'
import { reviewWaitSinceMs } from './readings/pull-request.ts'
import type { Reading } from './readings/target.ts'

export interface Wait {
  readonly untilMs: number | null
  readonly pollMs: number
  readonly over: boolean
}

interface Waiting {
  readonly input: DecisionInput
  readonly reading: Reading
}

/** What GitHub or git will know in a moment is asked for again soon. */
const SOON_MS = 5_000

/** @returns `null` when the stage does not wait */
export function waitFor(stage: Stage, waiting: Waiting): Wait | null {
  const { wait } = stage.row
  if (!wait) return null
  const { input } = waiting
  const untilMs = endOf(stage.state, wait.limit, waiting)
  const over = wait.end === 'human' && untilMs !== null && untilMs <= input.nowMs
  return { untilMs, pollMs: pollOf(wait.limit, untilMs, input), over }
}

function endOf(state: string, limit: WaitLimit, waiting: Waiting): number | null {
  const { input } = waiting
  const { checksLimitMs, mergeabilityLimitMs, reviewLimitMs } = input.preference.wait
  switch (limit) {
    case 'holder':
      return holderEnd(state, input)
    case 'deadline':
      return Math.max(...input.work.intents.map(({ at, deadlineMs }) => at.wallMs + deadlineMs), input.nowMs)
    case 'review':
      return reviewSince(waiting) + reviewLimitMs
    case 'checks':
      return notedSince(state, waiting) + checksLimitMs
    case 'mergeability':
      return notedSince(state, waiting) + mergeabilityLimitMs
  }
}

function notedSince(state: string, { input, reading }: Waiting): number {
  const { wait } = input.work
  return wait && wait.state === state && wait.head === reading.head ? wait.sinceMs : input.nowMs
}

function reviewSince({ input, reading }: Waiting): number {
  const { pullRequest } = reading
  const sinceMs = pullRequest ? reviewWaitSinceMs(pullRequest.pr, pullRequest.reviews, input) : null
  return sinceMs ?? input.nowMs
}

function holderEnd(state: string, { holdings, nowMs }: DecisionInput): number | null {
  const { target, branch, issue } = holdings
  const holder = state === 'branch_held_by_other' ? branch : state === 'issue_held_by_other' ? issue?.holder : target
  return holder?.endsInMs == null ? null : nowMs + holder.endsInMs
}

function pollOf(limit: WaitLimit, untilMs: number | null, { preference, nowMs }: DecisionInput): number {
  const { pollIntervalMs } = preference.wait
  const soon = limit === 'mergeability' || limit === 'deadline'
  const leftMs = limit === 'holder' && untilMs !== null ? Math.max(1_000, untilMs - nowMs) : pollIntervalMs
  return Math.min(pollIntervalMs, soon ? SOON_MS : leftMs)
}
