import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../../lib/config/defaults.generated.ts'
import type { Policy } from '../../../lib/config/schema.ts'
import { answerFor, classifySnapshot, snapshotOf } from '../../../lib/loop/detectors/copilot-loop.ts'
import { CopilotSnapshot } from '../../../lib/loop/detectors/copilot-snapshot.ts'
import { review } from '../../../lib/loop/machines/review.ts'
import { read } from '../../../lib/loop/readings/target.ts'
import {
  anInput,
  type aPullRequest,
  aReview,
  aThread,
  aWork,
  COPILOT,
  checks,
  EARLIER,
  listed,
  pullRequestFacts,
} from '../build.ts'

function answer(raw: object, policy: Policy = DEFAULT_POLICY) {
  const snapshot = CopilotSnapshot.parse(raw)
  return answerFor(snapshot, classifySnapshot(snapshot, policy))
}

const open = (over: object = {}) => ({ prExists: true, prNumber: 88, ciStatus: 'success', ...over })
const reviewed = { copilotReviewPresent: true, copilotReviewRoundCount: 1 }
const capped = { copilotReviewPresent: true, copilotReviewRoundCount: 5 }

describe('detect-copilot-loop-state', () => {
  it.each<[string, object, string, string]>([
    ['nothing', {}, 'no_pr', 'action_required'],
    ['merged', open({ prMerged: true }), 'done', 'done'],
    ['closed', open({ prClosed: true }), 'done', 'done'],
    ['a draft', open({ prDraft: true }), 'pr_draft', 'action_required'],
    ['a red draft', open({ prDraft: true, ciStatus: 'failure' }), 'pr_draft', 'action_required'],
    ['unavailable', open({ copilotReviewRequestStatus: 'unavailable' }), 'review_request_unavailable', 'blocked'],
    ['failed to ask', open({ copilotReviewRequestStatus: 'failed' }), 'blocked_needs_user_decision', 'blocked'],
    ['open remarks', open({ unresolvedThreadCount: 2 }), 'unresolved_feedback_present', 'unresolved_feedback'],
    [
      'fixed remarks',
      open({ unresolvedThreadCount: 2, agentFixStatus: 'applied' }),
      'already_fixed_needs_reply_resolve',
      'unresolved_feedback',
    ],
    ['asked', open({ copilotReviewRequestStatus: 'already-requested' }), 'waiting_for_copilot_review', 'pending'],
    ['red', open({ ciStatus: 'failure' }), 'blocked_needs_user_decision', 'blocked'],
    ['running', open({ ciStatus: 'pending' }), 'waiting_for_ci', 'pending'],
    ['credibly green', open({ ciStatus: 'crediblyGreen' }), 'pr_ready_no_feedback', 'action_required'],
    ['never reviewed', open(), 'pr_ready_no_feedback', 'action_required'],
    ['reviewed before', open(reviewed), 'ready_to_rerequest_review', 'action_required'],
    [
      'reviewed here',
      open({ ...reviewed, copilotReviewOnCurrentHead: true }),
      'ready_to_rerequest_review',
      'clean_converged',
    ],
  ])('says of a snapshot that is %s: %#', (_what, raw, state, loopDisposition) => {
    const said = answer(raw)
    expect(said).toMatchObject({ state, loopDisposition })
    expect(said.terminal).toBe(['blocked', 'done', 'clean_converged'].includes(loopDisposition))
    expect(said.nextAction).not.toBe('')
  })

  it('tells the two kinds of ready apart by its flags', () => {
    expect(answer(open(reviewed))).toMatchObject({ autoRerequestEligible: true, sameHeadCleanConverged: false })
    const here = answer(open({ ...reviewed, copilotReviewOnCurrentHead: true }))
    expect(here).toMatchObject({ autoRerequestEligible: false, sameHeadCleanConverged: true })
  })

  it('loop-state 16.9: at the cap no request is made, whatever was pushed since', () => {
    expect(answer(open({ ...capped, copilotReviewOnCurrentHead: false })).state).toBe('round_cap_clean_fallback')
    expect(answer(open(capped)).autoRerequestEligible).toBe(false)
  })

  it.each([
    ['open remarks are still fixed', { unresolvedThreadCount: 1 }, 'unresolved_feedback_present'],
    ['checks are still waited for', { ciStatus: 'pending' }, 'waiting_for_ci'],
    [
      'a review under way is still waited for',
      { copilotReviewRequestStatus: 'requested' },
      'waiting_for_copilot_review',
    ],
  ])('loop-state 16.9: at the cap %s', (_claim, over, state) => {
    expect(answer(open({ ...capped, ...over })).state).toBe(state)
  })

  it('loop-state 16.11: which keys a snapshot has decides nothing', () => {
    const fields = fc.record(
      {
        prDraft: fc.boolean(),
        ciStatus: fc.constantFrom('success', 'failure', 'pending', 'none', 'crediblyGreen'),
        copilotReviewRequestStatus: fc.constantFrom('requested', 'none', 'failed', 'unavailable'),
        copilotReviewPresent: fc.constantFrom(true, false, null),
        copilotReviewOnCurrentHead: fc.constantFrom(true, false, null),
        unresolvedThreadCount: fc.constantFrom(0, 1, null),
        copilotReviewRoundCount: fc.constantFrom(0, 5, null),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fields, (raw) => {
        const once = CopilotSnapshot.parse(open(raw))
        expect(CopilotSnapshot.parse(once)).toEqual(once)
        expect(answer(once)).toEqual(answer(open(raw)))
      }),
    )
  })

  it.each([
    ['unresolvedThreadCount', null],
    ['unresolvedThreadCount', -1],
    ['unresolvedThreadCount', 'many'],
    ['copilotReviewPresent', null],
    ['copilotReviewRoundCount', null],
  ])('asks again where %s is %s, instead of reading it as none', (field, value) => {
    expect(answer(open({ ...reviewed, [field]: value })).state).toBe('facts_unproved')
  })

  it.each([
    ['suppressed_draft', 'pr_draft'],
    ['blocked_by_copilot_comment', 'blocked_by_copilot_comment'],
    ['suppressed_same_head_clean', 'ready_to_rerequest_review'],
    ['no_changes_since_last_review', 'ready_to_rerequest_review'],
    ['round_cap_reached', 'round_cap_clean_fallback'],
  ])('loop-state 16.14: a request refused with %s leads to %s, and never to the same request', (status, state) => {
    const said = answer(open({ ...reviewed, copilotReviewRequestStatus: status }))
    expect(said.state).toBe(state)
    expect(said.autoRerequestEligible).toBe(false)
    expect(review.states[said.machineState].next?.step ?? '').not.toMatch(/request_copilot_review/)
  })

  it('loop-state 16.12: a weighty word of an earlier round does not forbid an early end', () => {
    const review = { ...DEFAULT_POLICY.review, stopOnLowSignal: true, lowSignalRoundThreshold: 1 }
    const policy = { ...DEFAULT_POLICY, review }
    const low = open({ copilotReviewPresent: true, copilotReviewRoundCount: 2, lastCopilotRoundMaxSignal: 'low' })
    expect(answer(low, policy).state).toBe('low_signal_converged')
    expect(answer({ ...low, lastCopilotRoundMaxSignal: 'high' }, policy).state).toBe('ready_to_rerequest_review')
  })
})

describe('a snapshot of a live pull request', () => {
  const live = (over: Parameters<typeof aPullRequest>[0], work = aWork()) => {
    const input = anInput({ facts: pullRequestFacts(over), work })
    const seen = read(input).pullRequest
    if (seen === null) throw new Error('nothing was read')
    return { seen, snapshot: snapshotOf(seen, DEFAULT_POLICY) }
  }

  const samples: readonly [string, Parameters<typeof aPullRequest>[0]][] = [
    ['fresh', {}],
    ['a draft', { isDraft: true }],
    ['merged', { state: 'MERGED' }],
    ['closed', { state: 'CLOSED' }],
    ['asked', { reviewRequests: listed([COPILOT]) }],
    ['reviewed here', { reviews: listed([aReview()]) }],
    ['reviewed before', { reviews: listed([aReview({ commit: EARLIER })]) }],
    ['with a remark', { threads: listed([aThread()]) }],
    ['with threads that did not all come', { threads: listed([aThread()], false) }],
    ['with reviews that did not all come', { reviews: listed([aReview()], false) }],
    ['with silent checks', { checks: checks() }],
  ]

  it.each(samples)('that is %s is classified as the reading of next is', (_what, over) => {
    const { seen, snapshot } = live(over)
    expect(classifySnapshot(snapshot, DEFAULT_POLICY).state).toBe(seen.review.state)
  })

  it('keeps what is not known as unknown', () => {
    expect(live({ threads: listed([], false) }).snapshot.unresolvedThreadCount).toBeNull()
    expect(live({ reviews: listed([], false) }).snapshot).toMatchObject({
      copilotReviewPresent: null,
      copilotReviewOnCurrentHead: null,
      copilotReviewRoundCount: null,
    })
  })
})
