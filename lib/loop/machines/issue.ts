/**
 * The machine `issue`: from an issue to its draft pull request.
 *
 * An issue with one open pull request that would close it goes on there; with several a person chooses.
 * What the agent did is read from git alone: commits, not claims.
 */
import { machine } from '../machine.ts'

export const issue = machine({
  name: 'issue',
  facts: {
    issue: ['missing', 'open', 'closed'],
    /** Open pull requests that would close it, or whose head is its branch. */
    pullRequests: ['none', 'one', 'several', null],
    /** Whether this run's own pull request was merged and left the issue open. */
    merged: [true, false],
    /** Whether policy wants a checklist (or a person's word) before work begins. */
    refinement: ['settled', 'missing'],
    /** Branch and worktree by git's evidence. */
    work: ['no_worktree', 'not_started', 'uncommitted', 'pushed', null],
  },
  rules: [
    { id: 'issue/missing', state: 'issue_missing', when: { issue: 'missing' } },
    { id: 'issue/closed', state: 'done', when: { issue: 'closed' } },
    { id: 'issue/links-unknown', state: 'facts_unproved', when: { pullRequests: null } },
    { id: 'issue/several-prs', state: 'several_linked_prs', when: { pullRequests: 'several' } },
    { id: 'issue/has-pr', state: 'linked_pr', when: { pullRequests: 'one' } },
    { id: 'issue/left-open', state: 'issue_open_after_merge', when: { merged: true } },
    { id: 'issue/stop-at-refinement', state: 'refinement_missing', when: { refinement: 'missing' } },
    { id: 'issue/no-worktree', state: 'no_worktree', when: { work: 'no_worktree' } },
    { id: 'issue/work-unknown', state: 'local_unproved', when: { work: null } },
    { id: 'issue/uncommitted', state: 'uncommitted_work', when: { work: 'uncommitted' } },
    { id: 'issue/pushed', state: 'no_pr', when: { work: 'pushed' } },
    { id: 'issue/not-started', state: 'not_implemented', when: {} },
  ],
  states: {
    issue_missing: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    done: { next: null, to: [] },
    facts_unproved: {
      next: { step: 'observe', by: 'wait' },
      changes: ['pullRequests'],
      to: ['linked_pr', 'several_linked_prs', 'no_worktree', 'not_implemented'],
      wait: { limit: 'mergeability', end: 'human' },
    },
    several_linked_prs: { next: { step: 'choose_pull_request', by: 'human' }, to: [] },
    linked_pr: {
      next: { step: 'continue_on_pull_request', by: 'command' },
      changes: ['issue', 'pullRequests', 'merged'],
      to: ['done', 'issue_open_after_merge'],
    },
    issue_open_after_merge: { next: { step: 'close_issue', by: 'human' }, to: [] },
    refinement_missing: { next: { step: 'refine_issue', by: 'human' }, to: [] },
    no_worktree: {
      next: { step: 'create_worktree', by: 'command' },
      changes: ['work'],
      to: ['not_implemented', 'uncommitted_work', 'no_pr'],
    },
    local_unproved: {
      next: { step: 'observe', by: 'wait' },
      changes: ['work'],
      to: ['not_implemented', 'uncommitted_work', 'no_pr'],
      wait: { limit: 'mergeability', end: 'human' },
    },
    not_implemented: {
      next: { step: 'implement', by: 'agent' },
      changes: ['work'],
      to: ['uncommitted_work', 'no_pr'],
    },
    uncommitted_work: {
      next: { step: 'implement', by: 'agent' },
      changes: ['work'],
      to: ['no_pr', 'not_implemented'],
    },
    no_pr: { next: { step: 'create_draft_pr', by: 'command' }, changes: ['pullRequests'], to: ['linked_pr'] },
  },
  possible: (f) => f.issue !== 'missing' || (f.pullRequests === 'none' && !f.merged && f.refinement === 'missing'),
})
