/**
 * Decides from facts of which some cannot be known, because they were observed over REST: only what comes
 * out the same whatever those are is an answer. Everything else waits until GraphQL answers again.
 *
 * Lists that are not whole are unproved to every rule already. What is tried out here is what a rule would
 * take for an answer: that no review is required, that every check is, that no issue is closed, that a status
 * is not ours.
 */
import { allAlternatives, alternatives } from './alternatives.ts'
import { ASK_AGAIN, type Decision, type DecisionInput } from './decision.ts'
import { gateOfStep } from './gate-steps.ts'
import { ENDS_WHEN } from './machines/waiting.ts'
import { decide } from './next.ts'

export function decideInDoubt(input: DecisionInput): Decision {
  const decision = decide(input)
  const { source } = input.facts
  if (source.via === 'graphql') return decision

  const evidence = [...decision.evidence, `graphql_quota_spent: until ${source.wholeAt}`]
  const doubts = doubtsOf(decision, { input, unproved: source.unproved })
  if (doubts.length === 0) return { ...decision, evidence }
  return { ...waiting(decision, input, Date.parse(source.wholeAt)), missing: doubts, evidence }
}

/** Whether a decision is none: it says what is missing, and nothing of it is to be remembered. */
export function isInDoubt({ because }: Pick<Decision, 'because'>): boolean {
  return because.at(-1) === UNPROVED
}

/** The rule that fires where facts are in doubt. */
export const UNPROVED = 'source/unproved'

function waiting(decision: Decision, { preference }: DecisionInput, untilMs: number): Omit<Decision, 'missing'> {
  const { command: _command, prompt: _prompt, ...rest } = decision
  const what = { state: 'facts_unproved', step: 'observe', actor: 'wait' } as const
  return {
    ...rest,
    ...what,
    because: [...decision.because, UNPROVED],
    waitingFor: 'observation',
    wait: {
      endsWhen: ENDS_WHEN.observation,
      untilMs,
      pollMs: preference.wait.pollIntervalMs,
      afterwards: ASK_AGAIN,
    },
  }
}

interface Doubting {
  readonly input: DecisionInput
  readonly unproved: readonly string[]
}

function doubtsOf(decision: Decision, { input, unproved }: Doubting): readonly string[] {
  if (decision.state === 'facts_unproved') return decision.missing.length > 0 ? decision.missing : unproved
  // Whoever judges a change has to see the issue that it is for.
  const blind = gateOfStep(decision.step) !== null && unproved.includes('closing_issues') ? ['closing_issues'] : []
  const telling = unproved.filter((name) => alternatives(name, [input]).some((other) => differs(other, decision)))
  if (telling.length + blind.length > 0) return [...new Set([...blind, ...telling])]

  return allAlternatives(unproved, input).some((other) => differs(other, decision)) ? unproved : []
}

function differs(other: DecisionInput, { state, step, actor }: Decision): boolean {
  const otherwise = decide(other)
  return otherwise.state !== state || otherwise.step !== step || otherwise.actor !== actor
}
