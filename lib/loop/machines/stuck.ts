/**
 * The machine `stuck`: does the loop go round without getting anywhere?
 *
 * It looks at the trail of the last steps that were handed out, each with what was evident then, and at the
 * one that would be next. A budgeted step that is repeated is left to its budget; whatever else comes back
 * with the same evidence is for a person.
 */
import { machine } from '../machine.ts'

export const stuck = machine({
  name: 'stuck',
  facts: {
    /** Whether something would be done or waited for next. */
    goesOn: [true, false],
    /** The same step was tried, or came back, as often as may be, and nothing evident has changed. */
    repeat: [true, false],
    /** `left`: the step has a budget that its tries are counted by, and that decides how often it is tried. */
    budget: ['none', 'left', 'spent'],
    /** `unattended`: the whole window goes round without an agent's step, whatever else changed meanwhile. */
    cycle: ['none', 'two_steps', 'more_steps', 'unattended'],
    /** Whether the branch went back and forth between the same two commits. */
    heads: ['forward', 'alternating'],
    /** Whether one file is still missing after another commit was made to repair that. */
    missingFile: [true, false],
  },
  rules: [
    { id: 'stuck/ends', state: 'moving', when: { goesOn: false } },
    { id: 'stuck/reverting', state: 'reverting_each_other', when: { heads: 'alternating' } },
    { id: 'stuck/missing-file', state: 'file_missing', when: { missingFile: true } },
    { id: 'stuck/oscillation', state: 'oscillating', when: { cycle: 'two_steps' } },
    { id: 'stuck/cycle', state: 'cycling', when: { cycle: 'more_steps' } },
    { id: 'stuck/unattended', state: 'cycling', when: { cycle: 'unattended' } },
    { id: 'stuck/retry', state: 'retrying', when: { repeat: true, budget: 'left' } },
    { id: 'stuck/repeat', state: 'repeating', when: { repeat: true, budget: 'none' } },
    { id: 'stuck/moving', state: 'moving', when: {} },
  ],
  states: {
    moving: { next: null, to: [] },
    retrying: { next: null, to: [] },
    reverting_each_other: { next: { step: 'ask_person', by: 'human' }, to: [] },
    file_missing: { next: { step: 'ask_person', by: 'human' }, to: [] },
    oscillating: { next: { step: 'ask_person', by: 'human' }, to: [] },
    cycling: { next: { step: 'ask_person', by: 'human' }, to: [] },
    repeating: { next: { step: 'ask_person', by: 'human' }, to: [] },
  },
})
