/**
 * The machine `review`: request, wait, fix, answer, ask again, for the reviewer that policy names.
 *
 * Open remarks stand above red checks, because repairing them makes a new commit anyway; red checks
 * stand above a running review, because that commit will not be merged. The cap bounds requests only:
 * at the cap remarks are still answered and checks still waited for. A review that never comes is the
 * same as one that cannot be asked for.
 *
 * The predecessor's `round_cap_reached` is gone: it ended the work where there was still something to
 * do, and with the cap on requests no facts lead to it.
 */
import { REQUESTS, REVIEWED } from '../../facts/copilot-reviews.ts'
import { SPOKEN } from '../../facts/spoken.ts'
import { THREADS } from '../../facts/threads.ts'
import { machine, type StateOf } from '../machine.ts'

const WAITING = ['pending', 'none', 'unknown'] as const

/** What may differ once a new commit is on the branch. */
const BY_PUSH = ['ci', 'reviewed', 'threads', 'request', 'rounds', 'lowSignal'] as const

export const review = machine({
  name: 'review',
  facts: {
    pr: ['missing', 'draft', 'open', 'merged', 'closed'],
    ci: ['success', 'crediblyGreen', 'failure', 'needs_approval', 'pending', 'none', 'unknown'],
    requireCi: [true, false],
    /** Whether a person said something that nobody acknowledged, and policy wants it heard. */
    spoken: SPOKEN,
    /** Unresolved threads of anybody. */
    threads: THREADS,
    /** Whether policy names a reviewer. */
    reviewer: ['asked', 'none'],
    /** Whether only internal files change. */
    internal: [true, false],
    request: REQUESTS,
    reviewed: REVIEWED,
    rounds: ['below', 'at_cap'],
    lowSignal: [true, false],
  },
  rules: [
    { id: 'review/no-pr', state: 'no_pr', when: { pr: 'missing' } },
    { id: 'review/merged', state: 'done', when: { pr: 'merged' } },
    { id: 'review/closed', state: 'done', when: { pr: 'closed' } },
    { id: 'review/person-spoke', state: 'human_comment_pause', when: { spoken: 'person' } },
    { id: 'review/comments-unknown', state: 'facts_unproved', when: { spoken: null } },

    { id: 'review/draft-red', state: 'checks_failed', when: { pr: 'draft', ci: 'failure' } },
    {
      id: 'review/draft-approval',
      state: 'blocked_needs_user_decision',
      when: { pr: 'draft', requireCi: true, ci: 'needs_approval' },
    },
    { id: 'review/draft-checks', state: 'waiting_for_ci', when: { pr: 'draft', requireCi: true, ci: WAITING } },
    { id: 'review/draft', state: 'pr_draft', when: { pr: 'draft' } },

    { id: 'review/threads-unknown', state: 'facts_unproved', when: { threads: null } },
    { id: 'review/unanswered', state: 'unresolved_feedback_present', when: { threads: 'unanswered' } },
    { id: 'review/answered', state: 'already_fixed_needs_reply_resolve', when: { threads: 'answered' } },
    { id: 'review/red', state: 'checks_failed', when: { ci: 'failure' } },
    { id: 'review/approval', state: 'blocked_needs_user_decision', when: { ci: 'needs_approval' } },

    { id: 'review/no-reviewer-checks', state: 'waiting_for_ci', when: { reviewer: 'none', ci: WAITING } },
    { id: 'review/no-reviewer', state: 'no_reviewer_direct_gate', when: { reviewer: 'none' } },
    { id: 'review/internal-checks', state: 'waiting_for_ci', when: { internal: true, ci: WAITING } },
    { id: 'review/internal', state: 'internal_tooling_direct_gate', when: { internal: true } },

    { id: 'review/request-unknown', state: 'facts_unproved', when: { request: null } },
    { id: 'review/reviews-unknown', state: 'facts_unproved', when: { reviewed: null } },
    { id: 'review/requested', state: 'waiting_for_copilot_review', when: { request: 'requested' } },
    {
      id: 'review/changes-requested',
      state: 'unresolved_feedback_present',
      when: { reviewed: 'changes_requested_on_head' },
    },
    { id: 'review/checks', state: 'waiting_for_ci', when: { ci: WAITING } },
    { id: 'review/converged', state: 'clean_converged', when: { reviewed: 'on_head' } },
    { id: 'review/request-failed', state: 'blocked_needs_user_decision', when: { request: 'failed' } },
    { id: 'review/unavailable', state: 'review_request_unavailable', when: { request: ['unavailable', 'overdue'] } },
    { id: 'review/round-cap', state: 'round_cap_clean_fallback', when: { rounds: 'at_cap' } },
    { id: 'review/low-signal', state: 'low_signal_converged', when: { lowSignal: true } },
    { id: 'review/agent-called', state: 'blocked_by_copilot_comment', when: { request: 'called' } },
    { id: 'review/again', state: 'ready_to_rerequest_review', when: { reviewed: 'before' } },
    { id: 'review/first', state: 'pr_ready_no_feedback', when: {} },
  ],
  states: {
    no_pr: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    done: { next: null, to: [] },
    facts_unproved: {
      next: { step: 'observe', by: 'wait' },
      changes: ['spoken', 'threads', 'request', 'reviewed', 'ci', 'rounds', 'lowSignal'],
      to: ['unresolved_feedback_present', 'waiting_for_copilot_review', 'waiting_for_ci', 'clean_converged'],
      wait: { limit: 'mergeability', end: 'human' },
    },
    checks_failed: {
      next: { step: 'fix_checks', by: 'agent' },
      changes: BY_PUSH,
      to: ['waiting_for_ci', 'pr_draft', 'waiting_for_copilot_review', 'ready_to_rerequest_review'],
    },
    human_comment_pause: { next: { step: 'hear_comments', by: 'human' }, to: [] },
    blocked_by_copilot_comment: { next: { step: 'hear_comments', by: 'human' }, to: [] },
    blocked_needs_user_decision: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    waiting_for_ci: {
      next: { step: 'wait_for_ci', by: 'wait' },
      changes: ['ci'],
      to: [
        'checks_failed',
        'blocked_needs_user_decision',
        'pr_draft',
        'pr_ready_no_feedback',
        'ready_to_rerequest_review',
        'clean_converged',
        'round_cap_clean_fallback',
        'low_signal_converged',
        'review_request_unavailable',
        'blocked_by_copilot_comment',
        'internal_tooling_direct_gate',
        'no_reviewer_direct_gate',
      ],
      wait: { limit: 'checks', end: 'human' },
    },
    pr_draft: {
      next: { step: 'mark_ready_for_review', by: 'command' },
      changes: ['pr'],
      to: ['pr_ready_no_feedback', 'no_reviewer_direct_gate', 'internal_tooling_direct_gate', 'facts_unproved'],
    },
    pr_ready_no_feedback: {
      next: { step: 'request_copilot_review', by: 'command' },
      changes: ['request'],
      to: ['waiting_for_copilot_review', 'review_request_unavailable'],
    },
    waiting_for_copilot_review: {
      next: { step: 'wait_for_copilot_review', by: 'wait' },
      changes: ['request', 'reviewed', 'threads', 'rounds', 'lowSignal', 'ci'],
      to: [
        'unresolved_feedback_present',
        'clean_converged',
        'waiting_for_ci',
        'checks_failed',
        'review_request_unavailable',
      ],
      wait: { limit: 'review', end: 'facts' },
    },
    unresolved_feedback_present: {
      next: { step: 'address_review_feedback', by: 'agent' },
      changes: BY_PUSH,
      to: ['already_fixed_needs_reply_resolve', 'waiting_for_ci', 'ready_to_rerequest_review'],
    },
    already_fixed_needs_reply_resolve: {
      next: { step: 'reply_resolve_review_threads', by: 'command' },
      changes: ['threads'],
      to: [
        'unresolved_feedback_present',
        'ready_to_rerequest_review',
        'waiting_for_ci',
        'checks_failed',
        'clean_converged',
        'round_cap_clean_fallback',
        'low_signal_converged',
      ],
    },
    ready_to_rerequest_review: {
      next: { step: 'rerequest_copilot_review', by: 'command' },
      changes: ['request'],
      to: ['waiting_for_copilot_review', 'review_request_unavailable'],
    },
    review_request_unavailable: { next: null, to: [] },
    clean_converged: { next: null, to: [] },
    round_cap_clean_fallback: { next: null, to: [] },
    low_signal_converged: { next: null, to: [] },
    internal_tooling_direct_gate: { next: null, to: [] },
    no_reviewer_direct_gate: { next: null, to: [] },
  },
  possible: (f) => {
    // A commit that was reviewed on the head was reviewed at least once; a cap is at least one round.
    if (f.rounds === 'at_cap' && f.reviewed === 'never') return false
    return f.lowSignal === false || f.reviewed === 'before' || f.reviewed === 'on_head' || f.reviewed === null
  },
})

export type ReviewState = StateOf<typeof review>
