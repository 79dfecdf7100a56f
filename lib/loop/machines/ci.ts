/**
 * The machine `ci`: what do the checks of the head say?
 *
 * Unknown stands first, then what is worst; a green while more checks may report is no green yet. A cancelled run that nothing replaced says neither red nor
 * green, so it is waited for like a check that has not reported. A commit without any check is credibly
 * green only when policy says so and checks had time to appear; everywhere it then counts as green.
 */
import { machine, type StateOf } from '../machine.ts'

export const ci = machine({
  name: 'ci',
  facts: {
    known: [true, false],
    failed: [true, false],
    approval: [true, false],
    pending: [true, false],
    unsupported: [true, false],
    passed: [true, false],
    /** Whether nothing more is expected to report on this head. */
    settled: [true, false],
    suites: [true, false],
    grace: ['running', 'over'],
    whenNone: ['wait', 'pass'],
  },
  rules: [
    { id: 'ci/unknown', state: 'unknown', when: { known: false } },
    { id: 'ci/failed', state: 'failure', when: { failed: true } },
    { id: 'ci/approval', state: 'needs_approval', when: { approval: true } },
    { id: 'ci/pending', state: 'pending', when: { pending: true } },
    { id: 'ci/cancelled', state: 'none', when: { unsupported: true } },
    { id: 'ci/unsettled', state: 'pending', when: { passed: true, settled: false } },
    { id: 'ci/passed', state: 'success', when: { passed: true } },
    { id: 'ci/suites-silent', state: 'none', when: { suites: true } },
    { id: 'ci/grace', state: 'none', when: { grace: 'running' } },
    { id: 'ci/no-checks', state: 'crediblyGreen', when: { whenNone: 'pass' } },
    { id: 'ci/no-checks-wait', state: 'none', when: {} },
  ],
  states: {
    unknown: { next: null, to: [] },
    failure: { next: null, to: [] },
    needs_approval: { next: null, to: [] },
    pending: { next: null, to: [] },
    none: { next: null, to: [] },
    success: { next: null, to: [] },
    crediblyGreen: { next: null, to: [] },
  },
})

export type CiState = StateOf<typeof ci>
