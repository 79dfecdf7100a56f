/**
 * The machine `waiting`: what is a target waiting for, as one code that programs may match?
 *
 * Every decision has one, also those that wait for nothing: `ready` says that the step can be taken now.
 * Only `operator_intervention` says that the loop gave up: it had tried, or waited, as long as it may.
 */
import { machine, type StateOf } from '../machine.ts'

export const waiting = machine({
  name: 'waiting',
  facts: {
    actor: ['command', 'agent', 'wait', 'human', 'done', 'stop'],
    awaited: ['nothing', 'holder', 'effect', 'observation', 'checks', 'review', 'mergeability'],
    /** Whether a person is asked because budget or patience of the loop are at an end. */
    gaveUp: [true, false],
  },
  rules: [
    { id: 'waiting/done', state: 'complete', when: { actor: 'done' } },
    { id: 'waiting/stop', state: 'stop_requested', when: { actor: 'stop' } },
    { id: 'waiting/gave-up', state: 'operator_intervention', when: { actor: 'human', gaveUp: true } },
    { id: 'waiting/person', state: 'operator_input', when: { actor: 'human' } },
    { id: 'waiting/step', state: 'ready', when: { actor: ['command', 'agent'] } },
    { id: 'waiting/holder', state: 'working', when: { awaited: 'holder' } },
    { id: 'waiting/effect', state: 'effect_settling', when: { awaited: 'effect' } },
    { id: 'waiting/checks', state: 'checks', when: { awaited: 'checks' } },
    { id: 'waiting/review', state: 'external_review', when: { awaited: 'review' } },
    { id: 'waiting/mergeability', state: 'mergeability', when: { awaited: 'mergeability' } },
    { id: 'waiting/observation', state: 'observation', when: {} },
  ],
  states: {
    complete: { next: null, to: [] },
    stop_requested: { next: null, to: [] },
    operator_intervention: { next: null, to: [] },
    operator_input: { next: null, to: [] },
    ready: { next: null, to: [] },
    working: { next: null, to: [] },
    effect_settling: { next: null, to: [] },
    checks: { next: null, to: [] },
    external_review: { next: null, to: [] },
    mergeability: { next: null, to: [] },
    observation: { next: null, to: [] },
  },
  possible: (f) => (f.actor === 'wait') === (f.awaited !== 'nothing') && (!f.gaveUp || f.actor === 'human'),
})

export type WaitingReason = StateOf<typeof waiting>

type Awaited = Exclude<(typeof waiting.facts.awaited)[number], 'nothing'>

/** What each step that waits is waiting for. */
const AWAITED = {
  wait_for_holder: 'holder',
  wait_for_effect: 'effect',
  observe: 'observation',
  wait_for_ci: 'checks',
  wait_for_copilot_review: 'review',
  wait_for_mergeability: 'mergeability',
} as const satisfies Readonly<Record<string, Awaited>>

/** The steps that wait, for the test that finds each of them in a table. */
export const WAIT_STEPS: readonly string[] = Object.keys(AWAITED)

/** @throws Error for a step that does not wait: a hole in the tables, which a test rules out */
export function awaitedBy(step: string): Awaited {
  const found = Object.entries(AWAITED).find(([name]) => name === step)
  if (!found) throw new Error(`nothing is awaited by the step ${step}`)
  return found[1]
}

/** The event that ends each wait, as a code; the wait's own limit ends it otherwise. */
export const ENDS_WHEN = {
  holder: 'claim_released_or_ended',
  effect: 'effect_settled',
  observation: 'facts_complete',
  checks: 'checks_settled',
  review: 'review_submitted',
  mergeability: 'mergeability_changed',
} as const satisfies Readonly<Record<Awaited, string>>
export type EndsWhen = (typeof ENDS_WHEN)[keyof typeof ENDS_WHEN]
