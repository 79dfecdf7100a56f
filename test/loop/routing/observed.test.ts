import { describe, expect, it } from 'vitest'
import type { IssueFacts } from '../../../lib/facts/issue.ts'
import type { DecisionInput } from '../../../lib/loop/decision.ts'
import { infoOfIssue, infoOfPullRequest } from '../../../lib/loop/routing/info.ts'
import { startOfIssue, startOfPullRequest } from '../../../lib/loop/routing/observed.ts'
import { answerStartup } from '../../../lib/loop/routing/startup-answer.ts'
import {
  aCheck,
  aHolder,
  anInput,
  aReview,
  aThread,
  checks,
  finished,
  issueFacts,
  listed,
  MERGE_ALLOWED,
  pullRequestFacts,
  VIEWER,
} from '../build.ts'

const AGENT = { login: 'copilot-swe-agent', isBot: true }
const ANN = { login: 'ann', isBot: false }
const RUNNING = { checks: checks(aCheck('test', null)) }
const REFINED = '## Acceptance criteria\n- [ ] it works'
type Linked = NonNullable<IssueFacts['issue']>['pullRequests']['items'][number]

function linked(over: Partial<Linked> = {}): Linked {
  const head = { headBranch: 'dev-loops/issue-12', headRepo: 'acme/api' }
  return { number: 88, repo: 'acme/api', state: 'OPEN', isDraft: false, author: VIEWER, ...head, ...over }
}

function ofPullRequest(over: Parameters<typeof pullRequestFacts>[0], input: Partial<DecisionInput> = {}) {
  const facts = input.facts ?? pullRequestFacts(over)
  if (facts.kind !== 'pull_request' || facts.pr === null) throw new Error('a pull request is needed')
  return answerStartup(startOfPullRequest(facts.pr, anInput({ ...input, facts })))
}

function ofIssue(over: Partial<NonNullable<IssueFacts['issue']>>, input: Partial<DecisionInput> = {}) {
  const facts = issueFacts(over)
  if (facts.issue === null) throw new Error('an issue is needed')
  return answerStartup(startOfIssue(facts.issue, facts, anInput({ facts, ...input })))
}

describe('loop-state 16.16: a pull request that was observed', () => {
  it.each<[string, Parameters<typeof pullRequestFacts>[0], Partial<DecisionInput>, object]>([
    [
      'and merged is done',
      { state: 'MERGED' },
      {},
      { status: 'done', artifactState: 'merged', selectedGate: 'stop_done_terminal' },
    ],
    ['and closed is done', { state: 'CLOSED' }, {}, { status: 'done', artifactState: 'closed' }],
    ['whose checks run waits', RUNNING, {}, { status: 'waiting', selectedGate: 'wait_watch', routeKind: 'wait' }],
    [
      'whose threads are open is active',
      { threads: listed([aThread()]) },
      {},
      { status: 'active', ownership: 'copilot' },
    ],
    [
      'of the coding agent is its',
      { author: AGENT },
      {},
      { ownership: 'copilot', selectedGate: 'copilot_pr_followup' },
    ],
    [
      'of somebody else is theirs',
      { author: ANN, head: { sha: 'a'.repeat(40), branch: 'ann', repo: 'acme/api' } },
      {},
      { ownership: 'external_human', selectedGate: 'external_pr_followup' },
    ],
    [
      'of another repository needs a yes',
      { author: ANN, isCrossRepository: true },
      {},
      { ownership: 'external_human', authorization: 'needs_confirmation' },
    ],
    [
      'that waits for our review has a reviewer next',
      { author: ANN, reviewRequests: listed([VIEWER]), threads: listed([aThread()]) },
      {},
      { nextActor: 'reviewer' },
    ],
  ])('%s', (_claim, over, input, expected) => {
    const { bundleKind, canonicalStateSummary } = ofPullRequest(over, input)
    expect([bundleKind, canonicalStateSummary]).toEqual(['resolved', expect.objectContaining(expected)])
  })

  it('reaches the last approval, with the evidence that next asks for', () => {
    expect(ofPullRequest({}, { ...finished(), policy: MERGE_ALLOWED }).canonicalStateSummary).toMatchObject({
      status: 'merge_ready',
      authorization: 'authorized',
      selectedGate: 'final_approval',
    })
    expect(ofPullRequest({}, finished()).canonicalStateSummary).toMatchObject({
      status: 'merge_ready',
      selectedGate: 'waiting_for_merge_authorization',
    })
    const withheld = finished({ reviewDecision: 'REVIEW_REQUIRED' })
    expect(ofPullRequest({}, withheld).canonicalStateSummary).toMatchObject({
      status: 'approval_ready',
      selectedGate: 'final_approval',
    })
  })

  it('loop-state 16.17: waits while GitHub has not computed whether it can be merged', () => {
    for (const policy of [MERGE_ALLOWED, anInput().policy]) {
      const { canonicalStateSummary } = ofPullRequest({}, { ...finished({ mergeable: 'UNKNOWN' }), policy })
      expect(canonicalStateSummary).toMatchObject({ status: 'waiting', selectedGate: 'wait_watch' })
    }
  })

  it('stops where we may not write, and says so of a policy that cannot be read', () => {
    const facts = pullRequestFacts()
    const reading = { ...facts, repository: { ...facts.repository, viewerPermission: 'READ' as const } }
    expect(ofPullRequest({}, { facts: reading }).canonicalStateSummary).toMatchObject({ routeKind: 'stop' })

    const policy = { ok: false, error: 'policy_unproved', message: 'cannot be read' } as const
    expect(ofPullRequest({}, { policy })).toMatchObject({
      warnings: ['cannot be read'],
      canonicalStateSummary: { status: 'blocked', routeKind: 'stop' },
    })
  })
})

describe('an issue that was observed', () => {
  const open = { pullRequests: listed([linked()]) }

  it.each<[string, Partial<NonNullable<IssueFacts['issue']>>, Partial<DecisionInput>, string, object]>([
    ['begins here', {}, {}, 'resolved', { ownership: 'local', selectedGate: 'issue_intake' }],
    ['is over when it is closed', { state: 'CLOSED' }, {}, 'resolved', { selectedGate: 'stop_done_terminal' }],
    [
      'of the coding agent is taken in',
      { assignees: listed(['copilot-swe-agent']), body: REFINED },
      {},
      'resolved',
      { ownership: 'copilot', selectedGate: 'issue_intake', routeKind: 'route' },
    ],
    [
      'of the coding agent stops when it is not refined',
      { assignees: listed(['copilot-swe-agent']) },
      {},
      'resolved',
      { selectedGate: 'issue_intake', routeKind: 'stop' },
    ],
    [
      'goes on in its pull request',
      open,
      { facts: pullRequestFacts(RUNNING) },
      'resolved',
      { issueLinkageResolution: 'resolved_linked_pr', status: 'waiting', artifactState: 'open' },
    ],
    [
      'of the coding agent with one that was given up is looked at',
      { assignees: listed(['copilot-swe-agent']), pullRequests: listed([linked({ state: 'CLOSED' })]) },
      {},
      'needs_reconcile',
      {},
    ],
  ])('%s', (_claim, over, input, bundleKind, expected) => {
    const answer = ofIssue(over, input)
    expect(answer.bundleKind, answer.bundle.reason).toBe(bundleKind)
    expect(answer.canonicalStateSummary).toMatchObject(expected)
  })

  it.each<[string, Partial<NonNullable<IssueFacts['issue']>>]>([
    ['pull requests that are not all known', { pullRequests: listed<Linked>([], false) }],
    ['pull requests of its branch that are not all known', { branchPullRequests: listed<Linked>([], false) }],
    ['two open pull requests', { pullRequests: listed([linked(), linked({ number: 89 })]) }],
  ])('loop-state 16.6: with %s is never taken for one without', (_claim, over) => {
    const answer = ofIssue(over)
    expect(answer).toMatchObject({
      bundleKind: 'needs_reconcile',
      because: ['startup/linkage-unknown', expect.any(String)],
    })
    expect(answer.warnings).toContainEqual(expect.stringContaining('it is not known which one pull request'))
  })

  it('loop-state 16.16: is the user’s to go on with while nobody knows the policy', () => {
    const unproved = ofIssue({}, { policy: { ok: false, error: 'policy_unproved', message: 'cannot be read' } })
    expect(unproved.canonicalStateSummary).toMatchObject({ status: 'blocked', nextActor: 'user', routeKind: 'stop' })
    expect(ofIssue({}).canonicalStateSummary).toMatchObject({ status: 'active', nextActor: 'local' })
  })

  it('says that a pull request was given up, and goes on', () => {
    const answer = ofIssue({ pullRequests: listed([linked({ state: 'CLOSED' })]) })
    expect(answer).toMatchObject({ bundleKind: 'resolved', warnings: ['pull request #88 was closed without a merge'] })
  })

  it('asks the same reader of Markdown as everybody else whether it is refined', () => {
    const assignees = listed(['copilot-swe-agent'])
    const body = '## Acceptance criteria:\n### One\n* [ ] it works'
    expect(ofIssue({ assignees, body }).bundle.issueAssignmentSeam).toBe('assigned_to_copilot')
    expect(ofIssue({ assignees, body: `\`\`\`\n${REFINED}\n\`\`\`` }).bundle.issueAssignmentSeam).toBe(
      'needs_refinement',
    )
  })
})

describe('loop-state 16.33: what info shows', () => {
  it('is only what is there: states, checks, threads and rounds as next reads them', () => {
    const facts = pullRequestFacts({ reviews: listed([aReview()]), threads: listed([aThread()]) })
    if (facts.pr === null) throw new Error('a pull request is needed')
    const info = infoOfPullRequest(facts.pr, anInput({ facts }))
    expect(info).toMatchObject({
      kind: 'pr',
      handoff: { state: 'unresolved_feedback_present', action: 'fix', facts: { ci: 'success', reviewRounds: 1 } },
    })
    expect(JSON.stringify(info)).not.toMatch(/undefined|ciConclusion|completedCopilotRoundCount/)
  })

  it('calls a review that was given no request for one', () => {
    const facts = pullRequestFacts({ reviews: listed([aReview()]) })
    if (facts.pr === null) throw new Error('a pull request is needed')
    const info = infoOfPullRequest(facts.pr, anInput({ facts }))
    expect(info).not.toMatchObject({ handoff: { state: 'waiting_for_copilot_review' } })
  })

  it('names whoever holds it and is not stopped by that', () => {
    const facts = pullRequestFacts(RUNNING)
    if (facts.pr === null) throw new Error('a pull request is needed')
    const holdings = { target: aHolder({ runId: 'other' }), branch: null, issue: null }
    const info = infoOfPullRequest(facts.pr, anInput({ facts, holdings }))
    expect(info).toMatchObject({ handoff: { owner: 'other', state: 'waiting_for_ci', action: 'watch' } })
  })

  it('shows an issue with its one pull request from the same look', () => {
    const facts = issueFacts({ pullRequests: listed([linked()]) })
    if (facts.issue === null) throw new Error('an issue is needed')
    const seen = pullRequestFacts(RUNNING)
    const info = infoOfIssue(facts.issue, facts, anInput({ facts: seen }))
    expect(info).toMatchObject({
      kind: 'issue',
      startup: { bundleKind: 'resolved' },
      linkedPr: { pr: { number: 88 }, handoff: { state: 'waiting_for_ci' } },
    })
    expect(infoOfIssue(facts.issue, issueFacts(), anInput({ facts: issueFacts() }))).toMatchObject({ linkedPr: null })
  })
})
