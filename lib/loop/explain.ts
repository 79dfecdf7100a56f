/**
 * The same decision told to a person: rule by rule in words, and what would have to be different.
 */
import type { Considered } from './consider.ts'
import { isRedirected } from './consider.ts'
import type { Decision } from './decision.ts'
import type { AnyMachine, FactValue } from './machine.ts'
import { attempt } from './machines/attempt.ts'
import { ci } from './machines/ci.ts'
import { review } from './machines/review.ts'
import { stuck } from './machines/stuck.ts'
import { STAGES, type Stage } from './precedence.ts'
import { type FactChange, type SmallestChange, smallestChanges } from './smallest-change.ts'
import { sayCondition, sayFact, sayState, sayValueOf } from './words/say.ts'

interface Reason {
  readonly machine: string
  readonly state: string
  /** What the state means. */
  readonly means: string
  readonly rule: string
  /** What was found of the facts that the rule asked for. */
  readonly condition: string
  readonly facts: Readonly<Record<string, FactValue>>
}

interface Otherwise extends SmallestChange {
  readonly says: string
}

export interface Explanation {
  readonly means: string
  /** Every machine that was asked, in order; the last one decided. */
  readonly why: readonly Reason[]
  /** The smallest changes of facts that would give another step: one of each, the most telling first. */
  readonly otherwise: readonly Otherwise[]
}

const MOST_OTHERWISE = 5

export function explain(considered: Considered): Explanation {
  const { decided } = considered
  return {
    means: sayState(decided.name, decided.state),
    why: firedIn(considered).map(reasonOf),
    otherwise: smallestChanges(considered)
      .slice(0, MOST_OTHERWISE)
      .map((found) => ({ ...found, says: sayChange(found) })),
  }
}

interface Fired extends Pick<Stage, 'state' | 'rule' | 'facts'> {
  readonly machine: AnyMachine
}

function firedIn(considered: Considered): readonly Fired[] {
  const { passed, decided, reading, progress, may } = considered
  const fired = (one: Stage): Fired => ({ ...one, machine: STAGES[one.name] })
  const seen = decided.name === 'gates' ? reading.pullRequest : null
  return [
    ...passed.map(fired),
    ...(seen
      ? [
          { ...seen.ci, machine: ci },
          { ...seen.review, machine: review },
        ]
      : []),
    fired(decided),
    ...(may.state === 'stuck' ? [{ ...progress, machine: stuck }] : []),
    ...(isRedirected(considered) ? [{ ...may, machine: attempt }] : []),
  ]
}

export function reasonOf({ machine, state, rule, facts }: Fired): Reason {
  const { name } = machine
  return {
    machine: name,
    state,
    means: sayState(name, state),
    rule,
    condition: sayCondition(machine, rule, facts),
    facts,
  }
}

/** `if a failed check were no instead of yes: run_draft_gate, by command` */
function sayChange({ changes, leads }: SmallestChange): string {
  return `if ${changes.map(sayOne).join(' and ')}: ${sayStep(leads)}`
}

function sayOne({ machine, fact, from, to }: FactChange): string {
  const say = (value: FactValue) => `“${sayValueOf(machine, fact, value)}”`
  return `${sayFact(machine, fact)} were ${say(to)} instead of ${say(from)}`
}

export function sayStep({ step, actor }: Pick<Decision, 'step' | 'actor'>): string {
  return step === null ? 'nothing would be left to do' : `${step}, by ${actor}`
}
