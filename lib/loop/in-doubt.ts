/**
 * Decides from facts of which some cannot be known, because they were observed over REST: only what comes
 * out the same whatever those are is an answer. Everything else waits until GraphQL answers again.
 *
 * Lists that are not whole are unproved to every rule already. What is tried out here is what a rule would
 * take for an answer: that no review is required, that every check is, that no issue is closed, that a status
 * is not ours.
 */
import { isOwnContext } from '../facts/identity.ts'
import type { ObservedPullRequest, PullRequestFacts } from '../facts/pull-request.ts'
import type { Decision, DecisionInput } from './decision.ts'
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

const UNPROVED = 'source/unproved'

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
      afterwards: what,
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

  const together = unproved.reduce<readonly DecisionInput[]>((inputs, name) => alternatives(name, inputs), [input])
  return together.some((other) => differs(other, decision)) ? unproved : []
}

function differs(other: DecisionInput, { state, step, actor }: Decision): boolean {
  const otherwise = decide(other)
  return otherwise.state !== state || otherwise.step !== step || otherwise.actor !== actor
}

function alternatives(name: string, inputs: readonly DecisionInput[]): readonly DecisionInput[] {
  return inputs.flatMap((input) => {
    const { facts } = input
    if (facts.kind !== 'pull_request' || facts.pr === null) return [input]
    return [input, ...otherFacts(name, facts, facts.pr).map((other) => ({ ...input, facts: other }))]
  })
}

/** Of each thing that a rule would take for known: every class of values that some rule tells apart. */
function otherFacts(name: string, facts: PullRequestFacts, pr: ObservedPullRequest): PullRequestFacts[] {
  const { repository } = facts
  switch (name) {
    case 'review_decision':
      return DECISIONS.map((reviewDecision) => ({ ...facts, pr: { ...pr, reviewDecision } }))
    case 'closing_issues':
      return CLOSING.map((bodies) => ({ ...facts, pr: { ...pr, closingIssues: issuesWith(bodies, repository.repo) } }))
    case 'required_checks':
      return requiredIn(pr).map((contexts) => ({ ...facts, pr: { ...pr, checks: { ...pr.checks, contexts } } }))
    case 'viewer':
      return markersOf(pr).map((viewer) => ({ ...facts, repository: { ...repository, viewer } }))
    default:
      return []
  }
}

const DECISIONS = ['APPROVED', 'CHANGES_REQUESTED', 'REVIEW_REQUIRED']

/** None, one that says when it is done, one that does not, and several. */
const CLOSING = [[], ['## Acceptance criteria\n\n- [ ] It works.'], [''], ['', '']]

function issuesWith(bodies: readonly string[], repo: string): ObservedPullRequest['closingIssues'] {
  const items = bodies.map((body, index) => ({ number: index + 1, repo, state: 'OPEN' as const, title: '', body }))
  return { items, total: items.length, complete: true }
}

/** The base may want just one of them, whichever: then all others that came to no result hold nothing up. */
function requiredIn({ checks: { contexts } }: ObservedPullRequest): ObservedPullRequest['checks']['contexts'][] {
  return contexts.items.map((wanted) => {
    const items = contexts.items.map((context) => ({ ...context, isRequired: context === wanted }))
    return { ...contexts, items }
  })
}

/** Whoever posted a status of ours may be we. */
function markersOf({ checks }: ObservedPullRequest): string[] {
  const ours = checks.contexts.items.filter((context) => context.type === 'status' && isOwnContext(context.context))
  return ours.flatMap((context) => (context.type === 'status' && context.creator ? context.creator.login : []))
}
