/**
 * The same observation with other values of what REST could not prove: each class of values that some rule
 * tells apart. Lists that are not whole are unproved to every rule already; these are the things that a rule
 * would take for known: that no review is required, that every check is, that no issue is closed, that a
 * status is not ours.
 */
import { isOwnContext } from '../facts/identity.ts'
import type { ObservedPullRequest, PullRequestFacts } from '../facts/pull-request.ts'
import type { DecisionInput } from './decision.ts'

/** Every combination of them. */
export function allAlternatives(unproved: readonly string[], input: DecisionInput): readonly DecisionInput[] {
  return unproved.reduce<readonly DecisionInput[]>((inputs, name) => alternatives(name, inputs), [input])
}

/** @param name one of `unproved`; what a list says of itself has no others */
export function alternatives(name: string, inputs: readonly DecisionInput[]): readonly DecisionInput[] {
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
      return whoMayBeWe(pr).map((viewer) => ({ ...facts, repository: { ...repository, viewer } }))
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

/** Whoever posted a status of ours, or said anything, may be we. */
function whoMayBeWe({ checks, comments, reviews }: ObservedPullRequest): string[] {
  const markers = checks.contexts.items.flatMap((context) =>
    context.type === 'status' && isOwnContext(context.context) ? [context.creator] : [],
  )
  const spoke = [...comments.items, ...reviews.items].map(({ author }) => author)
  return [...new Set([...markers, ...spoke].flatMap((account) => account?.login ?? []))]
}
