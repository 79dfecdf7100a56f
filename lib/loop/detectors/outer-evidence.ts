/**
 * What the outer loop is decided from: the state of the reviews, and who has the next step by `next` itself.
 *
 * A pull request that nobody holds is looked at as if the asking run held it: that it would have to be
 * claimed first says nothing about what is to be done. Since when a wait goes on is taken from the
 * checkpoint where no run has noted it, so that it ends although nobody holds the pull request.
 */
import type { Policy, Preference } from '../../config/schema.ts'
import { type Considered, consider } from '../consider.ts'
import type { Decision, DecisionInput } from '../decision.ts'
import { decideInDoubt, isInDoubt } from '../in-doubt.ts'
import { type CopilotState, isReviewState, type NextClass, type outer } from '../machines/outer.ts'
import { review } from '../machines/review.ts'
import { readSurely } from '../read-surely.ts'
import { classifySnapshot } from './copilot-loop.ts'
import type { CopilotSnapshot } from './copilot-snapshot.ts'
import { classOfState } from './outer.ts'
import { isOver, type Standing, standingSince } from './outer-checkpoint.ts'

export interface OuterEvidence {
  readonly copilot: CopilotState
  readonly next: NextClass
  readonly ownership: (typeof outer.facts.ownership)[number]
  readonly head: string | null
  /** The wait that goes on, with its beginning; `null` when there is none. */
  readonly wait: Standing | null
  /** What `next` says to a run that holds it; `null` with a snapshot, about which it was not asked. */
  readonly decision: Decision | null
}

export function evidenceOfFacts(input: DecisionInput, noted: Standing | null): OuterEvidence {
  const first = considerAsOwner(input)
  const goesOn = noted !== null && isSameWait(first, noted)
  const considered = goesOn ? considerAsOwner(withNotedWait(input, noted)) : first
  const decision = decideInDoubt(considered.input)
  const doubtful = isInDoubt(decision)
  const copilot = copilotOf(considered)
  const ownership = ownershipOf(considered)
  const { head } = considered.reading
  // A wait that is over keeps its beginning: forgotten, it would begin again in the next cycle.
  const begun = doubtful
    ? noted
    : first.decided.row.wait
      ? standingSince(noted, { state: first.decided.state, head, nowMs: input.nowMs })
      : null
  return {
    copilot,
    ownership,
    head,
    next: ownership === 'none' ? NEXT[decision.actor] : classOfState(copilot),
    wait: begun,
    decision,
  }
}

function isSameWait({ decided, reading, input }: Considered, noted: Standing): boolean {
  const { wait } = input.work
  const recorded = wait !== null && wait.state === decided.state && wait.head === reading.head
  return !recorded && decided.row.wait !== undefined && decided.state === noted.state && reading.head === noted.headSha
}

const NEXT: { readonly [Actor in Considered['actor']]: NextClass } = {
  command: 'work',
  agent: 'work',
  wait: 'wait',
  human: 'person',
  done: 'done',
  stop: 'person',
}

function considerAsOwner(input: DecisionInput): Considered {
  const asked = consider(input)
  if (asked.decided.name !== 'ownership' || asked.actor !== 'command') return asked
  const you = input.you ?? 'outer-loop'
  const target = {
    runId: you,
    token: 0,
    alive: 'alive',
    endsInMs: 60_000,
    since: null,
    process: null,
    stopRequested: null,
  } as const
  return consider({ ...input, you, holdings: { ...input.holdings, target } })
}

function withNotedWait(input: DecisionInput, { state, headSha, since }: Standing): DecisionInput {
  return { ...input, work: { ...input.work, wait: { state, head: headSha, sinceMs: Date.parse(since) } } }
}

function copilotOf({ reading: { life }, input }: Considered): CopilotState {
  const reading = { life, pullRequest: readSurely(input).pullRequest }
  if (reading.life === 'missing') return 'no_pr'
  return reading.pullRequest?.review.state ?? (reading.life === 'over' ? 'done' : 'facts_unproved')
}

function ownershipOf({ decided }: Considered): OuterEvidence['ownership'] {
  return decided.name === 'ownership' ? (HELD[decided.state] ?? 'none') : 'none'
}

const HELD: Readonly<Record<string, OuterEvidence['ownership']>> = {
  owned_by_another: 'live_owner',
  branch_held_by_other: 'live_owner',
  issue_held_by_other: 'live_owner',
  held_without_end: 'endless',
  displaced: 'lost',
  asked_to_stop: 'lost',
}

export interface SnapshotGround {
  readonly snapshot: CopilotSnapshot
  readonly policy: Policy
  readonly preference: Pick<Preference, 'wait'>
  readonly head: string | null
  readonly noted: Standing | null
  readonly nowMs: number
}

/** A saved snapshot knows neither gates nor records; its waits end all the same. */
export function evidenceOfSnapshot(ground: SnapshotGround): OuterEvidence {
  const { snapshot, policy, head, noted, nowMs } = ground
  const { state } = classifySnapshot(snapshot, policy)
  const limitMs = limitOf(state, ground)
  const wait = limitMs === null ? null : standingSince(noted, { state, head, nowMs })
  const over = wait !== null && limitMs !== null && isOver(wait, limitMs, nowMs)
  return {
    copilot: state,
    next: over ? 'person' : classOfState(state),
    ownership: 'none',
    head,
    wait,
    decision: null,
  }
}

function limitOf(state: CopilotState, { preference }: SnapshotGround): number | null {
  const limit = isReviewState(state) ? review.states[state].wait?.limit : undefined
  if (limit === undefined) return null
  const { reviewLimitMs, checksLimitMs, mergeabilityLimitMs } = preference.wait
  return limit === 'review' ? reviewLimitMs : limit === 'checks' ? checksLimitMs : mergeabilityLimitMs
}
