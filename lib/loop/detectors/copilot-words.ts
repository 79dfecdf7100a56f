/**
 * What the predecessor called each state of the machine `review`, and what it said was to be done there.
 */
import type { ReviewState } from '../machines/review.ts'

const CONTRACT_STATES = [
  'no_pr',
  'pr_draft',
  'pr_ready_no_feedback',
  'waiting_for_copilot_review',
  'unresolved_feedback_present',
  'already_fixed_needs_reply_resolve',
  'ready_to_rerequest_review',
  'low_signal_converged',
  'review_request_unavailable',
  'waiting_for_ci',
  'blocked_needs_user_decision',
  'done',
  'round_cap_clean_fallback',
  'internal_tooling_direct_gate',
  // These two are new; there they were a failed command and a loop that stopped without a name.
  'facts_unproved',
  'blocked_by_copilot_comment',
] as const
export type ContractState = (typeof CONTRACT_STATES)[number]

interface Words {
  readonly state: ContractState
  readonly disposition:
    | 'pending'
    | 'unresolved_feedback'
    | 'clean_converged'
    | 'blocked'
    | 'action_required'
    | 'done'
    | 'direct_gate'
  readonly terminal: boolean
  readonly action: string
}

export const CONTRACT: { readonly [State in ReviewState]: Words } = {
  no_pr: words('no_pr', 'action_required', 'create a pull request'),
  done: words('done', 'done', 'nothing is left to do'),
  facts_unproved: words('facts_unproved', 'pending', 'ask again: GitHub did not give everything'),
  human_comment_pause: words('blocked_needs_user_decision', 'blocked', 'a person reads what people wrote'),
  blocked_by_copilot_comment: words(
    'blocked_by_copilot_comment',
    'blocked',
    'a person decides: a comment calls the coding agent, so no review is asked for',
  ),
  checks_failed: words('blocked_needs_user_decision', 'blocked', 'repair the failed checks'),
  blocked_needs_user_decision: words('blocked_needs_user_decision', 'blocked', 'report to a person and stop'),
  waiting_for_ci: words('waiting_for_ci', 'pending', 'wait for the checks'),
  pr_draft: words('pr_draft', 'action_required', 'mark the pull request ready for review'),
  pr_ready_no_feedback: words('pr_ready_no_feedback', 'action_required', 'request a review'),
  waiting_for_copilot_review: words('waiting_for_copilot_review', 'pending', 'wait for the review'),
  unresolved_feedback_present: words(
    'unresolved_feedback_present',
    'unresolved_feedback',
    'fix or answer each remark, then resolve its thread',
  ),
  already_fixed_needs_reply_resolve: words(
    'already_fixed_needs_reply_resolve',
    'unresolved_feedback',
    'answer and resolve the threads before another review is requested',
  ),
  ready_to_rerequest_review: words('ready_to_rerequest_review', 'action_required', 'request another review'),
  review_request_unavailable: words('review_request_unavailable', 'blocked', 'report that no review can be had'),
  clean_converged: words(
    'ready_to_rerequest_review',
    'clean_converged',
    'request nothing: this head was reviewed without open remarks',
  ),
  round_cap_clean_fallback: words('round_cap_clean_fallback', 'done', 'go to the gate before the merge'),
  low_signal_converged: words('low_signal_converged', 'done', 'go to the gate before the merge'),
  internal_tooling_direct_gate: words('internal_tooling_direct_gate', 'direct_gate', 'go to the gate, no review'),
  no_reviewer_direct_gate: words('internal_tooling_direct_gate', 'direct_gate', 'go to the gate, no review'),
}

function words(state: ContractState, disposition: Words['disposition'], action: string): Words {
  const terminal = disposition === 'clean_converged' || disposition === 'blocked' || disposition === 'done'
  return { state, disposition, terminal, action }
}
