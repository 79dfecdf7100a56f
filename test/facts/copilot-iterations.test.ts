import { describe, expect, it } from 'vitest'
import { type Iterating, summarizeCopilotLoopIterations } from '../../lib/facts/copilot-iterations.ts'
import { aPullRequest, aReview, aThread, COPILOT, EARLIER, HEAD, listed } from '../loop/build.ts'

const IDLE: Iterating = { reviewer: 'copilot', isRequested: false }
const asked = (at: string) => listed([{ at, reviewer: COPILOT }])
const summary = (over: Parameters<typeof aPullRequest>[0], iterating: Partial<Iterating> = {}) =>
  summarizeCopilotLoopIterations(aPullRequest(over), { ...IDLE, ...iterating })

describe('the summary of iterations', () => {
  it('is not available without any review, request or remark of the reviewer', () => {
    const reviews = listed([aReview({ author: { login: 'ann', isBot: false } })])
    expect(summary({ reviews })).toEqual({
      available: false,
      source: 'github_pr_timeline',
      reason: 'no_copilot_review_history',
    })
  })

  it('counts rounds by commit, and remarks and threads as they are', () => {
    const reviews = listed([aReview({ id: '1', commit: EARLIER }), aReview({ id: '2' }), aReview({ id: '3' })])
    const threads = listed([aThread(), aThread({ id: 'T2', isResolved: true })])
    expect(summary({ reviews, threads })).toMatchObject({
      available: true,
      completedCopilotReviewRounds: 2,
      pendingCopilotReviewRounds: 0,
      copilotReviewComments: 2,
      resolvedReviewThreads: 1,
      unresolvedReviewThreads: 1,
      fixCommitsAfterFeedback: null,
    })
  })

  it.each([
    ['a request without any review', { reviewRequestEvents: asked('2026-03-01T11:00:00Z') }, 1],
    [
      'a request later than the newest review',
      { reviews: listed([aReview()]), reviewRequestEvents: asked('2026-03-01T11:59:00Z') },
      1,
    ],
    ['a newest review of another head', { reviews: listed([aReview({ commit: EARLIER })]) }, 1],
    [
      'an answered request',
      { reviews: listed([aReview({ commit: HEAD })]), reviewRequestEvents: asked('2026-03-01T11:00:00Z') },
      0,
    ],
  ])('has at most one round pending: %s', (_what, over, pending) => {
    expect(summary(over, { isRequested: true })).toMatchObject({ pendingCopilotReviewRounds: pending })
    if (pending === 1) return
    expect(summary(over)).toMatchObject({ pendingCopilotReviewRounds: 0 })
  })

  const commits = (...made: [string, string, string | null][]) =>
    listed(made.map(([oid, time, authorLogin]) => ({ oid, committedAt: `2026-03-01T${time}Z`, authorLogin })))

  it('counts the fixes of everybody but the reviewer, after its first remark', () => {
    const history = commits(
      ['1', '11:00:00', 'dev'],
      ['2', '11:56:00', 'dev'],
      ['3', '11:57:00', null],
      ['4', '11:58:00', COPILOT.login],
    )
    expect(summary({ threads: listed([aThread()]), history })).toMatchObject({ fixCommitsAfterFeedback: 1 })
    expect(summary({ reviews: listed([aReview()]), history })).toMatchObject({ fixCommitsAfterFeedback: 0 })
  })

  it('goes by the order of the commits, and not by the clocks of their authors, where it can', () => {
    const reviews = listed([
      aReview({ id: '1', commit: '1', submittedAt: '2026-03-01T11:55:00Z' }),
      aReview({ id: '2', commit: '2', submittedAt: '2026-03-01T11:56:00Z' }),
      aReview({ id: '3', commit: '1', submittedAt: '2026-03-01T11:57:00Z' }),
    ])
    const history = commits(['0', '11:59:00', 'dev'], ['1', '11:59:00', 'dev'], ['2', '10:00:00', 'dev'])
    const comment = { id: 'C', author: COPILOT, body: 'why?', createdAt: '2026-03-01T11:55:00Z', url: '' }
    const threads = listed([aThread({ comments: listed([comment]) })])
    expect(summary({ reviews, threads, history })).toMatchObject({ fixCommitsAfterFeedback: 1 })
    const rewritten = commits(['5', '11:59:00', 'dev'], ['6', '11:59:00', 'dev'])
    expect(summary({ reviews, threads, history: rewritten })).toMatchObject({ fixCommitsAfterFeedback: 2 })
  })

  it('says which lists were cut', () => {
    const comment = { id: 'C', author: COPILOT, body: 'why?', createdAt: '2026-03-01T11:00:00Z', url: '' }
    const cut = {
      reviews: listed([aReview()], false),
      reviewRequestEvents: listed([], false),
      threads: listed([aThread({ comments: listed([comment], false) })], false),
      history: listed([], false),
    }
    expect(summary(cut)).toMatchObject({
      degraded: true,
      degradedReasons: [
        'timeline_page_cap',
        'reviews_page_cap',
        'review_comments_page_cap',
        'commits_page_cap',
        'review_threads_has_next_page',
      ],
    })
    expect(summary({ reviews: listed([aReview()]) })).not.toHaveProperty('degraded')
  })
})
