import { describe, expect, it } from 'vitest'
import { mayReview } from '../../../lib/facts/identity.ts'
import { interpretReviewerLoopState } from '../../../lib/loop/detectors/reviewer.ts'
import {
  normalizeReviewerSnapshot,
  parseLocalReview,
  type ReviewerGround,
  snapshotReviewer,
} from '../../../lib/loop/detectors/reviewer-snapshot.ts'
import { reviewer } from '../../../lib/loop/machines/reviewer.ts'
import { buildDraftReviewPayload, mergeReviewerResults } from '../../../lib/loop/reviewer-merge.ts'
import { REVIEWER_SUPPORTED_ANGLES, selectReviewerPlan } from '../../../lib/loop/reviewer-plan.ts'
import { aPullRequest, aReview, COPILOT, EARLIER, HEAD, listed, VIEWER } from '../build.ts'

const ANNA = { login: 'Anna', isBot: false }
const BEN = { login: 'ben', isBot: false }
const OPEN = { prExists: true, prNumber: 88, prHeadSha: HEAD }

function stateOf(fields: object): string {
  return interpretReviewerLoopState(normalizeReviewerSnapshot({ ...OPEN, ...fields })).state
}

describe('a snapshot of our own review', () => {
  it.each([
    ['waiting_for_review_request', {}],
    ['waiting_for_review_request', { prMerged: true, localReviewRunsStatus: 'failed' }],
    ['waiting_for_review_request', { prClosed: true, draftReviewPosted: true }],
    ['waiting_for_review_request', { prDraft: true, reviewRequested: true }],
    ['waiting_for_review_request', { prExists: false, reviewRequested: true }],
    ['waiting_for_review_request', { localPlanningStatus: 'complete' }],
    ['review_requested', { localPlanningStatus: 'complete', reviewRequested: true }],
    ['blocked_needs_user_decision', { reviewSubmissionStatus: 'failed' }],
    ['blocked_needs_user_decision', { localPlanningStatus: 'failed', draftReviewPosted: true }],
    ['blocked_needs_user_decision', { localReviewRunsStatus: 'failed' }],
    ['blocked_needs_user_decision', { localMergeStatus: 'failed' }],
    ['review_invalidated', { draftReviewPosted: true, draftReviewCommitSha: EARLIER }],
    ['draft_review_posted', { draftReviewPosted: true, draftReviewCommitSha: HEAD }],
    ['draft_review_posted', { draftReviewPosted: true }],
    ['draft_review_posted', { draftReviewPosted: true, submittedReviewPresent: true }],
    ['waiting_for_user_submit', { draftReviewPosted: true, draftReviewNotificationStatus: 'notified' }],
    ['submitted_review', { submittedReviewPresent: true, reviewRequested: true }],
    ['submitted_review', { submittedReviewPresent: true, submittedReviewCommitSha: EARLIER }],
    ['review_requested', { submittedReviewPresent: true, submittedReviewCommitSha: EARLIER, reviewRequested: true }],
    ['submitted_review', { reviewSubmissionStatus: 'submitted' }],
    ['draft_review_ready', { draftReviewPrepared: true, localReviewRunsStatus: 'completed' }],
    ['draft_review_ready', { localMergeStatus: 'ready' }],
    ['merge_results', { localReviewRunsStatus: 'completed' }],
    ['reviews_running', { localReviewRunsStatus: 'running' }],
    ['determine_review_plan', { localPlanningStatus: 'determining', reviewRequested: true }],
    ['review_requested', { reviewRequested: true }],
    ['facts_unproved', { reviewRequested: null }],
    ['facts_unproved', { draftReviewPosted: null, reviewRequested: true }],
    ['facts_unproved', { submittedReviewPresent: null, reviewRequested: true }],
    ['facts_unproved', { submittedReviewPresent: true, submittedReviewCommitSha: EARLIER, reviewRequested: null }],
  ])('is %s with %o', (state, fields) => {
    expect(stateOf(fields)).toBe(state)
  })

  it('has the scope that its login gives it, whatever the file says', () => {
    const one = normalizeReviewerSnapshot({ ...OPEN, reviewerLogin: ' Anna ', reviewerScope: 'all_reviewers' })
    expect(one).toMatchObject({ reviewerScope: 'single_reviewer', reviewerLogin: 'anna' })
    expect(normalizeReviewerSnapshot(OPEN)).toMatchObject({ reviewerScope: 'all_reviewers', reviewerLogin: null })
  })

  it('says the same when it is read a second time', () => {
    const first = normalizeReviewerSnapshot({ ...OPEN, reviewRequested: null, draftReviewId: '12.7', prNumber: '88' })
    expect(first).toMatchObject({ draftReviewId: 12, prNumber: 88 })
    expect(normalizeReviewerSnapshot(first)).toEqual(first)
    expect(Object.keys(first)).toHaveLength(22)
  })

  it('is no list and no text', () => {
    for (const raw of [null, 'open', 7]) {
      expect(() => normalizeReviewerSnapshot(raw)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
    }
  })

  it('names the transitions of the table, fresh each time', () => {
    const { allowedTransitions } = interpretReviewerLoopState(normalizeReviewerSnapshot({ ...OPEN }))
    expect(allowedTransitions).toEqual(reviewer.states.waiting_for_review_request.to)
    expect(allowedTransitions).not.toBe(reviewer.states.waiting_for_review_request.to)
  })
})

const NOTHING = parseLocalReview({})

function live(over: Parameters<typeof aPullRequest>[0], ground: Partial<ReviewerGround> = {}) {
  return interpretReviewerLoopState(snapshotReviewer({ pr: aPullRequest(over), local: NOTHING, ...ground }))
}

describe('an observed pull request', () => {
  it('loop-state 16.3: takes no account of the Copilot family for a reviewer, whatever interface names it', () => {
    const family = ['Copilot', 'copilot[bot]', 'copilot-swe-agent', 'copilot-pull-request-reviewer[bot]', COPILOT.login]
    for (const login of family) {
      const account = { login, isBot: true }
      expect([login, mayReview(account, VIEWER)]).toEqual([login, false])
      const { snapshot, state } = live({
        reviewRequests: listed([account]),
        reviews: listed([aReview({ author: account })]),
      })
      expect(snapshot).toMatchObject({ reviewerLogin: null, reviewRequested: false, submittedReviewPresent: false })
      expect(state).toBe('waiting_for_review_request')
    }
    expect(mayReview({ login: 'copilots', isBot: true }, VIEWER)).toBe(true)
    expect(mayReview({ login: 'copilot-jane', isBot: false }, VIEWER)).toBe(true)
  })

  it('loop-state 16.2: takes neither what Copilot nor what the author submitted for our review', () => {
    const reviews = listed([aReview(), aReview({ author: VIEWER, state: 'COMMENTED' })])
    expect(live({ reviews })).toMatchObject({ state: 'waiting_for_review_request' })
    expect(live({ reviews: listed([aReview({ author: ANNA })]) }).state).toBe('submitted_review')
  })

  it('is about the only account that was asked, beside Copilot and teams', () => {
    const reviewRequests = listed([COPILOT, { login: '(team)', isBot: false }, ANNA])
    const reviews = listed([aReview({ author: BEN })])
    expect(live({ reviewRequests, reviews }).snapshot).toMatchObject({
      reviewerScope: 'single_reviewer',
      reviewerLogin: 'anna',
      reviewRequested: true,
      submittedReviewPresent: false,
    })
    const both = live({ reviewRequests: listed([ANNA, BEN]), reviews })
    expect(both.snapshot).toMatchObject({ reviewerScope: 'all_reviewers', submittedReviewPresent: true })
  })

  it('does not know whose review counts while somebody may be asked who is not listed', () => {
    const reviews = listed([aReview({ author: BEN })])
    const asked = (...items: (typeof ANNA)[]) => ({ items, total: null, complete: false })
    const unknown = { submittedReviewPresent: null, submittedReviewState: null, submittedReviewCommitSha: null }
    for (const reviewRequests of [asked(), asked(ANNA), asked(BEN)]) {
      expect(live({ reviewRequests, reviews })).toMatchObject({ state: 'facts_unproved', snapshot: unknown })
      expect(live({ reviewRequests, reviews: listed([]) }).snapshot).toMatchObject({ submittedReviewPresent: false })
    }
    const two = live({ reviewRequests: asked(ANNA, BEN), reviews })
    expect(two.snapshot).toMatchObject({ reviewerScope: 'all_reviewers', submittedReviewPresent: true })
  })

  it('takes the newest of several reviews', () => {
    const reviews = listed([
      aReview({ author: BEN, commit: HEAD, submittedAt: '2026-03-01T11:00:00Z', state: 'APPROVED' }),
      aReview({ author: ANNA, commit: EARLIER, submittedAt: '2026-03-01T10:00:00Z', state: 'CHANGES_REQUESTED' }),
    ])
    expect(live({ reviews }).snapshot).toMatchObject({
      submittedReviewState: 'APPROVED',
      submittedReviewCommitSha: HEAD,
    })
  })

  it('shows the pending review by the number in its address', () => {
    const url = 'https://github.com/acme/api/pull/88#pullrequestreview-4711'
    const reviews = listed([aReview({ author: ANNA, state: 'PENDING', submittedAt: null, url })])
    expect(live({ reviews })).toMatchObject({ state: 'draft_review_posted', snapshot: { draftReviewId: 4711 } })
  })

  it('does not know what a list that is not whole may hold', () => {
    expect(live({ reviews: listed([], false) }).state).toBe('facts_unproved')
    expect(live({ reviewRequests: listed([], false) }).state).toBe('facts_unproved')
    expect(live({ reviewRequests: listed([], false) }, { requested: true }).state).toBe('review_requested')
  })

  it('outranks what was noted here', () => {
    const local = parseLocalReview({ localReviewRunsStatus: 'completed', prHeadSha: EARLIER, draftReviewPosted: true })
    const { snapshot, state } = live({}, { local })
    expect(snapshot).toMatchObject({ prHeadSha: HEAD, draftReviewPosted: false })
    expect(state).toBe('merge_results')
  })
})

describe('the plan of a review', () => {
  it('takes known angles once, in the order in which they were asked for', () => {
    const { angles, runs } = selectReviewerPlan({ requestedAngles: [' Security ', 'speed', 'tests', 'security'] })
    expect(angles).toEqual(['security', 'tests'])
    expect(runs).toEqual([
      { runId: 'review-angle-01', angle: 'security' },
      { runId: 'review-angle-02', angle: 'tests' },
    ])
  })

  it('takes all of them when none is known', () => {
    expect(selectReviewerPlan().angles).toEqual(REVIEWER_SUPPORTED_ANGLES)
    expect(selectReviewerPlan({ requestedAngles: ['speed'] }).angles).toEqual(REVIEWER_SUPPORTED_ANGLES)
  })

  it('loop-state 16.20: never runs none at once', () => {
    const asked = [undefined, 0, 0.5, -3, Number.NaN, 1, 2.9, 4, 99, Number.POSITIVE_INFINITY]
    expect(asked.map((maxParallel) => selectReviewerPlan({ maxParallel }).maxParallel)).toEqual([
      3, 3, 3, 3, 3, 1, 2, 4, 4, 4,
    ])
  })
})

describe('the merge of results', () => {
  const merge = (...runResults: Parameters<typeof mergeReviewerResults>[0]['runResults']) =>
    mergeReviewerResults({ headSha: HEAD, runResults })

  it('loop-state 16.20: never approves what a run wants changed, and shows that it does', () => {
    const merged = merge({ runId: 'r-1', verdictHint: 'REQUEST_CHANGES', findings: [] }, { findings: [] })
    expect(merged).toMatchObject({ verdict: 'REQUEST_CHANGES', totalFindings: 1 })
    expect(buildDraftReviewPayload(merged).body).toContain('r-1 asks for changes')
  })

  it('loop-state 16.20: shows everything that it counts', () => {
    const merged = merge({
      findings: [
        { path: 'a.ts', line: 3 },
        { path: 'a.ts', line: 0, message: 'at no line' },
        { path: 'b.ts', message: 'in the file' },
        { message: 'overall' },
      ],
    })
    const { body, comments } = buildDraftReviewPayload(merged)
    expect(merged.totalFindings).toBe(comments.length + body.split('\n').filter((line) => line.startsWith('- ')).length)
    expect(merged.inlineComments.length + merged.summaryFindings.length).toBe(merged.totalFindings)
    expect(comments.map(({ body: said }) => said)).toEqual([expect.stringMatching(/^\*\*medium\*\* \S/)])
  })

  it('counts what two runs say about one place once', () => {
    const finding = { path: 'a.ts', line: 3, message: 'It breaks', severity: 'LOW' }
    const merged = merge(
      { angle: 'tests', findings: [finding] },
      { angle: 'scope', findings: [{ ...finding, message: 'it breaks' }] },
    )
    expect(merged).toMatchObject({ verdict: 'COMMENT', totalFindings: 1, runsMerged: 2 })
    expect(merged.inlineComments[0]).toMatchObject({ angle: 'tests', severity: 'low' })
  })

  it.each([
    ['APPROVE', []],
    ['COMMENT', [{ message: 'm' }]],
    ['COMMENT', [{ message: 'm', severity: 'dire' }]],
    ['REQUEST_CHANGES', [{ message: 'm', severity: 'high' }]],
    ['REQUEST_CHANGES', [{ message: 'm', severity: 'critical' }]],
  ])('is %s for %o', (verdict, findings) => {
    expect(merge({ findings }).verdict).toBe(verdict)
  })

  it('keeps the review pending: its payload names no event', () => {
    const payload = buildDraftReviewPayload(merge({ findings: [{ path: 'a.ts', line: 3, message: 'm' }] }))
    expect(payload).toMatchObject({ commit_id: HEAD, comments: [{ path: 'a.ts', line: 3, side: 'RIGHT' }] })
    expect(payload).not.toHaveProperty('event')
  })
})
