/**
 * The machine `routing-request`: is this a question that can be answered, and about which state?
 *
 * A request never overrides what is known: who asks to start an issue that has a pull request goes on
 * with that, and who names another number than the state does is refused.
 */
import { machine } from '../machine.ts'

/** The state is about a pull request, so there is nothing left to do locally first. */
const PULL_REQUEST = ['same_issue_with_pr', 'same_pr', 'other_pr'] as const

export const routingRequest = machine({
  name: 'routing-request',
  facts: {
    /** The first parameter whose value is none of its words. */
    input: ['valid', 'mode', 'target_preference', 'watch', 'issue_facts', 'retrospective', 'intent'],
    intent: [
      'start_on_issue',
      'continue_on_pr',
      'start_issue_locally',
      'start_issue_locally_then_continue',
      'continue_current',
      'auto_continue_current',
      'inspect_state',
    ],
    mode: ['none', 'bounded_handoff', 'durable_auto'],
    preference: ['prefer_github_first', 'prefer_local'],
    target: ['issue', 'pr', 'none'],
    /** What the given state is about, compared with the target; `invalid`: parts are missing or contradict. */
    state: [
      'none',
      'invalid',
      'same_issue',
      'same_issue_with_pr',
      'local_phase_of_issue',
      'same_pr',
      'other_pr',
      'other',
    ],
  },
  rules: [
    { id: 'routing-request/mode', state: 'refused', when: { input: 'mode' } },
    { id: 'routing-request/target-preference', state: 'refused', when: { input: 'target_preference' } },
    { id: 'routing-request/watch', state: 'refused', when: { input: 'watch' } },
    { id: 'routing-request/issue-facts', state: 'refused', when: { input: 'issue_facts' } },
    { id: 'routing-request/retrospective', state: 'refused', when: { input: 'retrospective' } },
    { id: 'routing-request/intent', state: 'refused', when: { input: 'intent' } },
    {
      id: 'routing-request/auto-is-durable',
      state: 'refused',
      when: { intent: 'auto_continue_current', mode: 'bounded_handoff' },
    },
    { id: 'routing-request/durable-needs-state', state: 'refused', when: { mode: 'durable_auto', state: 'none' } },
    { id: 'routing-request/state-invalid', state: 'refused', when: { state: 'invalid' } },

    {
      id: 'routing-request/state-needed',
      state: 'refused',
      when: {
        intent: ['inspect_state', 'continue_current', 'auto_continue_current', 'continue_on_pr'],
        state: 'none',
      },
    },
    { id: 'routing-request/inspect', state: 'state_given', when: { intent: 'inspect_state' } },
    { id: 'routing-request/auto-continue', state: 'state_given', when: { intent: 'auto_continue_current' } },
    {
      id: 'routing-request/local-after-pr',
      state: 'refused',
      when: {
        intent: ['continue_current', 'continue_on_pr', 'start_on_issue'],
        preference: 'prefer_local',
        state: PULL_REQUEST,
      },
    },
    { id: 'routing-request/continue', state: 'state_given', when: { intent: 'continue_current' } },
    {
      id: 'routing-request/continue-on-pr',
      state: 'state_given',
      when: { intent: 'continue_on_pr', target: 'pr', state: 'same_pr' },
    },
    { id: 'routing-request/not-that-pr', state: 'refused', when: { intent: 'continue_on_pr' } },
    { id: 'routing-request/issue-needed', state: 'refused', when: { target: ['pr', 'none'] } },

    {
      id: 'routing-request/start-known',
      state: 'state_given',
      when: {
        intent: 'start_on_issue',
        state: ['same_issue', 'same_issue_with_pr', 'local_phase_of_issue'],
      },
    },
    {
      id: 'routing-request/start-local',
      state: 'local_begins',
      when: { intent: 'start_on_issue', state: 'none', preference: 'prefer_local' },
    },
    { id: 'routing-request/start', state: 'issue_begins', when: { intent: 'start_on_issue', state: 'none' } },
    { id: 'routing-request/not-that-issue', state: 'refused', when: { intent: 'start_on_issue' } },
    { id: 'routing-request/locally-known', state: 'state_given', when: { state: 'local_phase_of_issue' } },
    { id: 'routing-request/locally', state: 'local_begins', when: { state: 'none' } },
    { id: 'routing-request/not-local', state: 'refused', when: {} },
  ],
  states: {
    state_given: { next: null, to: [] },
    issue_begins: { next: null, to: [] },
    local_begins: { next: null, to: [] },
    refused: { next: { step: 'reconcile', by: 'human' }, to: [] },
  },
  possible: (f) => {
    if (f.state === 'none' || f.state === 'invalid' || f.state === 'other' || f.state === 'other_pr') return true
    return f.state === 'same_pr' ? f.target === 'pr' : f.target === 'issue'
  },
})
