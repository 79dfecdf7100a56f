/**
 * The machine `bootstrap`: Copilot was asked to work on an issue; is its pull request there, and is there
 * anything in it yet?
 *
 * A session that runs stands above what the pull request shows, because it is about to change. What was
 * closed without a merge is for a person; what is not known is asked for again, never taken for absence.
 */
import { ACTIVITIES } from '../../facts/copilot-session.ts'
import { machine, type StateOf } from '../machine.ts'

const ALL = ['link', 'session', 'stage'] as const

export const bootstrap = machine({
  name: 'bootstrap',
  facts: {
    /** The pull request that closes the issue; `closed_before`: none is open, and one was closed unmerged. */
    link: ['open', 'closed_before', 'none', null],
    /** Of the coding agent; looked at only where the open pull request is its own draft. */
    session: ['not_asked', ...ACTIVITIES],
    /** `initial`: nothing but the agent's announcement of its plan. */
    stage: ['initial', 'further', null],
  },
  rules: [
    { id: 'bootstrap/link-unknown', state: 'facts_unproved', when: { link: null } },
    { id: 'bootstrap/closed-before', state: 'prior_linked_pr_closed_unmerged', when: { link: 'closed_before' } },
    { id: 'bootstrap/no-link', state: 'no_linked_pr', when: { link: 'none' } },
    { id: 'bootstrap/session', state: 'copilot_session_active', when: { session: 'active' } },
    { id: 'bootstrap/session-unknown', state: 'facts_unproved', when: { session: null } },
    { id: 'bootstrap/stage-unknown', state: 'facts_unproved', when: { stage: null } },
    { id: 'bootstrap/initial', state: 'waiting_for_initial_copilot_implementation', when: { stage: 'initial' } },
    { id: 'bootstrap/ready', state: 'linked_pr_ready_for_followup', when: {} },
  ],
  states: {
    facts_unproved: {
      next: { step: 'observe', by: 'wait' },
      changes: ALL,
      to: ['copilot_session_active', 'waiting_for_initial_copilot_implementation', 'linked_pr_ready_for_followup'],
      wait: { limit: 'mergeability', end: 'human' },
    },
    no_linked_pr: {
      next: { step: 'observe', by: 'wait' },
      changes: ALL,
      to: ['copilot_session_active', 'waiting_for_initial_copilot_implementation', 'linked_pr_ready_for_followup'],
      wait: { limit: 'checks', end: 'human' },
    },
    prior_linked_pr_closed_unmerged: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    copilot_session_active: {
      next: { step: 'observe', by: 'wait' },
      changes: ['session', 'stage'],
      to: ['linked_pr_ready_for_followup', 'waiting_for_initial_copilot_implementation'],
      wait: { limit: 'checks', end: 'human' },
    },
    waiting_for_initial_copilot_implementation: {
      next: { step: 'observe', by: 'wait' },
      changes: ['session', 'stage'],
      to: ['copilot_session_active', 'linked_pr_ready_for_followup'],
      wait: { limit: 'checks', end: 'human' },
    },
    // The pull request's own machines go on from here.
    linked_pr_ready_for_followup: { next: null, to: [] },
  },
  possible: ({ link, session, stage }) => {
    if (link !== 'open') return session === 'not_asked' && stage === 'further'
    return session !== 'not_asked' || stage !== 'initial'
  },
})

export type BootstrapState = StateOf<typeof bootstrap>
