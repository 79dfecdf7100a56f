import { describe, expect, it } from 'vitest'
import { remember } from '../../lib/dispatch/remember.ts'
import type { Decision } from '../../lib/loop/decision.ts'
import { NO_WORK, type Work } from '../../lib/sessions/work.ts'

const HEAD = 'a'.repeat(40)
const LINKS = { repositoryId: 'R_1', issue: null, pr: 88, branch: 'dev-loops/issue-1', worktree: null }

function aDecision(given: Partial<Decision> & { head?: string } = {}): Decision {
  const { head = HEAD, ...rest } = given
  return {
    target: { host: 'github.com', repo: 'acme/api', number: 88, kind: 'pull_request' },
    state: 'waiting_for_ci',
    step: 'wait_for_ci',
    actor: 'wait',
    ownership: { holder: 'r-1', you: 'r-1', token: 1, endsInMs: 1000 },
    because: ['gates/checks'],
    missing: [],
    evidence: [],
    waitingFor: 'ready',
    facts: {
      observedAt: '2026-01-01T00:00:00Z',
      head,
      draft: true,
      ci: 'pending',
      failing: [],
      boundary: null,
      reviewRounds: 0,
      unresolvedThreads: 0,
      draftGate: null,
      preApprovalGate: null,
      mergeability: null,
      local: null,
      pullRequest: 88,
    },
    ...rest,
  }
}

function remembered(work: Work, decision: Decision, nowMs: number): Work {
  return remember(work, decision, { links: LINKS, trail: [], factsDigest: 'digest', nowMs })
}

describe('remember', () => {
  it('counts a wait from its beginning, however often it is asked about', () => {
    const first = remembered(NO_WORK, aDecision(), 1_000)
    expect(remembered(first, aDecision(), 9_000).wait).toEqual({ state: 'waiting_for_ci', head: HEAD, sinceMs: 1_000 })
  })

  it('begins a new wait with a new head or another state', () => {
    const first = remembered(NO_WORK, aDecision(), 1_000)
    expect(remembered(first, aDecision({ head: 'b'.repeat(40) }), 2_000).wait?.sinceMs).toBe(2_000)
    expect(remembered(first, aDecision({ state: 'waiting_for_copilot_review' }), 3_000).wait?.sinceMs).toBe(3_000)
  })

  it('does not begin a wait anew that has ended at a person', () => {
    const first = remembered(NO_WORK, aDecision(), 1_000)
    const over = remembered(first, aDecision({ actor: 'human', step: 'ask_person' }), 2_000)
    expect(over.wait?.sinceMs).toBe(1_000)
  })

  it('forgets the wait when the state is another one', () => {
    const first = remembered(NO_WORK, aDecision(), 1_000)
    expect(
      remembered(first, aDecision({ state: 'pr_draft', step: 'mark_ready_for_review', actor: 'command' }), 2_000).wait,
    ).toBeNull()
  })

  it('counts a repair once for each head that it is handed out for', () => {
    const repair = { state: 'checks_failed', step: 'fix_checks', actor: 'agent' } as const
    const once = remembered(NO_WORK, aDecision(repair), 1_000)
    const twice = remembered(
      remembered(once, aDecision(repair), 2_000),
      aDecision({ ...repair, head: 'b'.repeat(40) }),
      3_000,
    )
    expect(twice.budgets.fix_checks).toEqual({ heads: [HEAD, 'b'.repeat(40)], attempts: 0 })
  })

  it('answers the very same work when there is nothing new, so that nothing is written', () => {
    const first = remembered(NO_WORK, aDecision(), 1_000)
    expect(remembered(first, aDecision(), 5_000)).toBe(first)
  })
})
