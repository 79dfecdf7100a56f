/**
 * The machine `reviewer`: how far is our own review of a pull request?
 *
 * A pending review on GitHub tells more than what was noted here, and a closed pull request more than
 * either. What was noted about plan and runs names no commit, so it never speaks for a head that came after
 * a submitted review. A submission that only a person may make is that person's step, not a wait.
 *
 * The predecessor's `waiting_for_author_followup` and `waiting_for_re_request` are gone: nothing led there.
 */
import { machine, type StateOf } from '../machine.ts'

/** `outdated`: made for a commit that is not the head any more. */
const REVIEWS = ['none', 'standing', 'outdated', null] as const

export const reviewer = machine({
  name: 'reviewer',
  facts: {
    pr: ['missing', 'draft', 'open', 'over'],
    /** Whether planning, a run, the merge of results or the submission failed. */
    failed: [true, false],
    /** Our pending review, which only its author sees. */
    pending: REVIEWS,
    notified: [true, false],
    submitted: REVIEWS,
    requested: [true, false, null],
    /** Noted here: the review was submitted. */
    submission: [true, false],
    prepared: [true, false],
    runs: ['none', 'running', 'completed'],
    planning: [true, false],
  },
  rules: [
    {
      id: 'reviewer/nothing-to-review',
      state: 'waiting_for_review_request',
      when: { pr: ['missing', 'draft', 'over'] },
    },
    { id: 'reviewer/failed', state: 'blocked_needs_user_decision', when: { failed: true } },
    { id: 'reviewer/pending-unknown', state: 'facts_unproved', when: { pending: null } },
    { id: 'reviewer/pending-outdated', state: 'review_invalidated', when: { pending: 'outdated' } },
    { id: 'reviewer/notified', state: 'waiting_for_user_submit', when: { pending: 'standing', notified: true } },
    { id: 'reviewer/pending', state: 'draft_review_posted', when: { pending: 'standing' } },
    { id: 'reviewer/submitted-unknown', state: 'facts_unproved', when: { submitted: null } },
    { id: 'reviewer/asked-again', state: 'review_requested', when: { submitted: 'outdated', requested: true } },
    { id: 'reviewer/asked-unknown', state: 'facts_unproved', when: { submitted: 'outdated', requested: null } },
    { id: 'reviewer/submitted', state: 'submitted_review', when: { submitted: ['standing', 'outdated'] } },
    { id: 'reviewer/noted-submitted', state: 'submitted_review', when: { submission: true } },
    { id: 'reviewer/prepared', state: 'draft_review_ready', when: { prepared: true } },
    { id: 'reviewer/runs-completed', state: 'merge_results', when: { runs: 'completed' } },
    { id: 'reviewer/runs', state: 'reviews_running', when: { runs: 'running' } },
    { id: 'reviewer/planning', state: 'determine_review_plan', when: { planning: true } },
    { id: 'reviewer/requested', state: 'review_requested', when: { requested: true } },
    { id: 'reviewer/requests-unknown', state: 'facts_unproved', when: { requested: null } },
    { id: 'reviewer/not-requested', state: 'waiting_for_review_request', when: {} },
  ],
  states: {
    waiting_for_review_request: {
      next: { step: 'wait_for_review_request', by: 'wait' },
      changes: ['requested', 'pr'],
      to: ['review_requested'],
      wait: { limit: 'review', end: 'human' },
    },
    review_requested: {
      next: { step: 'capture_review_context', by: 'agent' },
      changes: ['planning', 'failed'],
      to: ['determine_review_plan', 'blocked_needs_user_decision'],
    },
    determine_review_plan: {
      next: { step: 'choose_review_angles', by: 'agent' },
      changes: ['planning', 'runs', 'failed'],
      to: ['reviews_running', 'blocked_needs_user_decision'],
    },
    reviews_running: {
      next: { step: 'wait_for_review_runs', by: 'wait' },
      changes: ['runs', 'failed'],
      to: ['merge_results', 'blocked_needs_user_decision'],
      wait: { limit: 'review', end: 'human' },
    },
    merge_results: {
      next: { step: 'merge_review_results', by: 'agent' },
      changes: ['prepared', 'failed'],
      to: ['draft_review_ready', 'blocked_needs_user_decision'],
    },
    draft_review_ready: {
      next: { step: 'post_draft_review', by: 'agent' },
      changes: ['pending', 'failed'],
      to: ['draft_review_posted', 'blocked_needs_user_decision'],
    },
    draft_review_posted: {
      next: { step: 'show_draft_review', by: 'agent' },
      changes: ['notified', 'pending', 'submitted'],
      to: ['waiting_for_user_submit', 'review_invalidated', 'submitted_review'],
    },
    waiting_for_user_submit: {
      next: { step: 'submit_review', by: 'human' },
      changes: ['pending', 'submitted'],
      to: ['submitted_review', 'review_invalidated'],
    },
    submitted_review: {
      next: { step: 'wait_for_author', by: 'wait' },
      changes: ['requested', 'submitted', 'pr'],
      to: ['review_requested', 'waiting_for_review_request'],
      wait: { limit: 'review', end: 'human' },
    },
    review_invalidated: {
      next: { step: 'discard_stale_draft', by: 'agent' },
      changes: ['pending'],
      to: ['review_requested'],
    },
    facts_unproved: {
      next: { step: 'observe', by: 'wait' },
      changes: ['pending', 'submitted', 'requested'],
      to: ['review_requested', 'submitted_review', 'waiting_for_review_request', 'draft_review_posted'],
      wait: { limit: 'mergeability', end: 'human' },
    },
    blocked_needs_user_decision: { next: { step: 'report_blocked', by: 'human' }, to: [] },
  },
})

export type ReviewerState = StateOf<typeof reviewer>
