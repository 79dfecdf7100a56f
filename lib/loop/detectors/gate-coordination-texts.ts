/**
 * Sentences for people about actions and states of the gates; programs read the codes beside them.
 */
import type { GateAction, GateBoundary } from '../boundary.ts'
import type { PullRequestState } from '../machines/pull-request.ts'

const ACTIONS: { readonly [Action in GateAction]: string } = {
  run_draft_gate: 'Run the draft gate on this head.',
  mark_ready_for_review: 'Mark the pull request ready for review.',
  request_copilot_review: 'Request the review.',
  wait_for_copilot_review: 'Wait for the review that was asked for.',
  wait_for_ci: 'Wait for the checks of this head.',
  address_review_feedback: 'Fix what the open threads ask for, and answer each.',
  reply_resolve_review_threads: 'Post the answers and resolve the threads.',
  rerequest_copilot_review: 'Request another review of the new head.',
  resolve_merge_conflicts: 'Bring the branch up to its base and resolve what conflicts.',
  run_pre_approval_gate: 'Run the pre-approval gate on this head.',
  await_final_human_approval: 'A person decides about the merge.',
  declare_merge_ready: 'Merge this head.',
  reconcile_draft_gate: 'Run the draft gate late: its evidence is missing.',
  report_blocked: 'Tell a person: the loop cannot go on by itself.',
  report_done: 'Nothing is left to do.',
  fix_checks: 'Repair the failed checks.',
  fix_gate: 'Repair what the gate found.',
  observe: 'Look again: not everything could be seen.',
  wait_for_mergeability: 'Wait until GitHub says whether it can be merged.',
  confirm_draft: 'A person confirms that the draft may be shown.',
  confirm_pre_approval: 'A person confirms that the pre-approval gate may be run.',
  hear_comments: 'A person reads what was written and says so with pr acknowledge.',
}

const REASONS: { readonly [State in PullRequestState]: string } = {
  done: 'the pull request is merged or closed',
  no_pr: 'there is no such pull request',
  facts_unproved: 'a list of threads, reviews or requests was not whole',
  human_comment_pause: 'a person wrote something that nobody acknowledged',
  blocked_by_copilot_comment: 'a comment calls the coding agent, so no review is asked for',
  conflict_resolution: 'the branch is in conflict with its base',
  checks_failed: 'checks of this head failed',
  blocked_needs_user_decision: 'a check waits for the approval of a person, or asking for the review failed',
  waiting_for_ci: 'the checks of this head have not all reported',
  refinement_missing: 'policy wants a checklist in the issue, and there is none',
  draft_review: 'the draft gate has not passed on this head',
  draft_gate_findings: 'the draft gate found something that blocks',
  gate_assurance_too_low: 'a verdict is there, but policy asks for a more independent judge',
  stopped_at_draft: 'policy stops before a draft is made ready',
  pr_draft: 'the draft gate has passed on this head',
  pr_ready_no_feedback: 'it is ready and nobody was asked for a review yet',
  post_draft_external_review: 'a review is there that nobody formally asked for',
  waiting_for_copilot_review: 'a review of this head was asked for and is not there yet',
  unresolved_feedback_present: 'threads are open that nobody answered',
  already_fixed_needs_reply_resolve: 'open threads are answered, and only need their reply and resolution',
  ready_to_rerequest_review: 'the head moved since the last review',
  review_request_unavailable: 'the reviewer cannot be asked, or did not come, and policy leaves that to a person',
  branch_behind: 'the base must be contained in the branch, and is not',
  draft_gate_needed: 'no head of this pull request ever passed the draft gate',
  pre_approval_gate_needed: 'the pre-approval gate was never run on this head',
  pre_approval_gate_window: 'the pre-approval gate came to no result on this head',
  pre_approval_gate_findings: 'the pre-approval gate found something that blocks',
  stopped_at_pre_approval: 'policy stops before the pre-approval gate',
  retrospective_gate_pending: 'policy wants a look back that approves this head, and there is none',
  await_final_human_approval: 'both gates have passed; policy leaves the merge to a person',
  mergeability_unknown: 'GitHub has not said yet whether it can be merged',
  merge_blocked: 'GitHub says that something blocks the merge',
  declare_merge_ready: 'both gates have passed on this head',
}

export function sayAction(action: GateAction): string {
  return ACTIONS[action]
}

/** @returns such as `draft_review: the draft gate has not passed on this head` */
export function sayReason(state: PullRequestState, boundary: GateBoundary): string {
  return `${boundary}: ${REASONS[state]}`
}
