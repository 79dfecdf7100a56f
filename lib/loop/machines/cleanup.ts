/**
 * The machine `cleanup`: what is left of a target that is merged or closed?
 *
 * A claim that ended while something was left is taken again first, because removing and settling are
 * the owner's. The worktree goes while the target is still ours; then each claim, the one that other
 * runs look at first. A worktree with uncommitted work is never removed: a person looks at it.
 */
import { machine } from '../machine.ts'

export const cleanup = machine({
  name: 'cleanup',
  facts: {
    /** `ended`: the last claim, ours or another's, is over by itself. */
    target: ['mine', 'ended', 'not_mine'],
    intents: ['none', 'under_way', 'left_behind'],
    worktree: ['absent', 'removable', 'uncommitted'],
    branch: ['mine', 'not_mine'],
    issue: ['mine', 'not_mine'],
  },
  rules: [
    { id: 'cleanup/ended-intents', state: 'claim_ended', when: { target: 'ended', intents: 'left_behind' } },
    { id: 'cleanup/ended-worktree', state: 'claim_ended', when: { target: 'ended', worktree: 'removable' } },
    { id: 'cleanup/intents', state: 'effects_unsettled', when: { target: 'mine', intents: 'left_behind' } },
    { id: 'cleanup/under-way', state: 'effect_under_way', when: { target: 'mine', intents: 'under_way' } },
    { id: 'cleanup/uncommitted', state: 'work_left_behind', when: { target: 'mine', worktree: 'uncommitted' } },
    { id: 'cleanup/worktree', state: 'worktree_left', when: { target: 'mine', worktree: 'removable' } },
    { id: 'cleanup/target', state: 'target_still_claimed', when: { target: 'mine' } },
    { id: 'cleanup/branch', state: 'branch_still_claimed', when: { branch: 'mine' } },
    { id: 'cleanup/issue', state: 'issue_still_claimed', when: { issue: 'mine' } },
    { id: 'cleanup/done', state: 'done', when: {} },
  ],
  states: {
    done: { next: null, to: [] },
    claim_ended: {
      next: { step: 'claim', by: 'command' },
      changes: ['target'],
      to: ['effects_unsettled', 'worktree_left', 'done'],
    },
    effects_unsettled: {
      next: { step: 'recover', by: 'command' },
      changes: ['intents'],
      to: ['worktree_left', 'work_left_behind', 'target_still_claimed'],
    },
    effect_under_way: {
      next: { step: 'wait_for_effect', by: 'wait' },
      changes: ['intents'],
      to: ['effects_unsettled', 'worktree_left', 'work_left_behind', 'target_still_claimed'],
      wait: { limit: 'deadline', end: 'facts' },
    },
    work_left_behind: { next: { step: 'save_uncommitted_work', by: 'human' }, to: [] },
    worktree_left: {
      next: { step: 'remove_worktree', by: 'command' },
      changes: ['worktree'],
      to: ['target_still_claimed'],
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
  // An intent can only be under way under the claim that it was announced with.
  possible: (f) => f.intents !== 'under_way' || f.target === 'mine',
})
