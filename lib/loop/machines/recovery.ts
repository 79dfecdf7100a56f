/**
 * The machine `recovery`: did a run leave something half done that must be settled first?
 */
import { machine } from '../machine.ts'

export const recovery = machine({
  name: 'recovery',
  facts: {
    /** `under_way`: announced under this very claim, and its deadline has not passed. */
    intents: ['none', 'under_way', 'left_behind'],
  },
  rules: [
    { id: 'recovery/left-behind', state: 'effects_unsettled', when: { intents: 'left_behind' } },
    { id: 'recovery/under-way', state: 'effect_under_way', when: { intents: 'under_way' } },
    { id: 'recovery/none', state: 'settled', when: {} },
  ],
  states: {
    effects_unsettled: { next: { step: 'recover', by: 'command' }, changes: ['intents'], to: ['settled'] },
    effect_under_way: {
      next: { step: 'wait_for_effect', by: 'wait' },
      changes: ['intents'],
      to: ['settled', 'effects_unsettled'],
      wait: { limit: 'deadline', end: 'facts' },
    },
    settled: { next: null, to: [] },
  },
})
