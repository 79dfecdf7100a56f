/**
 * At which boundary of its life is a pull request? What the states of the machine `gates` have in common,
 * for people; no rule reads it.
 */
import type { PullRequestState } from './machines/pull-request.ts'

const BOUNDARIES = [
  'draft_review',
  'post_draft_external_review',
  'feedback_resolution',
  'conflict_resolution',
  'pre_approval_gate_window',
  'pre_approval_gate_needed',
  'final_approval_ready',
  'draft_gate_needed',
  'blocked',
  'done',
] as const
export type GateBoundary = (typeof BOUNDARIES)[number]

const BOUNDARY_OF: { readonly [State in PullRequestState]: GateBoundary } = {
  done: 'done',
  no_pr: 'blocked',
  facts_unproved: 'blocked',
  conflict_resolution: 'conflict_resolution',
  checks_failed: 'blocked',
  blocked_needs_user_decision: 'blocked',
  waiting_for_ci: 'post_draft_external_review',
  refinement_missing: 'blocked',
  draft_review: 'draft_review',
  draft_gate_findings: 'draft_review',
  gate_assurance_too_low: 'blocked',
  stopped_at_draft: 'draft_review',
  pr_draft: 'draft_review',
  pr_ready_no_feedback: 'post_draft_external_review',
  post_draft_external_review: 'post_draft_external_review',
  waiting_for_copilot_review: 'post_draft_external_review',
  unresolved_feedback_present: 'feedback_resolution',
  already_fixed_needs_reply_resolve: 'feedback_resolution',
  ready_to_rerequest_review: 'post_draft_external_review',
  review_request_unavailable: 'blocked',
  branch_behind: 'conflict_resolution',
  draft_gate_needed: 'draft_gate_needed',
  pre_approval_gate_needed: 'pre_approval_gate_needed',
  pre_approval_gate_window: 'pre_approval_gate_window',
  pre_approval_gate_findings: 'pre_approval_gate_window',
  stopped_at_pre_approval: 'pre_approval_gate_needed',
  await_final_human_approval: 'final_approval_ready',
  mergeability_unknown: 'final_approval_ready',
  merge_blocked: 'final_approval_ready',
  declare_merge_ready: 'final_approval_ready',
}

/** At which boundary a pull request in this state stands. Checks are waited for on both sides of one. */
export function boundaryOf(state: PullRequestState, isDraft: boolean): GateBoundary {
  return isDraft && state === 'waiting_for_ci' ? 'draft_review' : BOUNDARY_OF[state]
}
