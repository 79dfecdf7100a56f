/**
 * The machine `policy`: is it known what is allowed? What cannot be read allows nothing.
 */
import { machine } from '../machine.ts'

export const policy = machine({
  name: 'policy',
  facts: { policy: ['read', 'unreadable'] },
  rules: [
    { id: 'policy/unreadable', state: 'policy_unproved', when: { policy: 'unreadable' } },
    { id: 'policy/read', state: 'policy_known', when: {} },
  ],
  states: {
    policy_unproved: { next: { step: 'repair_policy', by: 'human' }, to: [] },
    policy_known: { next: null, to: [] },
  },
})
