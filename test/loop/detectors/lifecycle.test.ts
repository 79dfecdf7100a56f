import { describe, expect, it } from 'vitest'
import { placeOf } from '../../../lib/loop/boundary.ts'
import { lifecyclePhaseForCopilotState, resolveLifecycleState } from '../../../lib/loop/detectors/lifecycle.ts'
import { evaluateConductorRouting } from '../../../lib/loop/detectors/outer.ts'
import { classify } from '../../../lib/loop/machine.ts'
import { lifecycle } from '../../../lib/loop/machines/lifecycle.ts'
import { COPILOT_STATES, type CopilotState, isReviewState } from '../../../lib/loop/machines/outer.ts'
import { pullRequest } from '../../../lib/loop/machines/pull-request.ts'

describe('the phase of a piece of work', () => {
  it.each([
    [{}, 'issue_intake'],
    [{ hasUnresolvedThreads: true, mergeAuthorized: true, preApprovalGatePassed: true }, 'issue_intake'],
    [{ hasLinkedPr: true }, 'implementation'],
    [{ hasLinkedPr: true, prIsDraft: true }, 'implementation'],
    [{ hasLinkedPr: true, hasUnresolvedThreads: true }, 'feedback_resolution'],
    [{ hasLinkedPr: true, hasUnresolvedThreads: true, preApprovalGatePassed: true }, 'pre_approval_gate'],
    [{ hasLinkedPr: true, preApprovalGatePassed: true, mergeAuthorized: true }, 'merge'],
    [{ isMerged: true }, 'merge'],
    [{ isMerged: true, phase: ' Refinement ' }, 'refinement'],
    [{ phase: 'draft_gate' }, 'draft_gate'],
    [{ hasLinkedPr: true, phase: 'somewhere' }, 'implementation'],
  ])('of %o is %s', (input, state) => {
    const answer = resolveLifecycleState(input)
    expect(answer).toMatchObject({ state, isTerminal: state === 'merge' })
    expect(answer.allowedTransitions).toEqual(lifecycle.states[answer.state].to)
  })

  it('leads on from every phase but the merge', () => {
    const next = Object.entries(lifecycle.states).map(([phase, { to }]) => [phase, [...to]])
    expect(Object.fromEntries(next)).toEqual({
      issue_intake: ['refinement', 'implementation'],
      refinement: ['issue_intake', 'implementation'],
      implementation: ['draft_gate', 'feedback_resolution'],
      draft_gate: ['implementation', 'feedback_resolution'],
      feedback_resolution: ['implementation', 'pre_approval_gate'],
      pre_approval_gate: ['implementation', 'feedback_resolution', 'merge'],
      merge: [],
    })
  })
})

/** How each state of the reviews is understood by the three that look at it, with nothing else in the way. */
const MATRIX: { readonly [State in CopilotState]: readonly [outer: string, boundary: string, phase: string] } = {
  no_pr: ['stop pr_not_ready', 'blocked', 'implementation'],
  pr_draft: ['reenter_copilot_loop', 'draft_review', 'implementation'],
  pr_ready_no_feedback: ['reenter_copilot_loop', 'post_draft_external_review', 'draft_gate'],
  waiting_for_copilot_review: ['continue_wait', 'post_draft_external_review', 'feedback_resolution'],
  waiting_for_ci: ['continue_wait', 'post_draft_external_review', 'feedback_resolution'],
  checks_failed: ['reenter_copilot_loop', 'post_draft_external_review', 'feedback_resolution'],
  unresolved_feedback_present: ['reenter_copilot_loop', 'feedback_resolution', 'feedback_resolution'],
  already_fixed_needs_reply_resolve: ['reenter_copilot_loop', 'feedback_resolution', 'feedback_resolution'],
  ready_to_rerequest_review: ['reenter_copilot_loop', 'post_draft_external_review', 'feedback_resolution'],
  clean_converged: ['reenter_copilot_loop', 'pre_approval_gate_needed', 'pre_approval_gate'],
  low_signal_converged: ['reenter_copilot_loop', 'pre_approval_gate_needed', 'pre_approval_gate'],
  round_cap_clean_fallback: ['reenter_copilot_loop', 'pre_approval_gate_needed', 'pre_approval_gate'],
  internal_tooling_direct_gate: ['reenter_copilot_loop', 'pre_approval_gate_needed', 'pre_approval_gate'],
  no_reviewer_direct_gate: ['reenter_copilot_loop', 'pre_approval_gate_needed', 'pre_approval_gate'],
  round_cap_reached: ['stop copilot_blocked', 'blocked', 'feedback_resolution'],
  review_request_unavailable: ['stop review_unavailable', 'blocked', 'feedback_resolution'],
  blocked_needs_user_decision: ['stop copilot_blocked', 'blocked', 'feedback_resolution'],
  blocked_by_copilot_comment: ['stop copilot_blocked', 'blocked', 'feedback_resolution'],
  human_comment_pause: ['stop copilot_blocked', 'blocked', 'feedback_resolution'],
  facts_unproved: ['continue_wait', 'blocked', 'feedback_resolution'],
  done: ['done', 'done', 'merge'],
}

const SETTLED = {
  mergeability: 'clean',
  draftGate: 'passed',
  preApproval: 'none',
  refinement: 'settled',
  formalRequest: 'settled',
  onUnavailable: 'person',
  approval: 'settled',
  protectedPaths: 'untouched',
  stopAtDraft: false,
  stopAtPreApproval: false,
  stopAtMerge: true,
  retrospective: 'settled',
} as const

describe('each state of the reviews', () => {
  it.each(COPILOT_STATES)('loop-state 16.22: %s has one outcome, one boundary and one phase', (state) => {
    const { outerAction, stopReason } = evaluateConductorRouting({
      target: { repo: 'acme/api', pr: 88 },
      copilotState: state,
      reviewerState: 'waiting_for_review_request',
    })
    const isDraft = state === 'pr_draft'
    const gates = isReviewState(state) ? classify(pullRequest, { ...SETTLED, lifecycle: state }).state : null
    expect([
      stopReason === null ? outerAction : `${outerAction} ${stopReason}`,
      gates === null ? 'blocked' : placeOf(gates, isDraft).boundary,
      lifecyclePhaseForCopilotState(state),
    ]).toEqual(MATRIX[state])
  })

  it('stops the outer loop exactly where the gates are blocked for a person', () => {
    for (const [state, [outer, boundary]] of Object.entries(MATRIX)) {
      if (state !== 'facts_unproved') expect([state, outer.startsWith('stop')]).toEqual([state, boundary === 'blocked'])
    }
  })
})
