import { describe, expect, it } from 'vitest'
import type { IssueFacts } from '../../../lib/facts/issue.ts'
import { detectTrackerState, interpretTrackerLoopState } from '../../../lib/loop/detectors/tracker.ts'
import {
  detectTrackerIssue,
  detectTrackerPullRequest,
  interpretTrackerPrState,
  normalizeTrackerPrSnapshot,
} from '../../../lib/loop/detectors/tracker-pull-request.ts'
import {
  anInput,
  aVerdict,
  EARLIER,
  finished,
  HEAD,
  issueFacts,
  judged,
  listed,
  pullRequestFacts,
  VIEWER,
} from '../build.ts'

type Linked = NonNullable<IssueFacts['issue']>['pullRequests']['items'][number]

function linked(over: Partial<Linked> = {}): Linked {
  return {
    number: 88,
    repo: 'acme/api',
    state: 'OPEN',
    isDraft: false,
    headBranch: 'dev-loops/issue-12',
    headRepo: 'acme/api',
    author: VIEWER,
    ...over,
  }
}

const CLOSED_REQUEST = linked({ number: 87, state: 'CLOSED' })

describe('the word of a tracker', () => {
  it.each([
    ['draft', 'drafting'],
    [' Drafting ', 'drafting'],
    ['open', 'needs_triage'],
    ['needs_triage', 'needs_triage'],
    ['in progress', 'in_progress'],
    ['In_Progress', 'in_progress'],
    ['review', 'in_review'],
    ['ready', 'merge_ready'],
    ['blocked', 'blocked'],
    ['closed', 'completed'],
    ['done', 'completed'],
    ['unknown', 'unknown'],
    ['constructor', 'needs_triage'],
    ['', 'needs_triage'],
    [null, 'needs_triage'],
    [undefined, 'needs_triage'],
  ])('%j is %s', (trackerState, state) => {
    expect(interpretTrackerLoopState({ trackerState }).state).toBe(state)
  })

  it('keeps the names of what may follow and of what to do', () => {
    expect(interpretTrackerLoopState({ trackerState: 'in_review' })).toMatchObject({
      ok: true,
      snapshot: { trackerState: 'in_review', rawTrackerState: 'in_review', prLinked: false, prContext: null },
      allowedTransitions: ['merge_ready', 'in_progress', 'blocked', 'unknown'],
      nextAction: 'merge_or_fix',
    })
    expect(interpretTrackerLoopState({ trackerState: 'done' }).nextAction).toBe('done')
  })
})

describe('loop-state 16.27: an issue that GitHub only calls open', () => {
  const stateOf = (over: Parameters<typeof issueFacts>[0], input = anInput()) =>
    detectTrackerState(issueFacts(over), input).state

  it.each<[string, Parameters<typeof issueFacts>[0], string]>([
    ['has no pull request', {}, 'needs_triage'],
    ['has one that was given up', { pullRequests: listed([CLOSED_REQUEST]) }, 'needs_triage'],
    ['has a draft', { pullRequests: listed([linked({ isDraft: true })]) }, 'in_progress'],
    ['has one in review', { pullRequests: listed([linked()]) }, 'in_review'],
    ['has one that was merged', { pullRequests: listed([linked({ state: 'MERGED' })]) }, 'unknown'],
    ['has two', { pullRequests: listed([linked(), linked({ number: 89 })]) }, 'unknown'],
    ['may have more than we know', { pullRequests: listed<Linked>([], false) }, 'unknown'],
    ['is labelled blocked', { labels: listed(['Blocked']), pullRequests: listed([linked()]) }, 'blocked'],
    ['is labelled as in progress', { labels: listed(['status: in progress', 'bug']) }, 'in_progress'],
    ['is labelled twice', { labels: listed(['blocked', 'in-progress']) }, 'unknown'],
    ['has a label that means something else', { labels: listed(['done', 'ready']) }, 'needs_triage'],
    ['may have more labels', { labels: listed<string>([], false) }, 'unknown'],
    ['is closed', { state: 'CLOSED', labels: listed(['blocked']) }, 'completed'],
    ['is not there', null, 'unknown'],
  ])('and %s', (_claim, over, state) => {
    expect(stateOf(over)).toBe(state)
  })

  it('is ready to be merged only when next says so', () => {
    const pullRequests = listed([linked()])
    expect(stateOf({ pullRequests }, anInput(finished()))).toBe('merge_ready')
    expect(stateOf({ pullRequests }, anInput({ facts: pullRequestFacts() }))).toBe('in_review')
  })
})

const REVIEWABLE = {
  trackerItemExists: true,
  trackerItemId: 'T-1',
  prExists: true,
  prNumber: 88,
  prHeadSha: HEAD,
  draftGateCommentVisible: true,
  draftGateCommentVerdict: 'clean',
  draftGateCommentHeadSha: HEAD,
}

describe('a piece of work and its pull request', () => {
  const of = (over: object) => interpretTrackerPrState(normalizeTrackerPrSnapshot({ ...REVIEWABLE, ...over }))

  it.each<[object, string, string]>([
    [{}, 'pr_reviewable', 'set_reviewable'],
    [{ prDraft: true }, 'draft_pr_open', 'set_in_progress'],
    [{ prMerged: true, prClosed: true }, 'pr_merged', 'set_done'],
    [{ prClosed: true }, 'pr_closed_unmerged', 'none'],
    [{ prClosed: true, prDraft: true }, 'pr_closed_unmerged', 'none'],
    [{ prMerged: true, prDraft: true }, 'blocked_needs_user_decision', 'none'],
    [{ trackerItemExists: false }, 'blocked_needs_user_decision', 'none'],
    [{ trackerItemExists: false, prExists: false, prNumber: null }, 'no_tracker_item', 'none'],
    [{ prExists: false, prNumber: null }, 'ready_no_pr', 'none'],
    [{ prExists: false }, 'blocked_needs_user_decision', 'none'],
    [{ draftGateCommentVisible: false }, 'blocked_needs_user_decision', 'none'],
    [{ draftGateCommentVerdict: 'findings_present' }, 'blocked_needs_user_decision', 'none'],
    [{ draftGateCommentVerdict: 'lovely' }, 'blocked_needs_user_decision', 'none'],
    [{ draftGateCommentHeadSha: null }, 'blocked_needs_user_decision', 'none'],
  ])('with %j is %s', (over, state, reverseSyncAction) => {
    expect(of(over)).toMatchObject({ state, reverseSyncAction })
  })

  it('loop-state 16.25: stays reviewable after a commit that is newer than the draft gate', () => {
    expect(of({ draftGateCommentHeadSha: EARLIER }).state).toBe('pr_reviewable')
    const facts = judged([aVerdict('draft_gate', { head: EARLIER })])
    expect(detectTrackerPullRequest(anInput(facts)).state).toBe('pr_reviewable')
  })

  it('loop-state 16.27: calls a merged pull request closed as GitHub does, and both machines say merged', () => {
    expect(of({ prClosed: '1', prMerged: ' true ' })).toMatchObject({
      state: 'pr_merged',
      snapshot: { prClosed: true },
    })
    const facts = pullRequestFacts({ state: 'MERGED' })
    expect(detectTrackerPullRequest(anInput({ facts }))).toMatchObject({
      state: 'pr_merged',
      snapshot: { prMerged: true, prClosed: true },
    })
  })

  it.each([[[]], [null], ['text'], [{ prDraft: 'perhaps' }], [{ prNumber: -1 }]])('refuses the snapshot %j', (raw) => {
    expect(() => normalizeTrackerPrSnapshot(raw)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
  })

  it('drops what belongs to an item or a pull request that is not there', () => {
    const snapshot = normalizeTrackerPrSnapshot({ trackerItemId: 'T-1', prNumber: 88, prHeadSha: HEAD })
    expect(snapshot).toMatchObject({ trackerItemId: null, prNumber: 88, prHeadSha: null })
  })

  it('gives the same snapshot when it is normalised again', () => {
    for (const over of [{}, { prExists: false }, { trackerItemExists: 0 }]) {
      const once = normalizeTrackerPrSnapshot({ ...REVIEWABLE, ...over })
      expect(normalizeTrackerPrSnapshot(once)).toEqual(once)
    }
  })
})

describe('a piece of work as it was observed', () => {
  it.each<[string, Parameters<typeof issueFacts>[0], string]>([
    ['is not there', null, 'no_tracker_item'],
    ['has no pull request', {}, 'ready_no_pr'],
    ['has a draft', { pullRequests: listed([linked({ isDraft: true })]) }, 'draft_pr_open'],
    ['has an open one without a draft gate', { pullRequests: listed([linked()]) }, 'blocked_needs_user_decision'],
    ['has one that was merged', { pullRequests: listed([CLOSED_REQUEST, linked({ state: 'MERGED' })]) }, 'pr_merged'],
    ['has one that was given up', { pullRequests: listed([CLOSED_REQUEST]) }, 'pr_closed_unmerged'],
    ['has two open ones', { pullRequests: listed([linked(), linked({ number: 9 })]) }, 'blocked_needs_user_decision'],
    ['may have more than we know', { pullRequests: listed<Linked>([], false) }, 'blocked_needs_user_decision'],
  ])('and %s', (_claim, over, state) => {
    expect(detectTrackerIssue(issueFacts(over), anInput()).state).toBe(state)
  })

  it('belongs to exactly one issue', () => {
    const none = pullRequestFacts({ closingIssues: listed<never>([]) })
    expect(detectTrackerPullRequest(anInput({ facts: none })).state).toBe('blocked_needs_user_decision')
    expect(detectTrackerPullRequest(anInput({ facts: pullRequestFacts(null) })).state).toBe('no_tracker_item')
  })

  it('passes no draft gate while the policy cannot be read', () => {
    const input = anInput(judged([aVerdict('draft_gate')]))
    const unread = { ok: false, error: 'policy_unproved', message: 'x' } as const
    expect(detectTrackerPullRequest(input).state).toBe('pr_reviewable')
    expect(detectTrackerPullRequest({ ...input, policy: unread }).state).toBe('blocked_needs_user_decision')
  })
})
