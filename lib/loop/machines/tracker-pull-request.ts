/**
 * The machine `tracker-pull-request`: one piece of work, one pull request, and what the tracker should say.
 *
 * Facts that contradict each other are a person's. The draft gate is a boundary that is passed once, as it
 * is everywhere else: a commit pushed after it does not make the pull request less ready.
 */
import { machine, type StateOf } from '../machine.ts'

export const trackerPullRequest = machine({
  name: 'tracker-pull-request',
  facts: {
    /** `false`: a pull request without an item, facts of one that is not there, or a merged draft. */
    coherent: [true, false],
    item: [true, false],
    /** `several` are open for the one item; `null`: not all of them are known. */
    pullRequest: ['none', 'draft', 'open', 'merged', 'closed', 'several', null],
    /** The draft gate, on this head or an earlier one. */
    draftGate: ['passed', 'not_passed'],
  },
  rules: [
    {
      id: 'tracker-pull-request/contradiction',
      state: 'blocked_needs_user_decision',
      when: { coherent: false },
    },
    { id: 'tracker-pull-request/no-item', state: 'no_tracker_item', when: { item: false } },
    {
      id: 'tracker-pull-request/not-one',
      state: 'blocked_needs_user_decision',
      when: { pullRequest: ['several', null] },
    },
    { id: 'tracker-pull-request/merged', state: 'pr_merged', when: { pullRequest: 'merged' } },
    { id: 'tracker-pull-request/closed', state: 'pr_closed_unmerged', when: { pullRequest: 'closed' } },
    { id: 'tracker-pull-request/draft', state: 'draft_pr_open', when: { pullRequest: 'draft' } },
    {
      id: 'tracker-pull-request/reviewable',
      state: 'pr_reviewable',
      when: { pullRequest: 'open', draftGate: 'passed' },
    },
    {
      id: 'tracker-pull-request/gate-passed-over',
      state: 'blocked_needs_user_decision',
      when: { pullRequest: 'open' },
    },
    { id: 'tracker-pull-request/none', state: 'ready_no_pr', when: {} },
  ],
  states: {
    no_tracker_item: { next: { step: 'find_tracker_item', by: 'human' }, to: [] },
    ready_no_pr: { next: { step: 'create_draft_pr', by: 'command' }, changes: ['pullRequest'], to: ['draft_pr_open'] },
    draft_pr_open: {
      next: { step: 'mark_ready_for_review', by: 'command' },
      changes: ['pullRequest', 'draftGate'],
      to: ['pr_reviewable'],
    },
    pr_reviewable: {
      next: { step: 'observe', by: 'wait' },
      changes: ['pullRequest'],
      to: ['pr_merged', 'pr_closed_unmerged', 'draft_pr_open'],
      wait: { limit: 'review', end: 'human' },
    },
    pr_merged: { next: { step: 'sync_done', by: 'human' }, to: [] },
    pr_closed_unmerged: {
      next: { step: 'reopen_or_replace', by: 'human' },
      changes: ['pullRequest', 'coherent'],
      to: ['ready_no_pr', 'blocked_needs_user_decision'],
    },
    blocked_needs_user_decision: { next: { step: 'report_blocked', by: 'human' }, to: [] },
  },
  possible: (f) => {
    if (f.pullRequest === 'none' && f.draftGate === 'passed') return false
    return f.item || !f.coherent || f.pullRequest === 'none'
  },
})

export type TrackerPullRequestState = StateOf<typeof trackerPullRequest>

/** What to make the tracker say, once somebody or something may change it. */
export const REVERSE_SYNC_ACTION = {
  no_tracker_item: 'none',
  ready_no_pr: 'none',
  draft_pr_open: 'set_in_progress',
  pr_reviewable: 'set_reviewable',
  pr_merged: 'set_done',
  pr_closed_unmerged: 'none',
  blocked_needs_user_decision: 'none',
} as const satisfies Readonly<Record<TrackerPullRequestState, string>>
