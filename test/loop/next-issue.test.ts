import { describe, expect, it } from 'vitest'
import type { DecisionInput } from '../../lib/loop/decision.ts'
import { decide } from '../../lib/loop/next.ts'
import { anInput, aWork, issueFacts, listed, localFacts, policyWith, RUN } from './build.ts'

describe('from an issue to its pull request', () => {
  const facts = issueFacts()
  const fresh = localFacts({ ahead: 0, aheadOfBase: 0, remoteHead: 'absent', pushed: false })
  const linked = {
    number: 88,
    repo: 'acme/api',
    state: 'OPEN' as const,
    isDraft: true,
    headBranch: 'b',
    headRepo: null,
    author: null,
  }

  const cases: [string, Partial<DecisionInput>, object][] = [
    [
      'a worktree comes first',
      { facts, local: null },
      {
        step: 'create_worktree',
        command: ['dev-loops', 'worktree', 'create', '--repo', 'acme/api', '--issue', '12', '--run-id', RUN],
      },
    ],
    [
      'then an agent implements it',
      { facts, local: fresh },
      { step: 'implement', actor: 'agent', prompt: { issue: { title: 'It is missing' } } },
    ],
    [
      'uncommitted work goes back to the agent with the evidence',
      { facts, local: { ...fresh, dirty: true } },
      { step: 'implement', evidence: ['uncommitted_work'] },
    ],
    ['commits are pushed', { facts, local: { ...fresh, ahead: 1, aheadOfBase: 1 } }, { step: 'push' }],
    [
      'pushed commits become a draft',
      { facts, local: localFacts() },
      {
        step: 'create_draft_pr',
        command: ['dev-loops', 'pr', 'create', '--repo', 'acme/api', '--issue', '12', '--run-id', RUN],
      },
    ],
    [
      'an open pull request is gone on with',
      { facts: issueFacts({ pullRequests: listed([linked]) }) },
      {
        step: 'continue_on_pull_request',
        command: ['dev-loops', 'next', '--repo', 'acme/api', '--pr', '88', '--run-id', RUN],
      },
    ],
    [
      'several are a person’s choice',
      { facts: issueFacts({ pullRequests: listed([linked, { ...linked, number: 89 }]) }) },
      { actor: 'human' },
    ],
    [
      'unknown links are not taken for none',
      { facts: issueFacts({ pullRequests: listed([], false) }) },
      { state: 'facts_unproved', actor: 'wait' },
    ],
    [
      'an issue that is not there is a person’s',
      { facts: issueFacts(null) },
      { state: 'issue_missing', actor: 'human', missing: ['issue'] },
    ],
    [
      'two fruitless tries are enough',
      { facts, local: fresh, work: aWork({ budgets: { implement: { heads: [], attempts: 2 } } }) },
      { actor: 'human' },
    ],
    [
      'a stop before refinement waits for a checklist',
      { facts, policy: policyWith({ autonomy: { stopAt: ['refinement'] } }) },
      { state: 'refinement_missing', actor: 'human' },
    ],
  ]
  it.each(cases)('%s', (_claim, over, expected) => {
    expect(decide(anInput(over))).toMatchObject(expected)
  })
})
