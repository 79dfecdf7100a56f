/** Inputs as REST would give them, for tests of what is in doubt then. */
import type { ObservedPullRequest } from '../../lib/facts/pull-request.ts'
import type { DecisionInput } from '../../lib/loop/decision.ts'
import { anInput, aVerdict, judged, NOW } from './build.ts'

export const WHOLE_AT = new Date(NOW + 1_800_000).toISOString()
export const UNKNOWN = { items: [], total: null, complete: false }

/** The same input as REST would give it: what it cannot tell is gone. */
export function byRest(
  input: DecisionInput,
  over: Partial<ObservedPullRequest> = {},
  unproved: readonly string[] = [],
): DecisionInput {
  const { facts } = input
  if (facts.kind !== 'pull_request' || facts.pr === null) throw new Error('a pull request is needed')
  const names = [
    'review_decision',
    'closing_issues',
    'required_checks',
    'review_requests',
    ...(over.threads ? ['threads'] : []),
    ...unproved,
  ]
  const pr = { ...facts.pr, reviewDecision: null, closingIssues: UNKNOWN, ...over }
  return { ...input, facts: { ...facts, source: { via: 'rest', unproved: names, wholeAt: WHOLE_AT }, pr } }
}

export function readyToMerge(): DecisionInput {
  const verdicts = [aVerdict('draft_gate'), aVerdict('pre_approval_gate')]
  const input = anInput(judged(verdicts))
  if (!input.policy.ok) throw new Error('the default policy can be read')
  const { review, autonomy } = input.policy.value
  const value = {
    ...input.policy.value,
    review: { ...review, reviewer: 'none' },
    autonomy: { ...autonomy, stopAt: [] },
  }
  return { ...input, policy: { ok: true, value } }
}
