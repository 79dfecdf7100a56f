/**
 * The machine `tracker`: where is a piece of work, by the word of its tracker and by its pull request?
 *
 * A word that the tracker gives is believed: whoever keeps the board decides. An issue on GitHub is often
 * only open, and then its pull request says how far the work is. Nobody of ours takes these steps; they
 * are what the keeper of the tracker does next.
 */
import { machine, type StateOf } from '../machine.ts'

/** What can change a tracker is everything in it. */
const ANYTHING = ['said', 'pullRequest'] as const

export const tracker = machine({
  name: 'tracker',
  facts: {
    /** `nothing`: open, and no more. */
    said: [
      'nothing',
      'drafting',
      'needs_triage',
      'in_progress',
      'in_review',
      'merge_ready',
      'blocked',
      'completed',
      'unknown',
    ],
    /** `merge_ready`: only the merge, or a person's word for it, is left. */
    pullRequest: ['none', 'draft', 'open', 'merge_ready', 'merged', null],
  },
  rules: [
    { id: 'tracker/said-drafting', state: 'drafting', when: { said: 'drafting' } },
    { id: 'tracker/said-needs-triage', state: 'needs_triage', when: { said: 'needs_triage' } },
    { id: 'tracker/said-in-progress', state: 'in_progress', when: { said: 'in_progress' } },
    { id: 'tracker/said-in-review', state: 'in_review', when: { said: 'in_review' } },
    { id: 'tracker/said-merge-ready', state: 'merge_ready', when: { said: 'merge_ready' } },
    { id: 'tracker/said-blocked', state: 'blocked', when: { said: 'blocked' } },
    { id: 'tracker/said-completed', state: 'completed', when: { said: 'completed' } },
    { id: 'tracker/said-unknown', state: 'unknown', when: { said: 'unknown' } },

    { id: 'tracker/links-unknown', state: 'unknown', when: { pullRequest: null } },
    { id: 'tracker/merged-and-open', state: 'unknown', when: { pullRequest: 'merged' } },
    { id: 'tracker/pr-merge-ready', state: 'merge_ready', when: { pullRequest: 'merge_ready' } },
    { id: 'tracker/pr-open', state: 'in_review', when: { pullRequest: 'open' } },
    { id: 'tracker/pr-draft', state: 'in_progress', when: { pullRequest: 'draft' } },
    { id: 'tracker/only-open', state: 'needs_triage', when: {} },
  ],
  states: {
    drafting: {
      next: { step: 'triage_or_block', by: 'human' },
      changes: ANYTHING,
      to: ['needs_triage', 'blocked', 'unknown'],
    },
    needs_triage: {
      next: { step: 'start_work', by: 'human' },
      changes: ANYTHING,
      to: ['in_progress', 'blocked', 'drafting', 'unknown'],
    },
    in_progress: {
      next: { step: 'review', by: 'human' },
      changes: ANYTHING,
      to: ['in_review', 'blocked', 'needs_triage', 'unknown'],
    },
    in_review: {
      next: { step: 'merge_or_fix', by: 'human' },
      changes: ANYTHING,
      to: ['merge_ready', 'in_progress', 'blocked', 'unknown'],
    },
    merge_ready: {
      next: { step: 'merge', by: 'human' },
      changes: ANYTHING,
      to: ['completed', 'in_review', 'blocked', 'unknown'],
    },
    blocked: {
      next: { step: 'resolve_blocker', by: 'human' },
      changes: ANYTHING,
      to: ['needs_triage', 'in_progress', 'in_review', 'drafting', 'unknown'],
    },
    completed: { next: null, changes: ANYTHING, to: ['unknown'] },
    unknown: {
      next: { step: 'reconcile', by: 'human' },
      changes: ANYTHING,
      to: ['drafting', 'needs_triage', 'in_progress', 'in_review', 'merge_ready', 'blocked', 'completed'],
    },
  },
})

export type TrackerState = StateOf<typeof tracker>
