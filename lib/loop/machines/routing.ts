/**
 * The machine `routing`: which way does the public entry point send a target in this state?
 *
 * Its states are the gates of the predecessor's contract. Stops stand first, then what does not fit
 * together, then the routes. Whatever approves or merges needs a verdict on exactly this head, on any
 * kind of target, and a mergeability that GitHub has not computed is not clean.
 */
import { machine } from '../machine.ts'

const APPROVAL = ['approval_ready', 'merge_ready'] as const

export const routing = machine({
  name: 'routing',
  facts: {
    /** Whether there is a state that is whole and free of contradictions. */
    state: ['valid', 'none'],
    status: ['active', 'waiting', 'blocked', 'approval_ready', 'merge_ready', 'done', 'retrospective_gate_pending'],
    authorization: ['authorized', 'needs_confirmation', 'not_authorized'],
    /** `pr`: also an issue whose pull request is linked. */
    target: ['issue', 'pr', 'local'],
    /** Who takes a pull request on. */
    follower: ['external_human', 'reviewer', 'copilot', 'nobody'],
    evidence: ['clean_on_head', 'none'],
    /** `unknown`: GitHub was asked and has not computed it. */
    mergeability: ['settled', 'unknown'],
    preference: ['prefer_github_first', 'prefer_local'],
    /** An issue for the coding agent that does not say when it is done. */
    unrefined: [true, false],
    /** The caller only wants to wait, or only to look. */
    watch: [true, false],
    inspect: [true, false],
    retrospective: ['open', 'missing'],
  },
  rules: [
    { id: 'routing/no-state', state: 'fail_closed_reconcile', when: { state: 'none' } },
    { id: 'routing/blocked', state: 'stop_blocked_or_not_authorized', when: { status: 'blocked' } },
    {
      id: 'routing/not-authorized',
      state: 'stop_blocked_or_not_authorized',
      when: { authorization: 'not_authorized' },
    },
    { id: 'routing/done', state: 'stop_done_terminal', when: { status: 'done' } },
    {
      id: 'routing/retrospective-pending',
      state: 'fail_closed_reconcile',
      when: { status: 'retrospective_gate_pending' },
    },
    {
      id: 'routing/followed-by-nobody',
      state: 'fail_closed_reconcile',
      when: { status: 'active', target: 'pr', follower: 'nobody' },
    },
    {
      id: 'routing/watch-unconfirmed-while-inspecting',
      state: 'fail_closed_reconcile',
      when: { watch: true, inspect: true, status: 'merge_ready', authorization: 'needs_confirmation' },
    },
    {
      id: 'routing/merge-unconfirmed',
      state: 'waiting_for_merge_authorization',
      when: { status: 'merge_ready', authorization: 'needs_confirmation' },
    },
    { id: 'routing/approval-unproved', state: 'fail_closed_reconcile', when: { status: APPROVAL, evidence: 'none' } },
    {
      id: 'routing/mergeability-unknown',
      state: 'fail_closed_reconcile',
      when: { status: APPROVAL, mergeability: 'unknown' },
    },
    { id: 'routing/watch-while-inspecting', state: 'fail_closed_reconcile', when: { watch: true, inspect: true } },
    {
      id: 'routing/unrefined',
      state: 'issue_intake',
      when: { status: 'active', target: 'issue', preference: 'prefer_github_first', unrefined: true },
    },
    {
      id: 'routing/nothing-to-watch',
      state: 'fail_closed_reconcile',
      when: { watch: true, status: ['active', ...APPROVAL] },
    },
    {
      id: 'routing/retrospective-missing',
      state: 'fail_closed_reconcile',
      when: { retrospective: 'missing', inspect: false },
    },
    { id: 'routing/approval', state: 'final_approval', when: { status: APPROVAL } },
    { id: 'routing/wait', state: 'wait_watch', when: { status: 'waiting' } },
    { id: 'routing/local', state: 'local_implementation', when: { target: 'local' } },
    {
      id: 'routing/issue-preferred-local',
      state: 'local_implementation',
      when: { target: 'issue', preference: 'prefer_local' },
    },
    { id: 'routing/issue', state: 'issue_intake', when: { target: 'issue' } },
    { id: 'routing/external', state: 'external_pr_followup', when: { follower: 'external_human' } },
    { id: 'routing/reviewer', state: 'reviewer_fixer', when: { follower: 'reviewer' } },
    { id: 'routing/copilot', state: 'copilot_pr_followup', when: {} },
  ],
  states: {
    stop_blocked_or_not_authorized: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    stop_done_terminal: { next: null, to: [] },
    final_approval: { next: { step: 'await_final_human_approval', by: 'human' }, to: [] },
    waiting_for_merge_authorization: { next: { step: 'await_final_human_approval', by: 'human' }, to: [] },
    wait_watch: {
      next: { step: 'observe', by: 'wait' },
      changes: ['status', 'evidence', 'authorization', 'follower'],
      to: [
        'stop_done_terminal',
        'stop_blocked_or_not_authorized',
        'waiting_for_merge_authorization',
        'final_approval',
        'local_implementation',
        'issue_intake',
        'external_pr_followup',
        'reviewer_fixer',
        'copilot_pr_followup',
      ],
      wait: { limit: 'deadline', end: 'human' },
    },
    local_implementation: { next: null, to: [] },
    issue_intake: { next: null, to: [] },
    external_pr_followup: { next: null, to: [] },
    reviewer_fixer: { next: null, to: [] },
    copilot_pr_followup: { next: null, to: [] },
    fail_closed_reconcile: { next: { step: 'reconcile', by: 'human' }, to: [] },
  },
})
