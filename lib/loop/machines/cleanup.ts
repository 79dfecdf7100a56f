/**
 * The machine `cleanup`: what is left here of a target that is merged or closed?
 *
 * The worktree goes first, while the target is still ours; then each claim, the one that other runs look
 * at first. A worktree with uncommitted work is never removed: a person looks at it.
 */
import { machine, type StateOf } from '../machine.ts'

export const cleanup = machine({
  name: 'cleanup',
  facts: {
    worktree: ['absent', 'removable', 'uncommitted'],
    target: ['mine', 'not_mine'],
    branch: ['mine', 'not_mine'],
    issue: ['mine', 'not_mine'],
  },
  rules: [
    {
      id: 'cleanup/nothing',
      state: 'done',
      when: { target: 'not_mine', branch: 'not_mine', issue: 'not_mine' },
    },
    { id: 'cleanup/uncommitted', state: 'work_left_behind', when: { worktree: 'uncommitted' } },
    { id: 'cleanup/worktree', state: 'worktree_left', when: { worktree: 'removable' } },
    { id: 'cleanup/target', state: 'target_still_claimed', when: { target: 'mine' } },
    { id: 'cleanup/branch', state: 'branch_still_claimed', when: { branch: 'mine' } },
    { id: 'cleanup/issue', state: 'issue_still_claimed', when: { issue: 'mine' } },
  ],
  states: {
    done: { next: null, to: [] },
    work_left_behind: { next: { step: 'save_uncommitted_work', by: 'human' }, to: [] },
    worktree_left: {
      next: { step: 'remove_worktree', by: 'command' },
      changes: ['worktree'],
      to: ['target_still_claimed', 'branch_still_claimed', 'issue_still_claimed'],
    },
    target_still_claimed: {
      next: { step: 'release', by: 'command' },
      changes: ['target'],
      to: ['branch_still_claimed', 'issue_still_claimed', 'done'],
    },
    branch_still_claimed: {
      next: { step: 'release_branch', by: 'command' },
      changes: ['branch'],
      to: ['issue_still_claimed', 'done'],
    },
    issue_still_claimed: { next: { step: 'release_issue', by: 'command' }, changes: ['issue'], to: ['done'] },
  },
})

export type CleanupState = StateOf<typeof cleanup>
