import { describe, expect, it } from 'vitest'
import { summarizeSession, type WorkflowRunFact } from '../../../lib/facts/copilot-session.ts'
import type { LinkedPullRequestFact } from '../../../lib/facts/issue.ts'
import { answerSession, detectBootstrap } from '../../../lib/loop/detectors/bootstrap.ts'
import { detectLinkedPr } from '../../../lib/loop/detectors/linked-issue-pr.ts'
import { type aPullRequest, issueFacts, listed, pullRequestFacts } from '../build.ts'

const CODER = { login: 'copilot-swe-agent', isBot: true }

function aRun(over: Partial<WorkflowRunFact> = {}): WorkflowRunFact {
  return {
    id: 1,
    name: 'Addressing comment on PR #88',
    path: 'dynamic/copilot-swe-agent/copilot',
    event: 'dynamic',
    byCodingAgent: true,
    status: 'in_progress',
    conclusion: null,
    createdAt: '2026-03-01T11:00:00Z',
    ...over,
  }
}

const session = (items: WorkflowRunFact[], complete = true) => summarizeSession({ items, complete })

describe('a session of the coding agent', () => {
  it.each<[string, Partial<WorkflowRunFact>, string]>([
    ['is active while its run is queued', { status: 'queued' }, 'active'],
    ['is active while its run waits', { status: 'waiting' }, 'active'],
    ['has ended when its run has', { status: 'completed', conclusion: 'success' }, 'concluded'],
    ['that needs approval is not at work', { status: 'action_required' }, 'concluded'],
    ['that ended in need of approval has ended', { status: 'completed', conclusion: 'action_required' }, 'concluded'],
    ['in a status nobody knows is not taken for active', { status: 'new' }, 'concluded'],
  ])('%s', (_claim, run, activity) => {
    expect(session([aRun(run)]).activity).toBe(activity)
  })

  it('that is older and still active does not beat a newer one that has ended', () => {
    const newer = aRun({ id: 2, status: 'completed', conclusion: 'success', createdAt: '2026-03-01T11:30:00Z' })
    expect(session([aRun(), newer])).toMatchObject({ activity: 'concluded', run: { id: 2 } })
    expect(session([newer, aRun()])).toMatchObject({ run: { id: 2 } })
  })

  it('loop-state 16.19: is known by its workflow, not by whoever set off a check', () => {
    const check = aRun({ name: 'CI', path: '.github/workflows/ci.yml', event: 'pull_request' })
    expect(session([check])).toMatchObject({ activity: 'idle', run: null })
    expect(session([aRun({ name: 'Working' })])).toMatchObject({ activity: 'active', confidence: 'high' })
    const named = aRun({ path: null, event: 'push', byCodingAgent: false })
    expect(session([named])).toMatchObject({ activity: 'active', confidence: 'low' })
    expect(session([{ ...named, name: 'Addressing commentary' }]).activity).toBe('idle')
  })

  it('is not known when older runs were not looked at', () => {
    expect(session([], false).activity).toBeNull()
    expect(answerSession(session([], false), 'b')).toMatchObject({ activity: 'unknown', runId: null, branch: 'b' })
  })
})

function linked(number: number, over: Partial<LinkedPullRequestFact> = {}): LinkedPullRequestFact {
  return {
    number,
    repo: 'acme/api',
    state: 'OPEN',
    isDraft: true,
    headBranch: 'copilot/fix',
    headRepo: 'acme/api',
    author: CODER,
    ...over,
  }
}

function linkage(items: LinkedPullRequestFact[], over: object = {}) {
  const url = 'https://github.com/acme/api/issues/12'
  const { issue } = issueFacts({ url, pullRequests: listed(items), ...over })
  if (issue === null) throw new Error('no issue')
  return detectLinkedPr(issue, 'acme/api')
}

describe('the pull request of an issue', () => {
  it('is the open one that closes it', () => {
    expect(linkage([linked(88)])).toMatchObject({
      hasOpenLinkedPr: true,
      prNumber: 88,
      prUrl: 'https://github.com/acme/api/pull/88',
    })
  })

  it('is the highest of several, and all are told', () => {
    expect(linkage([linked(88), linked(91)])).toMatchObject({ prNumber: 91, openLinkedPrs: [91, 88] })
  })

  it('is none of another repository', () => {
    expect(linkage([linked(88, { repo: 'acme/web' })])).toMatchObject({ hasOpenLinkedPr: false, prNumber: null })
  })

  it('loop-state 16.6: is not known, and never absent, where the list is not whole', () => {
    expect(linkage([], { pullRequests: listed([], false) })).toMatchObject({ hasOpenLinkedPr: null, prNumber: null })
  })

  it('that was closed without a merge is told, one that was merged is not', () => {
    expect(linkage([linked(80, { state: 'CLOSED' }), linked(81, { state: 'MERGED' })])).toMatchObject({
      hasOpenLinkedPr: false,
      hasPriorClosedUnmergedPr: true,
      priorClosedUnmergedPrNumber: 80,
      priorClosedUnmergedPrUrl: 'https://github.com/acme/api/pull/80',
    })
    expect(linkage([linked(81, { state: 'MERGED' })])).toMatchObject({ hasPriorClosedUnmergedPr: false })
  })

  it('loop-state 16.19: is only what GitHub says would close it, or what stands on the branch of its work', () => {
    expect(linkage([])).toMatchObject({ hasOpenLinkedPr: false })
    expect(linkage([], { branchPullRequests: listed([linked(90)]) })).toMatchObject({ prNumber: 90 })
  })
})

describe('detect-initial-copilot-pr-state', () => {
  const draft = {
    isDraft: true,
    author: CODER,
    commits: { total: 1, newestHeadline: 'Initial plan' },
    files: listed<string>([]),
  }
  const idle = session([])
  const state = (over: Parameters<typeof aPullRequest>[0], activity = idle) =>
    detectBootstrap({ linked: linkage([linked(88)]), pullRequest: pullRequestFacts(over), session: activity }).state

  it.each<[string, Parameters<typeof aPullRequest>[0], string]>([
    ['waits while there is only the plan', {}, 'waiting_for_initial_copilot_implementation'],
    [
      'goes on with a second commit',
      { commits: { total: 2, newestHeadline: 'Initial plan' } },
      'linked_pr_ready_for_followup',
    ],
    ['goes on with a changed file', { files: listed(['a.ts']) }, 'linked_pr_ready_for_followup'],
    [
      'goes on with another headline',
      { commits: { total: 1, newestHeadline: 'Plan' } },
      'linked_pr_ready_for_followup',
    ],
    ['goes on once it is ready', { isDraft: false }, 'linked_pr_ready_for_followup'],
    ["goes on with anybody else's draft", { author: { login: 'ann', isBot: false } }, 'linked_pr_ready_for_followup'],
    ['asks again while the commits are not known', { commits: null }, 'facts_unproved'],
    ['asks again while the files are not known', { files: listed<string>([], false) }, 'facts_unproved'],
  ])('%s', (_claim, over, expected) => {
    expect(state({ ...draft, ...over })).toBe(expected)
  })

  it('a session at work stands above what is there already, one that cannot be seen is asked for again', () => {
    expect(state({ ...draft, files: listed(['a.ts']) }, session([aRun()]))).toBe('copilot_session_active')
    expect(state(draft, session([], false))).toBe('facts_unproved')
  })

  it('tells what is missing, with the number of what was closed before', () => {
    const none = { pullRequest: null, session: null }
    expect(detectBootstrap({ linked: linkage([]), ...none })).toMatchObject({ state: 'no_linked_pr', prNumber: null })
    const closed = linkage([linked(80, { state: 'CLOSED' })])
    expect(detectBootstrap({ linked: closed, ...none })).toMatchObject({
      state: 'prior_linked_pr_closed_unmerged',
      prNumber: 80,
    })
    const unknown = linkage([], { pullRequests: listed([], false) })
    expect(detectBootstrap({ linked: unknown, ...none }).state).toBe('facts_unproved')
  })
})
