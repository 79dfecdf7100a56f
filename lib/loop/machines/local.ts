/**
 * The machine `local`: does git on this machine show something that must be done before anything else?
 *
 * What a person pushed is taken over before our own work goes on, and finished commits are pushed before
 * GitHub is believed about the branch. Nothing that is unknown is taken for clean or pushed.
 */
import { machine } from '../machine.ts'

export const local = machine({
  name: 'local',
  facts: {
    worktree: ['present', 'absent'],
    tree: ['clean', 'uncommitted', null],
    ahead: ['none', 'some', null],
    /** `unrelated`: the history was replaced, and there is nothing left that it could be merged by. */
    remote: ['contained', 'foreign', 'absent', 'unrelated', null],
    reverts: [true, false, null],
    /** Whether an agent pushed to a branch of its own choosing, and nobody has looked at that yet. */
    strayed: [true, false],
    /** Whether GitHub's answer is about the commit that the remote has now. */
    observed: ['current', 'older'],
  },
  rules: [
    { id: 'local/no-worktree', state: 'no_worktree', when: { worktree: 'absent' } },
    { id: 'local/unrelated', state: 'history_unrelated', when: { remote: 'unrelated' } },
    { id: 'local/reverts-foreign', state: 'foreign_work_reverted', when: { reverts: true } },
    { id: 'local/tree-unknown', state: 'local_unproved', when: { tree: null } },
    { id: 'local/remote-unknown', state: 'local_unproved', when: { remote: null } },
    { id: 'local/ahead-unknown', state: 'local_unproved', when: { ahead: null } },
    { id: 'local/strayed', state: 'pushed_elsewhere', when: { strayed: true } },
    { id: 'local/foreign-dirty', state: 'uncommitted_work', when: { remote: 'foreign', tree: 'uncommitted' } },
    { id: 'local/foreign', state: 'foreign_commits', when: { remote: 'foreign' } },
    { id: 'local/unfinished', state: 'uncommitted_work', when: { ahead: 'some', tree: 'uncommitted' } },
    { id: 'local/reverts-unknown', state: 'local_unproved', when: { ahead: 'some', reverts: null } },
    { id: 'local/unpushed', state: 'unpushed_commits', when: { ahead: 'some' } },
    { id: 'local/observed-older', state: 'head_not_observed', when: { observed: 'older' } },
    { id: 'local/settled', state: 'settled', when: {} },
  ],
  states: {
    no_worktree: { next: null, to: [] },
    settled: { next: null, to: [] },
    pushed_elsewhere: { next: { step: 'look_at_branch', by: 'human' }, to: [] },
    history_unrelated: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    foreign_work_reverted: { next: { step: 'report_blocked', by: 'human' }, to: [] },
    local_unproved: {
      next: { step: 'observe', by: 'wait' },
      changes: ['tree', 'remote', 'ahead', 'reverts'],
      to: [
        'settled',
        'unpushed_commits',
        'uncommitted_work',
        'foreign_commits',
        'foreign_work_reverted',
        'history_unrelated',
        'pushed_elsewhere',
      ],
      wait: { limit: 'mergeability', end: 'human' },
    },
    uncommitted_work: {
      next: { step: 'commit_work', by: 'agent' },
      changes: ['tree', 'ahead', 'reverts'],
      to: ['unpushed_commits', 'foreign_commits', 'foreign_work_reverted', 'settled'],
    },
    foreign_commits: {
      next: { step: 'adopt_remote', by: 'command' },
      changes: ['remote', 'ahead', 'tree'],
      to: ['settled', 'unpushed_commits', 'uncommitted_work'],
    },
    unpushed_commits: {
      next: { step: 'push', by: 'command' },
      changes: ['ahead', 'remote', 'observed'],
      to: ['settled', 'head_not_observed', 'foreign_commits'],
    },
    head_not_observed: {
      next: { step: 'observe', by: 'wait' },
      changes: ['observed'],
      to: ['settled'],
      wait: { limit: 'mergeability', end: 'human' },
    },
  },
  possible: (f) => {
    if (f.worktree === 'absent')
      return f.tree === null && f.ahead === null && f.remote === null && f.reverts === null && !f.strayed
    if (f.strayed && f.remote === null) return false
    // Answers about another commit are noticed only when ours is known to be the remote's.
    if (f.observed === 'older' && (f.remote !== 'contained' || f.ahead === 'some')) return false
    return !(f.remote === 'absent' && f.reverts !== false)
  },
})
