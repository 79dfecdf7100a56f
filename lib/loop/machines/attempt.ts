/**
 * The machine `attempt`: may the step that a state asks for be taken now, and by whom?
 *
 * Every repair has a budget and every wait a limit, and both end at a person. An agent needs a worktree
 * to work in, and a pull request from another repository is only touched when the caller allows it.
 */
import { machine, type StateOf } from '../machine.ts'

export const attempt = machine({
  name: 'attempt',
  facts: {
    by: ['command', 'agent', 'wait', 'human', 'stop', 'nobody'],
    fork: ['own_or_allowed', 'forbidden'],
    /** `none`: this step needs no budget. */
    budget: ['left', 'spent', 'none'],
    worktree: ['present', 'absent'],
    waited: ['within', 'over'],
    /** What the machine `stuck` says: whether the loop gets anywhere. */
    progress: ['moving', 'stuck'],
  },
  rules: [
    { id: 'attempt/final', state: 'nothing_to_do', when: { by: 'nobody' } },
    { id: 'attempt/stop', state: 'ends', when: { by: 'stop' } },
    { id: 'attempt/person', state: 'person', when: { by: 'human' } },
    { id: 'attempt/stuck', state: 'stuck', when: { progress: 'stuck' } },
    { id: 'attempt/waited-too-long', state: 'wait_over', when: { by: 'wait', waited: 'over' } },
    { id: 'attempt/wait', state: 'waits', when: { by: 'wait' } },
    { id: 'attempt/fork', state: 'fork_not_allowed', when: { fork: 'forbidden' } },
    { id: 'attempt/budget-spent', state: 'budget_spent', when: { budget: 'spent' } },
    { id: 'attempt/needs-worktree', state: 'worktree_needed', when: { by: 'agent', worktree: 'absent' } },
    { id: 'attempt/agent', state: 'agent', when: { by: 'agent' } },
    { id: 'attempt/command', state: 'command', when: {} },
  ],
  states: {
    nothing_to_do: { next: null, to: [] },
    ends: { next: null, to: [] },
    person: { next: { step: 'as_asked', by: 'human' }, to: [] },
    stuck: { next: { step: 'ask_person', by: 'human' }, to: [] },
    wait_over: { next: { step: 'ask_person', by: 'human' }, to: [] },
    waits: {
      next: { step: 'as_asked', by: 'wait' },
      changes: ['waited'],
      to: ['wait_over'],
      wait: { limit: 'deadline', end: 'human' },
    },
    fork_not_allowed: { next: { step: 'allow_fork', by: 'human' }, to: [] },
    budget_spent: { next: { step: 'ask_person', by: 'human' }, to: [] },
    worktree_needed: { next: { step: 'create_worktree', by: 'command' }, changes: ['worktree'], to: ['agent'] },
    agent: { next: { step: 'as_asked', by: 'agent' }, changes: ['budget'], to: ['budget_spent'] },
    command: { next: { step: 'as_asked', by: 'command' }, changes: ['budget'], to: ['budget_spent'] },
  },
})

export type AttemptState = StateOf<typeof attempt>
