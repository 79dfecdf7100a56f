/**
 * When a wait began, when it is over, and when to look again. Each has an end, also when nobody acts.
 *
 * A wait for somebody's claim or for a request under way ends with these; every other one has a limit
 * of its own, counted from when it was first noted for this state and head.
 */
import type { Holder } from '../ownership/service.ts'
import type { DecisionInput } from './decision.ts'
import type { WaitLimit } from './machine.ts'
import type { Stage } from './precedence.ts'
import { processClaimEndMs } from './readings/ownership.ts'
import { reviewWaitSinceMs } from './readings/pull-request.ts'
import type { Reading } from './readings/target.ts'

export interface Wait {
  readonly limit: WaitLimit
  readonly untilMs: number
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
  const over = wait.end === 'human' && untilMs <= input.nowMs
  return { limit: wait.limit, untilMs, pollMs: pollOf(wait.limit, untilMs, input), over }
}

/** The same world at the end of the wait, with nothing changed but what time itself changes. */
export function atTheEndOf(
  { limit, untilMs }: Wait,
  { input, reading, state }: Waiting & { readonly state: string },
): DecisionInput {
  const { holdings, work, you, nowMs } = input
  const keepsOwn = limit !== 'deadline'
  const later = (holder: Holder | null) =>
    holder === null || (keepsOwn && holder.runId === you) ? holder : aged(holder, untilMs - nowMs)
  return {
    ...input,
    nowMs: untilMs,
    holdings: {
      target: later(holdings.target),
      branch: later(holdings.branch),
      issue: holdings.issue && { ...holdings.issue, holder: later(holdings.issue.holder) },
    },
    work: { ...work, wait: { state, head: reading.head, sinceMs: notedSince(state, { input, reading }) } },
  }
}

function aged(holder: Holder, elapsedMs: number): Holder {
  if (holder.endsInMs === null) return holder
  const endsInMs = Math.max(0, holder.endsInMs - elapsedMs)
  return { ...holder, endsInMs, alive: endsInMs === 0 ? 'ended' : holder.alive }
}

function endOf(state: string, limit: WaitLimit, waiting: Waiting): number {
  const { input } = waiting
  const { checksLimitMs, mergeabilityLimitMs, reviewLimitMs } = input.preference.wait
  switch (limit) {
    case 'holder':
      return holderEnd(state, input)
    case 'deadline':
      return intentsEnd(input)
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

function holderEnd(state: string, { holdings, nowMs }: DecisionInput): number {
  const { target, branch, issue } = holdings
  const holder = state === 'branch_held_by_other' ? branch : state === 'issue_held_by_other' ? issue?.holder : target
  return holder ? claimEnd(holder, nowMs) : nowMs
}

/** When the claim is over unless it is renewed. One of a living process alone has a limit all the same. */
function claimEnd(holder: Holder, nowMs: number): number {
  return holder.endsInMs === null ? processClaimEndMs(holder) : nowMs + holder.endsInMs
}

/** What a process carries out (an agent) may take as long as the claim under which it works. */
function intentsEnd({ work, holdings, nowMs }: DecisionInput): number {
  const ends = work.intents.map(({ at, deadlineMs, process }) =>
    process !== null && holdings.target ? claimEnd(holdings.target, nowMs) : at.wallMs + deadlineMs,
  )
  return Math.max(...ends, nowMs)
}

function pollOf(limit: WaitLimit, untilMs: number, { preference, nowMs }: DecisionInput): number {
  const { pollIntervalMs } = preference.wait
  const soon = limit === 'mergeability' || limit === 'deadline'
  const leftMs = limit === 'holder' ? Math.max(1_000, untilMs - nowMs) : pollIntervalMs
  return Math.min(pollIntervalMs, soon ? SOON_MS : leftMs)
}
