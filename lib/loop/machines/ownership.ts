/**
 * The machine `ownership`: may this run act on the target at all?
 *
 * The branch and the issue of a pull request count like the pull request itself: whoever holds one of
 * them is at work on the same thing. A claim that never ends by itself and shows no living process can
 * only be ended by a person, so that is who is asked.
 */
import { machine } from '../machine.ts'

/** `open`: free, ours, or over. `endless`: held, not proved alive, and without an end of its own. */
const BESIDE = ['open', 'living', 'endless'] as const

export const ownership = machine({
  name: 'ownership',
  facts: {
    target: ['free', 'mine', 'mine_over', 'other_living', 'other_over', 'other_endless'],
    displaced: [true, false],
    stopRequested: [true, false],
    branch: BESIDE,
    issue: BESIDE,
  },
  rules: [
    { id: 'ownership/displaced', state: 'displaced', when: { displaced: true } },
    {
      id: 'ownership/stop-requested',
      state: 'asked_to_stop',
      when: { target: ['mine', 'mine_over'], stopRequested: true },
    },
    { id: 'ownership/other', state: 'owned_by_another', when: { target: 'other_living' } },
    { id: 'ownership/other-endless', state: 'held_without_end', when: { target: 'other_endless' } },
    { id: 'ownership/branch', state: 'branch_held_by_other', when: { branch: 'living' } },
    { id: 'ownership/branch-endless', state: 'held_without_end', when: { branch: 'endless' } },
    { id: 'ownership/issue', state: 'issue_held_by_other', when: { issue: 'living' } },
    { id: 'ownership/issue-endless', state: 'held_without_end', when: { issue: 'endless' } },
    { id: 'ownership/lease-over', state: 'lease_over', when: { target: 'mine_over' } },
    { id: 'ownership/other-over', state: 'previous_run_over', when: { target: 'other_over' } },
    { id: 'ownership/free', state: 'unclaimed', when: { target: 'free' } },
    { id: 'ownership/mine', state: 'owned', when: {} },
  ],
  states: {
    displaced: { next: { step: 'stop', by: 'stop' }, to: [] },
    asked_to_stop: { next: { step: 'stop', by: 'stop' }, to: [] },
    owned_by_another: {
      next: { step: 'wait_for_holder', by: 'wait' },
      changes: ['target'],
      to: ['unclaimed', 'previous_run_over'],
      wait: { limit: 'holder', end: 'facts' },
    },
    branch_held_by_other: {
      next: { step: 'wait_for_holder', by: 'wait' },
      changes: ['branch'],
      to: ['unclaimed', 'owned', 'lease_over', 'previous_run_over', 'issue_held_by_other'],
      wait: { limit: 'holder', end: 'facts' },
    },
    issue_held_by_other: {
      next: { step: 'wait_for_holder', by: 'wait' },
      changes: ['issue'],
      to: ['unclaimed', 'owned', 'lease_over', 'previous_run_over'],
      wait: { limit: 'holder', end: 'facts' },
    },
    held_without_end: { next: { step: 'take_over', by: 'human' }, to: [] },
    lease_over: { next: { step: 'claim', by: 'command' }, changes: ['target'], to: ['owned', 'owned_by_another'] },
    previous_run_over: {
      next: { step: 'claim', by: 'command' },
      changes: ['target'],
      to: ['owned', 'owned_by_another'],
    },
    unclaimed: { next: { step: 'claim', by: 'command' }, changes: ['target'], to: ['owned', 'owned_by_another'] },
    owned: { next: null, to: [] },
  },
  possible: (f) => {
    const other = f.target === 'other_living' || f.target === 'other_over' || f.target === 'other_endless'
    return (!f.displaced || other) && (!f.stopRequested || f.target === 'mine' || f.target === 'mine_over')
  },
})
