/**
 * The machine `startup`: is what is known of a target enough to start or resume it?
 *
 * Everything that the bundle is built from must be given, and fit together: what is linked, what kind of
 * thing is worked on and whether that is still open. What cannot be seen is not there: a run that goes on
 * by itself has to be visible.
 */
import { machine } from '../machine.ts'

const LINKED = ['linked_issue', 'linked_copilot_issue'] as const
const UNLINKED = ['issue', 'copilot_issue'] as const

export const startup = machine({
  name: 'startup',
  facts: {
    state: ['valid', 'none'],
    /** The first part of the request whose value is none of its words. */
    input: [
      'valid',
      'intent',
      'mode',
      'auto_is_durable',
      'target_preference',
      'async_run',
      'linkage',
      'readiness',
      'assignment',
      'retrospective',
    ],
    loop: ['none', 'prior_linked_pr_closed_unmerged', 'linked_pr_ready_for_followup', 'other'],
    /** `copilot_…`: owned by the coding agent. */
    target: ['issue', 'copilot_issue', 'linked_issue', 'linked_copilot_issue', 'pr', 'local'],
    linkage: ['resolved_linked_pr', 'resolved_no_open_pr', 'none'],
    /** Whether it is said if the issue is ready and whom it is assigned to. */
    issueFacts: ['given', 'lacking'],
    /** Whether the machine `routing` finds a way. */
    routed: [true, false],
    artifact: ['none', 'not_applicable', 'open', 'over'],
    done: [true, false],
    /** What is known of the run that goes on by itself, where one is meant to. */
    durable: ['not_asked', 'visible', 'unproved'],
  },
  rules: [
    { id: 'startup/no-state', state: 'needs_reconcile', when: { state: 'none' } },
    { id: 'startup/intent', state: 'needs_reconcile', when: { input: 'intent' } },
    { id: 'startup/mode', state: 'needs_reconcile', when: { input: 'mode' } },
    { id: 'startup/auto-is-durable', state: 'needs_reconcile', when: { input: 'auto_is_durable' } },
    { id: 'startup/target-preference', state: 'needs_reconcile', when: { input: 'target_preference' } },
    { id: 'startup/async-run', state: 'needs_reconcile', when: { input: 'async_run' } },
    { id: 'startup/linkage', state: 'needs_reconcile', when: { input: 'linkage' } },
    { id: 'startup/readiness', state: 'needs_reconcile', when: { input: 'readiness' } },
    { id: 'startup/assignment', state: 'needs_reconcile', when: { input: 'assignment' } },
    { id: 'startup/retrospective', state: 'needs_reconcile', when: { input: 'retrospective' } },
    { id: 'startup/no-loop-state', state: 'needs_reconcile', when: { loop: 'none' } },
    {
      id: 'startup/prior-pr-closed',
      state: 'needs_reconcile',
      when: { loop: 'prior_linked_pr_closed_unmerged' },
    },
    {
      id: 'startup/followup-of-nothing',
      state: 'needs_reconcile',
      when: { loop: 'linked_pr_ready_for_followup', target: [...UNLINKED, 'linked_issue', 'local'] },
    },
    {
      id: 'startup/linkage-unknown',
      state: 'needs_reconcile',
      when: { target: [...UNLINKED, ...LINKED], linkage: 'none' },
    },
    {
      id: 'startup/link-denied',
      state: 'needs_reconcile',
      when: { target: LINKED, linkage: 'resolved_no_open_pr' },
    },
    {
      id: 'startup/link-not-given',
      state: 'needs_reconcile',
      when: { target: UNLINKED, linkage: 'resolved_linked_pr' },
    },
    {
      id: 'startup/link-of-no-issue',
      state: 'needs_reconcile',
      when: { target: ['pr', 'local'], linkage: ['resolved_linked_pr', 'resolved_no_open_pr'] },
    },
    {
      id: 'startup/issue-facts-lacking',
      state: 'needs_reconcile',
      when: { target: 'copilot_issue', issueFacts: 'lacking' },
    },
    { id: 'startup/not-routed', state: 'needs_reconcile', when: { routed: false } },
    { id: 'startup/no-artifact-state', state: 'needs_reconcile', when: { artifact: 'none' } },
    {
      id: 'startup/artifact-of-no-pr',
      state: 'needs_reconcile',
      when: { target: [...UNLINKED, 'local'], artifact: ['open', 'over'] },
    },
    {
      id: 'startup/pr-without-artifact',
      state: 'needs_reconcile',
      when: { target: [...LINKED, 'pr'], artifact: 'not_applicable' },
    },
    {
      id: 'startup/done-but-open',
      state: 'needs_reconcile',
      when: { target: [...LINKED, 'pr'], artifact: 'open', done: true },
    },
    {
      id: 'startup/over-but-not-done',
      state: 'needs_reconcile',
      when: { target: [...LINKED, 'pr'], artifact: 'over', done: false },
    },
    { id: 'startup/run-not-visible', state: 'needs_reconcile', when: { durable: 'unproved' } },
    { id: 'startup/resolved', state: 'resolved', when: {} },
  ],
  states: {
    resolved: { next: null, to: [] },
    needs_reconcile: { next: { step: 'reconcile', by: 'human' }, to: [] },
  },
})
