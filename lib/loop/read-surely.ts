/**
 * Reads as `read` does, and keeps of it only what comes out the same whatever REST could not prove: what
 * would not is not known, and the machines say `facts_unproved`. For whoever answers with a reading instead
 * of a decision; decisions are in-doubt.ts.
 */
import type { GateReading } from '../gates/evidence.ts'
import { allAlternatives, alternatives } from './alternatives.ts'
import type { DecisionInput } from './decision.ts'
import { gateOfStep } from './gate-steps.ts'
import { UNPROVED } from './in-doubt.ts'
import { pullRequest as gates } from './machines/pull-request.ts'
import { unprovedLists } from './missing.ts'
import { stageIn } from './precedence.ts'
import type { PullRequestReading } from './readings/pull-request.ts'
import { type Reading, read } from './readings/target.ts'

export interface SureReading extends Reading {
  /** Names of what could not be proved and would tell, or was not whole; empty when nothing is in doubt. */
  readonly missing: readonly string[]
}

export function readSurely(input: DecisionInput): SureReading {
  const reading = read(input)
  const { source } = input.facts
  const seen = reading.pullRequest
  if (source.via === 'graphql' || seen === null) return { ...reading, missing: notWhole(seen) }

  const { unproved } = source
  const others = readingsOf(allAlternatives(unproved, input))
  const blind = isBlind(seen, unproved) ? ['closing_issues'] : []
  const telling = unproved.filter((name) => readingsOf(alternatives(name, [input])).some((one) => differs(one, seen)))
  const together = others.some((one) => differs(one, seen)) ? unproved : []
  const doubts = [...new Set([...notWhole(seen), ...blind, ...(telling.length > 0 ? telling : together)])]
  const pullRequest = onlySure(seen, others, blind.length > 0)
  return { ...reading, pullRequest, work: () => stageIn('gates', gates, pullRequest.gates), missing: doubts }
}

function notWhole(seen: PullRequestReading | null): readonly string[] {
  return seen?.review.state === 'facts_unproved' ? unprovedLists({ pullRequest: seen }) : []
}

function readingsOf(inputs: readonly DecisionInput[]): readonly PullRequestReading[] {
  return inputs.flatMap((input) => read(input).pullRequest ?? [])
}

/** Whoever judges a change has to see the issue that it is for. */
function isBlind(seen: PullRequestReading, unproved: readonly string[]): boolean {
  const step = gates.states[seen.gates.state].next?.step ?? null
  return gateOfStep(step) !== null && unproved.includes('closing_issues')
}

const ANSWERS = [
  (one: PullRequestReading) => one.ci.state,
  (one: PullRequestReading) => one.review.state,
  (one: PullRequestReading) => one.gates.state,
  (one: PullRequestReading) => one.draftGate.state,
  (one: PullRequestReading) => one.preApproval.state,
] as const

function differs(one: PullRequestReading, other: PullRequestReading): boolean {
  return ANSWERS.some((answer) => answer(one) !== answer(other))
}

function onlySure(
  seen: PullRequestReading,
  others: readonly PullRequestReading[],
  isBlind: boolean,
): PullRequestReading {
  const isSure = (answer: (one: PullRequestReading) => unknown) => others.every((one) => answer(one) === answer(seen))
  const [ci, review, gate, draftGate, preApproval] = ANSWERS
  return {
    ...seen,
    ci: isSure(ci) ? seen.ci : { ...seen.ci, state: 'unknown', rule: UNPROVED },
    review: isSure(review) ? seen.review : { ...seen.review, state: 'facts_unproved', rule: UNPROVED },
    gates: isSure(gate) && !isBlind ? seen.gates : { ...seen.gates, state: 'facts_unproved', rule: UNPROVED },
    draftGate: isSure(draftGate) ? seen.draftGate : NOT_PROVED,
    preApproval: isSure(preApproval) ? seen.preApproval : NOT_PROVED,
  }
}

const NOT_PROVED: GateReading = { state: 'blocked', reason: 'statuses_incomplete' }
