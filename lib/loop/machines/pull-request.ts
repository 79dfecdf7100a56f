/**
 * The machine `gates`: at which boundary is the pull request, and what is the one next step there?
 *
 * It reads the state of the machine `review` and adds what that does not know: conflicts, gate evidence,
 * policy. The evidence of the draft gate has one meaning: to leave draft, a trusted verdict on exactly
 * this head; after that, one on any earlier head of this pull request is enough, for the boundary was
 * passed. A missing draft verdict never takes the place of a fix or a wait: it is asked for once the
 * reviews have converged.
 *
 * Where the predecessor blocked on anything it did not expect, each state here has its own row, so a new
 * state of `review` does not compile until it is placed.
 */
import { MERGEABILITIES } from '../../facts/mergeability.ts'
import { machine, type StateOf } from '../machine.ts'

/** Reviews are over; what remains is gates and merge. */
const CONVERGED = [
  'clean_converged',
  'round_cap_clean_fallback',
  'low_signal_converged',
  'internal_tooling_direct_gate',
  'no_reviewer_direct_gate',
  'review_request_unavailable',
] as const

/** What may differ once a new commit is on the branch. */
const BY_PUSH = ['lifecycle', 'mergeability', 'draftGate', 'preApproval', 'protectedPaths', 'retrospective'] as const

export const pullRequest = machine({
  name: 'gates',
  facts: {
    /** State of the machine `review`. */
    lifecycle: [
      'no_pr',
      'done',
      'facts_unproved',
      'human_comment_pause',
      'checks_failed',
      'blocked_by_copilot_comment',
      'blocked_needs_user_decision',
      'waiting_for_ci',
      'pr_draft',
      'pr_ready_no_feedback',
      'waiting_for_copilot_review',
      'unresolved_feedback_present',
      'already_fixed_needs_reply_resolve',
      'ready_to_rerequest_review',
      ...CONVERGED,
    ],
    mergeability: MERGEABILITIES,
    /** `earlier`: passed on an earlier head; `blocked`: judged without result; `weak`: assurance too low. */
    draftGate: ['passed', 'earlier', 'findings', 'blocked', 'weak', 'none'],
    preApproval: ['passed', 'findings', 'blocked', 'weak', 'none'],
    /** Whether policy wants a checklist in the issue that is not there. */
    refinement: ['settled', 'missing'],
    /** Whether a review counts although nobody ever asked for one. */
    formalRequest: ['settled', 'needed'],
    onUnavailable: ['gate', 'person'],
    /** Whether a review that GitHub counts still withholds its approval. */
    approval: ['settled', 'withheld'],
    protectedPaths: ['untouched', 'touched', null],
    /** `pending`: policy wants a look back that approves this head, and there is none. */
    retrospective: ['settled', 'pending'],
    stopAtDraft: [true, false],
    stopAtPreApproval: [true, false],
    stopAtMerge: [true, false],
  },
  rules: [
    { id: 'gates/done', state: 'done', when: { lifecycle: 'done' } },
    { id: 'gates/no-pr', state: 'no_pr', when: { lifecycle: 'no_pr' } },
    { id: 'gates/person-spoke', state: 'human_comment_pause', when: { lifecycle: 'human_comment_pause' } },
    { id: 'gates/conflict', state: 'conflict_resolution', when: { mergeability: 'conflict' } },
    { id: 'gates/unproved', state: 'facts_unproved', when: { lifecycle: 'facts_unproved' } },
    { id: 'gates/checks-failed', state: 'checks_failed', when: { lifecycle: 'checks_failed' } },
    {
      id: 'gates/blocked',
      state: 'blocked_needs_user_decision',
      when: { lifecycle: 'blocked_needs_user_decision' },
    },
    {
      id: 'gates/agent-called',
      state: 'blocked_by_copilot_comment',
      when: { lifecycle: 'blocked_by_copilot_comment' },
    },
    { id: 'gates/checks', state: 'waiting_for_ci', when: { lifecycle: 'waiting_for_ci' } },

    { id: 'gates/refinement', state: 'refinement_missing', when: { lifecycle: 'pr_draft', refinement: 'missing' } },
    {
      id: 'gates/draft-findings',
      state: 'draft_gate_findings',
      when: { lifecycle: 'pr_draft', draftGate: 'findings' },
    },
    { id: 'gates/draft-weak', state: 'gate_assurance_too_low', when: { lifecycle: 'pr_draft', draftGate: 'weak' } },
    {
      id: 'gates/draft-gate',
      state: 'draft_review',
      when: { lifecycle: 'pr_draft', draftGate: ['none', 'earlier', 'blocked'] },
    },
    { id: 'gates/stop-at-draft', state: 'stopped_at_draft', when: { lifecycle: 'pr_draft', stopAtDraft: true } },
    { id: 'gates/leave-draft', state: 'pr_draft', when: { lifecycle: 'pr_draft' } },

    { id: 'gates/feedback', state: 'unresolved_feedback_present', when: { lifecycle: 'unresolved_feedback_present' } },
    {
      id: 'gates/answered',
      state: 'already_fixed_needs_reply_resolve',
      when: { lifecycle: 'already_fixed_needs_reply_resolve' },
    },
    {
      id: 'gates/review-requested',
      state: 'waiting_for_copilot_review',
      when: { lifecycle: 'waiting_for_copilot_review' },
    },
    { id: 'gates/request', state: 'pr_ready_no_feedback', when: { lifecycle: 'pr_ready_no_feedback' } },
    { id: 'gates/rerequest', state: 'ready_to_rerequest_review', when: { lifecycle: 'ready_to_rerequest_review' } },
    {
      id: 'gates/unavailable',
      state: 'review_request_unavailable',
      when: { lifecycle: 'review_request_unavailable', onUnavailable: 'person' },
    },
    {
      id: 'gates/never-requested',
      state: 'post_draft_external_review',
      when: { lifecycle: ['clean_converged', 'low_signal_converged'], formalRequest: 'needed' },
    },

    // From here on the reviews have converged.
    { id: 'gates/behind', state: 'branch_behind', when: { mergeability: 'behind' } },
    { id: 'gates/draft-gate-findings', state: 'draft_gate_findings', when: { draftGate: 'findings' } },
    { id: 'gates/draft-gate-weak', state: 'gate_assurance_too_low', when: { draftGate: 'weak' } },
    { id: 'gates/draft-gate-missing', state: 'draft_gate_needed', when: { draftGate: ['none', 'blocked'] } },
    { id: 'gates/pre-approval-findings', state: 'pre_approval_gate_findings', when: { preApproval: 'findings' } },
    { id: 'gates/pre-approval-weak', state: 'gate_assurance_too_low', when: { preApproval: 'weak' } },
    {
      id: 'gates/stop-at-pre-approval',
      state: 'stopped_at_pre_approval',
      when: { preApproval: ['none', 'blocked'], stopAtPreApproval: true },
    },
    { id: 'gates/pre-approval-never-run', state: 'pre_approval_gate_needed', when: { preApproval: 'none' } },
    { id: 'gates/pre-approval-again', state: 'pre_approval_gate_window', when: { preApproval: 'blocked' } },

    { id: 'gates/retrospective', state: 'retrospective_gate_pending', when: { retrospective: 'pending' } },
    { id: 'gates/stop-at-merge', state: 'await_final_human_approval', when: { stopAtMerge: true } },
    { id: 'gates/approval-withheld', state: 'await_final_human_approval', when: { approval: 'withheld' } },
    {
      id: 'gates/protected-paths',
      state: 'await_final_human_approval',
      when: { protectedPaths: ['touched', null] },
    },
    { id: 'gates/mergeability-unknown', state: 'mergeability_unknown', when: { mergeability: 'unknown' } },
    { id: 'gates/merge-blocked', state: 'merge_blocked', when: { mergeability: 'blocked' } },
    { id: 'gates/merge', state: 'declare_merge_ready', when: {} },
  ],
  states: {
    done: { next: null, to: [] },
    no_pr: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    facts_unproved: {
      next: { step: 'observe', by: 'wait' },
      changes: ['lifecycle'],
      to: ['waiting_for_ci', 'unresolved_feedback_present', 'waiting_for_copilot_review'],
      wait: { limit: 'mergeability', end: 'human' },
    },
    human_comment_pause: { next: { step: 'hear_comments', by: 'human' }, to: [] },
    blocked_by_copilot_comment: { next: { step: 'hear_comments', by: 'human' }, to: [] },
    conflict_resolution: {
      next: { step: 'resolve_merge_conflicts', by: 'agent' },
      changes: BY_PUSH,
      to: ['waiting_for_ci', 'checks_failed', 'draft_review'],
    },
    checks_failed: {
      next: { step: 'fix_checks', by: 'agent' },
      changes: BY_PUSH,
      to: ['waiting_for_ci', 'draft_review', 'ready_to_rerequest_review'],
    },
    blocked_needs_user_decision: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    waiting_for_ci: {
      next: { step: 'wait_for_ci', by: 'wait' },
      changes: ['lifecycle'],
      to: [
        'checks_failed',
        'draft_review',
        'pr_draft',
        'pr_ready_no_feedback',
        'ready_to_rerequest_review',
        'draft_gate_needed',
        'pre_approval_gate_needed',
      ],
      wait: { limit: 'checks', end: 'human' },
    },
    refinement_missing: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    draft_review: {
      next: { step: 'run_draft_gate', by: 'command' },
      changes: ['draftGate'],
      to: ['pr_draft', 'stopped_at_draft', 'draft_gate_findings', 'gate_assurance_too_low'],
    },
    draft_gate_findings: {
      next: { step: 'fix_gate', by: 'agent' },
      changes: BY_PUSH,
      to: ['waiting_for_ci', 'draft_review', 'draft_gate_needed'],
    },
    gate_assurance_too_low: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    stopped_at_draft: { next: { step: 'confirm_draft', by: 'human' }, to: [] },
    pr_draft: {
      next: { step: 'mark_ready_for_review', by: 'command' },
      changes: ['lifecycle'],
      to: ['pr_ready_no_feedback', 'pre_approval_gate_needed', 'waiting_for_copilot_review'],
    },
    pr_ready_no_feedback: {
      next: { step: 'request_copilot_review', by: 'command' },
      changes: ['lifecycle'],
      to: ['waiting_for_copilot_review', 'review_request_unavailable', 'pre_approval_gate_needed'],
    },
    post_draft_external_review: {
      next: { step: 'request_copilot_review', by: 'command' },
      changes: ['lifecycle', 'formalRequest'],
      to: ['waiting_for_copilot_review', 'review_request_unavailable'],
    },
    waiting_for_copilot_review: {
      next: { step: 'wait_for_copilot_review', by: 'wait' },
      changes: ['lifecycle', 'approval', 'formalRequest'],
      to: [
        'unresolved_feedback_present',
        'draft_gate_needed',
        'pre_approval_gate_needed',
        'review_request_unavailable',
        'waiting_for_ci',
      ],
      wait: { limit: 'review', end: 'facts' },
    },
    unresolved_feedback_present: {
      next: { step: 'address_review_feedback', by: 'agent' },
      changes: BY_PUSH,
      to: ['already_fixed_needs_reply_resolve', 'waiting_for_ci'],
    },
    already_fixed_needs_reply_resolve: {
      next: { step: 'reply_resolve_review_threads', by: 'command' },
      changes: ['lifecycle'],
      to: ['ready_to_rerequest_review', 'waiting_for_ci', 'pre_approval_gate_needed', 'unresolved_feedback_present'],
    },
    ready_to_rerequest_review: {
      next: { step: 'rerequest_copilot_review', by: 'command' },
      changes: ['lifecycle'],
      to: ['waiting_for_copilot_review', 'review_request_unavailable'],
    },
    review_request_unavailable: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    branch_behind: {
      next: { step: 'resolve_merge_conflicts', by: 'agent' },
      changes: BY_PUSH,
      to: ['waiting_for_ci', 'ready_to_rerequest_review', 'pre_approval_gate_needed'],
    },
    draft_gate_needed: {
      next: { step: 'reconcile_draft_gate', by: 'command' },
      changes: ['draftGate'],
      to: [
        'draft_gate_findings',
        'gate_assurance_too_low',
        'pre_approval_gate_needed',
        'retrospective_gate_pending',
        'declare_merge_ready',
      ],
    },
    pre_approval_gate_needed: {
      next: { step: 'run_pre_approval_gate', by: 'command' },
      changes: ['preApproval'],
      to: [
        'pre_approval_gate_findings',
        'pre_approval_gate_window',
        'gate_assurance_too_low',
        'retrospective_gate_pending',
        'declare_merge_ready',
        'await_final_human_approval',
        'mergeability_unknown',
        'merge_blocked',
      ],
    },
    pre_approval_gate_window: {
      next: { step: 'run_pre_approval_gate', by: 'command' },
      changes: ['preApproval'],
      to: [
        'pre_approval_gate_findings',
        'retrospective_gate_pending',
        'declare_merge_ready',
        'await_final_human_approval',
      ],
    },
    pre_approval_gate_findings: {
      next: { step: 'fix_gate', by: 'agent' },
      changes: BY_PUSH,
      to: ['waiting_for_ci', 'ready_to_rerequest_review', 'pre_approval_gate_needed'],
    },
    stopped_at_pre_approval: { next: { step: 'confirm_pre_approval', by: 'human' }, to: [] },
    retrospective_gate_pending: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    await_final_human_approval: { next: { step: 'await_final_human_approval', by: 'human' }, to: [] },
    mergeability_unknown: {
      next: { step: 'wait_for_mergeability', by: 'wait' },
      changes: ['mergeability'],
      to: ['declare_merge_ready', 'merge_blocked', 'branch_behind', 'conflict_resolution'],
      wait: { limit: 'mergeability', end: 'human' },
    },
    merge_blocked: {
      next: { step: 'wait_for_mergeability', by: 'wait' },
      changes: ['mergeability'],
      to: ['declare_merge_ready', 'branch_behind', 'mergeability_unknown'],
      wait: { limit: 'mergeability', end: 'human' },
    },
    declare_merge_ready: {
      next: { step: 'merge', by: 'command' },
      changes: ['lifecycle', 'mergeability'],
      to: ['done', 'mergeability_unknown', 'branch_behind', 'conflict_resolution'],
    },
  },
})

export type PullRequestState = StateOf<typeof pullRequest>
