/**
 * Facts, rules and states of the tables as words.
 */
import type { AnyMachine, AnyRule, FactValue } from '../machine.ts'
import { CI, ISSUE, LOCAL, OWNERSHIP, POLICY, RECOVERY, STUCK } from './before-work.ts'
import { ATTEMPT, CLEANUP, GATES, REVIEW } from './pull-request.ts'

interface Words {
  readonly states: Readonly<Record<string, string>>
  readonly facts: Readonly<Record<string, string>>
  readonly values?: Readonly<Record<string, Readonly<Record<string, string>> | undefined>>
}

const WORDS: Readonly<Record<string, Words>> = {
  ownership: OWNERSHIP,
  recovery: RECOVERY,
  policy: POLICY,
  local: LOCAL,
  issue: ISSUE,
  ci: CI,
  review: REVIEW,
  gates: GATES,
  cleanup: CLEANUP,
  attempt: ATTEMPT,
  stuck: STUCK,
}

export function hasWords(machine: string): boolean {
  return Object.hasOwn(WORDS, machine)
}

export function sayState(machine: string, state: string): string {
  return WORDS[machine]?.states[state] ?? sayValue(state)
}

export function sayFact(machine: string, fact: string): string {
  return WORDS[machine]?.facts[fact] ?? sayValue(fact)
}

/**
 * Why a rule fired: what was found of the facts that it asked for, as in `a failed check: yes`. The last rule of
 * a table asks for nothing; it fired because the one above it did not.
 */
export function sayCondition({ name, rules }: Pick<AnyMachine, 'name' | 'rules'>, rule: string, found: Found): string {
  const asked = askedBy(rules, rule)
  return asked.map((fact) => `${sayFact(name, fact)}: ${sayValueOf(name, fact, found[fact] ?? null)}`).join('; ')
}

type Found = Readonly<Record<string, FactValue>>

/** The facts that a rule asked for, or the one above it where it asks for none. */
export function askedBy(rules: readonly AnyRule[], rule: string): readonly string[] {
  const at = rules.findIndex(({ id }) => id === rule)
  const own = Object.keys(rules[at]?.when ?? {})
  return own.length > 0 ? own : Object.keys(rules[at - 1]?.when ?? {})
}

export function sayValueOf(machine: string, fact: string, value: FactValue): string {
  return WORDS[machine]?.values?.[fact]?.[String(value)] ?? sayValue(value)
}

function sayValue(value: FactValue): string {
  if (value === null) return 'not known'
  return value === true ? 'yes' : value === false ? 'no' : value.replaceAll('_', ' ')
}
