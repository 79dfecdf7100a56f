import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { summarizeReviews } from '../../lib/facts/copilot-reviews.ts'
import { isReviewer } from '../../lib/facts/identity.ts'
import { reduceMergeability } from '../../lib/facts/mergeability.ts'
import type { ReviewFact } from '../../lib/facts/pull-request.ts'
import { detectRefinement } from '../../lib/facts/refinement.ts'
import { classifyCommentSignal, summarizeRoundSignal } from '../../lib/facts/signals.ts'
import { isAnswered, summarizeThreads } from '../../lib/facts/threads.ts'
import { aPullRequest, aReview, aThread, COPILOT, EARLIER, HEAD, listed, VIEWER } from '../loop/build.ts'

describe('the reviewer', () => {
  it.each([
    ['copilot-pull-request-reviewer', true, true],
    ['copilot-pull-request-reviewer[bot]', true, true],
    ['copilot-pull-request-reviewer', false, false],
    ['copilot-swe-agent', true, false],
    ['copilot-fan', false, false],
  ])('Copilot is exactly its bot: %s (bot: %s) is %s', (login, isBot, is) => {
    expect(isReviewer({ login, isBot }, 'copilot')).toBe(is)
  })

  it('may be a person, compared without case, or nobody', () => {
    expect(isReviewer({ login: 'Ann', isBot: false }, 'ann')).toBe(true)
    expect(isReviewer(COPILOT, 'none')).toBe(false)
  })
})

describe('reviews', () => {
  const of = (items: ReviewFact[], over: Parameters<typeof aPullRequest>[0] = {}) =>
    summarizeReviews(aPullRequest({ reviews: listed(items), ...over }), 'copilot', null)

  it('loop-state 16.10: are counted by commit, without dismissed and pending ones and without those of others', () => {
    const items = [
      aReview({ id: '1', commit: EARLIER }),
      aReview({ id: '2' }),
      aReview({ id: '3' }),
      aReview({ id: '4', commit: 'c'.repeat(40), state: 'DISMISSED' }),
      aReview({ id: '5', commit: 'd'.repeat(40), state: 'PENDING' }),
      aReview({ id: '6', commit: 'e'.repeat(40), author: { login: 'copilot-swe-agent', isBot: true } }),
    ]
    expect(of(items)).toMatchObject({ rounds: 2, reviewed: 'on_head' })
  })

  it('of the head that ask for changes are told apart from remarks', () => {
    expect(of([aReview({ state: 'CHANGES_REQUESTED' })])).toMatchObject({ reviewed: 'changes_requested_on_head' })
    const approvedLater = aReview({ id: '2', state: 'APPROVED', submittedAt: '2026-03-01T11:59:00Z' })
    expect(of([aReview({ state: 'CHANGES_REQUESTED' }), approvedLater])).toMatchObject({ reviewed: 'on_head' })
  })

  it('are unknown when the list is not whole', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(HEAD, EARLIER)), (commits) => {
        const reviews = listed(
          commits.map((commit, index) => aReview({ id: String(index), commit })),
          false,
        )
        expect(of([], { reviews })).toMatchObject({ reviewed: null, rounds: null })
      }),
    )
  })

  it('do not depend on the order in which they are listed', () => {
    const review = fc.record({
      commit: fc.constantFrom(HEAD, EARLIER),
      state: fc.constantFrom(
        'APPROVED' as const,
        'COMMENTED' as const,
        'CHANGES_REQUESTED' as const,
        'DISMISSED' as const,
      ),
      minute: fc.nat(5),
    })
    fc.assert(
      fc.property(fc.array(review, { maxLength: 6 }), (made) => {
        const items = made.map(({ minute, ...rest }, index) =>
          aReview({ ...rest, id: String(index), submittedAt: `2026-03-01T11:5${minute}:00Z` }),
        )
        expect(of(items.toReversed())).toEqual(of(items))
      }),
    )
  })
})

describe('a request for review', () => {
  const requested = { reviewRequests: listed([COPILOT]) }
  const asked = (at: string) => ({ ...requested, reviewRequestEvents: listed([{ at, reviewer: COPILOT }]) })
  const of = (over: Parameters<typeof aPullRequest>[0]) => summarizeReviews(aPullRequest(over), 'copilot', null).request

  it.each([
    ['is open while the reviewer is listed', of(requested), 'requested'],
    [
      'is open while a review of this head is being written',
      of({ reviews: listed([aReview({ state: 'PENDING' })]) }),
      'requested',
    ],
    [
      'is not kept open by a review begun on an earlier head',
      of({ reviews: listed([aReview({ state: 'PENDING', commit: EARLIER })]) }),
      'none',
    ],
    [
      'is stale when this head was reviewed after it',
      of({ ...asked('2026-03-01T11:50:00Z'), reviews: listed([aReview()]) }),
      'none',
    ],
    [
      'is open again when it was made after that review',
      of({ ...asked('2026-03-01T11:59:00Z'), reviews: listed([aReview()]) }),
      'requested',
    ],
    ['is unknown when the list of reviewers is not whole', of({ reviewRequests: listed([], false) }), null],
  ])('%s', (_claim, request, expected) => {
    expect(request).toBe(expected)
  })

  it('that was refused counts for this head only, and not once it is open after all', () => {
    const refused = (head: string, over = {}) =>
      summarizeReviews(aPullRequest(over), 'copilot', { head, reason: 'not_permitted' }).request
    expect(refused(HEAD)).toBe('unavailable')
    expect(refused(EARLIER)).toBe('none')
    expect(refused(HEAD, requested)).toBe('requested')
  })
})

describe('a thread', () => {
  const theirs = { id: '1', author: COPILOT, body: 'why?', createdAt: '2026-03-01T11:50:00Z', url: '' }
  const ours = { ...theirs, id: '2', author: VIEWER, body: 'because', createdAt: '2026-03-01T11:55:00Z' }
  const again = { ...theirs, id: '3', createdAt: '2026-03-01T11:58:00Z' }
  const by = { viewer: VIEWER.login, answers: {} }
  const recorded = { viewer: VIEWER.login, answers: { T1: { body: 'because' } } }
  const of = (...items: (typeof theirs)[]) => aThread({ comments: listed(items) })

  it.each([
    ['without an answer is open', of(theirs), by, false],
    ['with our later comment is answered', of(theirs, ours), by, true],
    ['with their later comment is open again', of(theirs, ours, again), by, false],
    [
      'answered within the second of the remark is answered',
      of(theirs, { ...ours, createdAt: theirs.createdAt }),
      by,
      true,
    ],
    [
      'with their word after ours within a second is open again',
      of(theirs, ours, { ...again, createdAt: ours.createdAt }),
      by,
      false,
    ],
    ['with a recorded answer is answered', of(theirs), recorded, true],
    ['whose recorded answer was posted before their last word is open again', of(theirs, ours, again), recorded, false],
    ['in which only our account spoke waits for an answer', of(ours), by, false],
    ['whose comments are not all known is unknown', aThread({ comments: listed([theirs, ours], false) }), by, null],
  ])('%s', (_claim, thread, answerer, expected) => {
    expect(isAnswered(thread, answerer)).toBe(expected)
  })

  it('loop-state 16.13: is not answered by a push, nor by GitHub calling it outdated', () => {
    const outdated = { ...of(theirs), isOutdated: true }
    expect(isAnswered(outdated, by)).toBe(false)
    expect(summarizeThreads(listed([outdated, { ...of(theirs, ours), id: 'T2' }]), by)).toMatchObject({
      state: 'unanswered',
      unanswered: [{ id: 'T1' }],
      answered: [{ id: 'T2' }],
    })
  })

  it('counts only unresolved, and is never counted from a list that is not whole', () => {
    const resolved = aThread({ id: 'T2', isResolved: true })
    expect(summarizeThreads(listed([resolved]), by)).toMatchObject({ state: 'none', unresolved: 0 })
    expect(summarizeThreads(listed([resolved], false), by)).toMatchObject({ state: null, unresolved: null })
    expect(summarizeThreads(listed([of(theirs, ours), aThread({ id: 'T3' })]), by)).toMatchObject({
      state: 'unanswered',
      unresolved: 2,
    })
  })
})

describe('the weight of remarks', () => {
  it.each([
    ['This leaks: a race  condition', 'high'],
    ['vulnerabilities', 'high'],
    ['Maybe extract this', 'mid'],
    ['Typo', 'low'],
    ['debugging', 'low'],
    ['', 'low'],
  ])('%j is %s', (body, signal) => {
    expect(classifyCommentSignal(body)).toBe(signal)
  })

  it.each([
    ['[P1] Typo', 'high'],
    ['**Severity: low** this is a crash', 'low'],
    ['nit: this could crash', 'low'],
    ['Nitpick (non-blocking): a bug in the name', 'low'],
    ['Medium: typo', 'mid'],
    ['Bug: it is lost', 'high'],
    ['toString: typo', 'low'],
  ])('is what the remark is marked with, whatever its words are: %j is %s', (body, signal) => {
    expect(classifyCommentSignal(body)).toBe(signal)
  })

  it('loop-state 16.12: is that of the newest round, by the reviewer only', () => {
    const old = { id: '1', author: COPILOT, body: 'a bug', createdAt: '2026-03-01T11:00:00Z', url: '' }
    const late = { ...old, id: '2', body: 'typo', createdAt: '2026-03-01T11:30:00Z' }
    const person = { ...late, id: '3', author: VIEWER, body: 'crash' }
    const threads = listed([aThread({ comments: listed([old, late, person]) })])
    const since = '2026-03-01T11:10:00Z'
    expect(summarizeRoundSignal(threads, { reviewer: 'copilot', since })).toEqual({ comments: 1, highest: 'low' })
    expect(summarizeRoundSignal({ ...threads, complete: false }, { reviewer: 'copilot', since })).toBeNull()
  })
})

describe('an issue says when it is done', () => {
  it.each([
    ['by acceptance criteria', '# Acceptance criteria:\n- [ ] works', 'issue-body-ac'],
    ['also below a deeper heading', '## AC\n### API\n* [x] works', 'issue-body-ac'],
    ['by a definition of done', '## Definition of Done\n- [ ] works', 'issue-body-dod'],
    ['by a linked document', 'see tmp/refinement/12.md', 'linked-doc'],
    ['not by a heading alone', '## Acceptance criteria\nlater', 'missing'],
    ['not by text inside a fence', '```\n## Acceptance criteria\n- [ ] no\n```', 'missing'],
    ['not by a checklist elsewhere', '## Steps\n- [ ] click', 'missing'],
  ])('%s', (_claim, body, source) => {
    expect(detectRefinement(body)).toBe(source)
  })
})

describe('mergeability', () => {
  it.each([
    ['MERGEABLE', 'CLEAN', 'clean'],
    ['MERGEABLE', 'UNSTABLE', 'clean'],
    ['MERGEABLE', 'BEHIND', 'behind'],
    ['MERGEABLE', 'BLOCKED', 'blocked'],
    ['CONFLICTING', 'DIRTY', 'conflict'],
    ['UNKNOWN', 'CLEAN', 'unknown'],
    ['MERGEABLE', 'A_NEW_WORD', 'unknown'],
  ] as const)('%s and %s is %s', (mergeable, mergeStateStatus, expected) => {
    expect(reduceMergeability({ mergeable, mergeStateStatus })).toBe(expected)
  })
})
