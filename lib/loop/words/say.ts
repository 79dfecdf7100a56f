/**
 * Facts, rules and states of the tables as words.
 */
import type { AnyRule, FactValue } from '../machine.ts'
import { CI, ISSUE, LOCAL, OWNERSHIP, POLICY, RECOVERY, STUCK } from './before-work.ts'
import { ATTEMPT, CLEANUP, GATES, REVIEW } from './pull-request.ts'

interface Words {
  readonly states: Readonly<Record<string, string>>
  readonly facts: Readonly<Record<string, string>>
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

export function sayState(machine: string, state: string): string {
  return WORDS[machine]?.states[state] ?? sayValue(state)
}

export function sayFact(machine: string, fact: string): string {
  return WORDS[machine]?.facts[fact] ?? sayValue(fact)
}

/** `a failed check: yes`, several joined; of the last rule of a table, that nothing above it fits. */
export function sayCondition(machine: string, { when }: Pick<AnyRule, 'when'>): string {
  const asks = Object.entries(when).map(([fact, wanted]) => {
    const values = [wanted ?? null].flat().map(sayValue)
    return `${sayFact(machine, fact)}: ${values.join(' or ')}`
  })
  return asks.length === 0 ? 'no rule above it fits' : asks.join('; ')
}

export function sayValue(value: FactValue): string {
  if (value === null) return 'not known'
  return value === true ? 'yes' : value === false ? 'no' : value.replaceAll('_', ' ')
}
