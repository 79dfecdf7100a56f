/**
 * The machine `outer`: which loop goes on with a pull request, the one of the reviews or that of our own
 * review, or none?
 *
 * It composes and does not decide: what is to be done about the work is what `next` says. A wait of our own
 * review never stands before that work, and whoever has the word for too long without anything changing
 * loses it: first to the work, and where there is none to a person.
 */
import { machine, type StateOf } from '../machine.ts'
import { type ReviewState, review } from './review.ts'
import { type ReviewerState, reviewer } from './reviewer.ts'

/** The predecessor's `round_cap_reached` is no state any more, and still a word that somebody may say. */
export type CopilotState = ReviewState | 'round_cap_reached'
export type NextClass = 'work' | 'wait' | 'person' | 'done'

export function isReviewState(state: string): state is ReviewState {
  return Object.hasOwn(review.states, state)
}

export function isReviewerState(state: string): state is ReviewerState {
  return Object.hasOwn(reviewer.states, state)
}

export const COPILOT_STATES: readonly CopilotState[] = [
  ...Object.keys(review.states).filter(isReviewState),
  'round_cap_reached',
]

/** Our own review has a step that can be taken now. */
const ACTS = [
  'review_requested',
  'determine_review_plan',
  'merge_results',
  'draft_review_ready',
  'draft_review_posted',
  'review_invalidated',
] as const satisfies readonly ReviewerState[]

/** It is under way, and somebody else has to come to an end first. */
const TENDS = ['reviews_running', 'waiting_for_user_submit'] as const satisfies readonly ReviewerState[]

const BLOCKED = [
  'blocked_needs_user_decision',
  'human_comment_pause',
  'blocked_by_copilot_comment',
  'round_cap_reached',
] as const satisfies readonly CopilotState[]

const ANY = ['ownership', 'copilot', 'next', 'reviewer', 'reviewing'] as const

export const outer = machine({
  name: 'outer',
  facts: {
    target: ['valid', 'malformed'],
    /** `lost`: another run took over, or this one was asked to stop. `endless`: held, with nobody alive. */
    ownership: ['none', 'live_owner', 'duplicate_local_owners', 'endless', 'lost'],
    /** State of the machine `review`; unknown: a word that is none of its states. */
    copilot: [...COPILOT_STATES, null],
    /** Who has the next step of the work, once this run holds it. */
    next: ['work', 'wait', 'person', 'done'],
    /** State of the machine `reviewer`. */
    reviewer: [...Object.keys(reviewer.states).filter(isReviewerState), null],
    /** Whether our own review stands in this state, on this head, for longer than a review may take. */
    reviewing: ['within', 'over'],
  },
  rules: [
    { id: 'outer/target-malformed', state: 'needs_reconcile', when: { target: 'malformed' } },
    { id: 'outer/copilot-unknown', state: 'needs_reconcile', when: { copilot: null } },
    { id: 'outer/reviewer-unknown', state: 'needs_reconcile', when: { reviewer: null } },
    { id: 'outer/two-owners', state: 'needs_reconcile', when: { ownership: 'duplicate_local_owners' } },
    { id: 'outer/not-ours-any-more', state: 'needs_reconcile', when: { ownership: 'lost' } },
    { id: 'outer/done', state: 'done_terminal', when: { next: 'done' } },
    { id: 'outer/no-pr', state: 'stop_needs_human', when: { next: 'person', copilot: 'no_pr' } },
    { id: 'outer/held-without-end', state: 'stop_needs_human', when: { ownership: 'endless' } },
    {
      id: 'outer/review-unavailable',
      state: 'stop_needs_human',
      when: { next: 'person', copilot: 'review_request_unavailable' },
    },
    { id: 'outer/copilot-blocked', state: 'stop_needs_human', when: { next: 'person', copilot: BLOCKED } },
    { id: 'outer/person', state: 'stop_needs_human', when: { next: 'person' } },

    {
      id: 'outer/draft-held',
      state: 'stay_with_current_live_owner',
      when: { copilot: 'pr_draft', next: 'work', ownership: 'live_owner' },
    },
    { id: 'outer/draft', state: 'handoff_to_copilot_loop', when: { copilot: 'pr_draft', next: 'work' } },
    {
      id: 'outer/review-under-way',
      state: 'continue_current_wait',
      when: { copilot: 'waiting_for_copilot_review', next: 'wait' },
    },
    {
      id: 'outer/reviewer-held',
      state: 'stay_with_current_live_owner',
      when: { reviewer: ACTS, reviewing: 'within', ownership: 'live_owner' },
    },
    { id: 'outer/reviewer', state: 'handoff_to_reviewer_loop', when: { reviewer: ACTS, reviewing: 'within' } },
    {
      id: 'outer/work-held',
      state: 'stay_with_current_live_owner',
      when: { next: 'work', ownership: 'live_owner' },
    },
    { id: 'outer/work', state: 'handoff_to_copilot_loop', when: { next: 'work' } },

    // From here on the work waits.
    { id: 'outer/reviewer-blocked', state: 'stop_needs_human', when: { reviewer: 'blocked_needs_user_decision' } },
    {
      id: 'outer/reviewer-overdue',
      state: 'stop_needs_human',
      when: { reviewer: [...ACTS, ...TENDS], reviewing: 'over' },
    },
    {
      id: 'outer/tending-held',
      state: 'stay_with_current_live_owner',
      when: { reviewer: TENDS, ownership: 'live_owner' },
    },
    { id: 'outer/tending', state: 'handoff_to_reviewer_loop', when: { reviewer: TENDS } },
    { id: 'outer/wait', state: 'continue_current_wait', when: {} },
  ],
  states: {
    continue_current_wait: {
      next: { step: 'continue_wait', by: 'wait' },
      changes: ANY,
      to: [
        'handoff_to_copilot_loop',
        'handoff_to_reviewer_loop',
        'stay_with_current_live_owner',
        'stop_needs_human',
        'done_terminal',
        'needs_reconcile',
      ],
      // The wait of the work itself, which ends at a person or by facts.
      wait: { limit: 'deadline', end: 'facts' },
    },
    handoff_to_copilot_loop: {
      next: { step: 'reenter_copilot_loop', by: 'agent' },
      changes: ANY,
      to: [
        'continue_current_wait',
        'handoff_to_reviewer_loop',
        'stay_with_current_live_owner',
        'stop_needs_human',
        'done_terminal',
        'needs_reconcile',
      ],
    },
    handoff_to_reviewer_loop: {
      next: { step: 'reenter_reviewer_loop', by: 'agent' },
      changes: ANY,
      to: [
        'continue_current_wait',
        'handoff_to_copilot_loop',
        'stay_with_current_live_owner',
        'stop_needs_human',
        'done_terminal',
        'needs_reconcile',
      ],
    },
    stay_with_current_live_owner: {
      next: { step: 'continue_wait', by: 'wait' },
      changes: ANY,
      to: [
        'continue_current_wait',
        'handoff_to_copilot_loop',
        'handoff_to_reviewer_loop',
        'stop_needs_human',
        'done_terminal',
        'needs_reconcile',
      ],
      wait: { limit: 'holder', end: 'facts' },
    },
    stop_needs_human: { next: { step: 'stop', by: 'human' }, to: [] },
    done_terminal: { next: null, to: [] },
    needs_reconcile: { next: { step: 'stop', by: 'human' }, to: [] },
  },
  possible: (f) => (f.next !== 'done' || f.copilot === 'done') && (f.copilot !== 'no_pr' || f.next === 'person'),
})

export type OuterState = StateOf<typeof outer>
