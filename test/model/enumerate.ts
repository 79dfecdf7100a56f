/**
 * Enumerates a machine whole: every combination of its facts, with the values merged that no rule and
 * no other line of the table tells apart.
 */
import {
  accepts,
  classify,
  type FactsIn,
  type FactTable,
  type FactValue,
  type Machine,
} from '../../lib/loop/machine.ts'

export const MOST_COMBINATIONS = 2_000_000

export type AnyMachine = Machine<FactTable, string>

/** Forgets the names of a machine's facts and states; the table stays the same object. */
export function anyMachine(machine: Pick<AnyMachine, 'name'>): AnyMachine {
  return machine as AnyMachine
}

/** For each fact one value of each class that rules tell apart. */
export function mergedFacts(machine: AnyMachine): FactTable {
  const merged = Object.entries(machine.facts).map(([name, values]) => {
    const signature = (value: FactValue) =>
      machine.rules.map(({ when }) => (accepts(when, name, value) ? 1 : 0)).join('')
    const classes = new Map(values.toReversed().map((value) => [signature(value), value]))
    return [name, [...classes.values()].toReversed()] as const
  })
  return Object.fromEntries(merged)
}

export function countCombinations(facts: FactTable): number {
  return Object.values(facts).reduce((product, values) => product * values.length, 1)
}

export function* everyCombination(facts: FactTable): Generator<FactsIn<FactTable>> {
  const names = Object.keys(facts)
  const lists = Object.values(facts)
  const total = countCombinations(facts)
  for (let index = 0; index < total; index++) {
    const combination: Record<string, FactValue> = {}
    let rest = index
    for (const [position, name] of names.entries()) {
      const values = lists[position] ?? []
      combination[name] = values[rest % values.length] ?? null
      rest = Math.floor(rest / values.length)
    }
    yield combination
  }
}

export interface Enumeration {
  readonly combinations: number
  readonly possible: number
  readonly fired: ReadonlySet<string>
  /** States of possible facts, each with one example. */
  readonly reached: ReadonlyMap<string, FactsIn<FactTable>>
  /** `from -> to` for every pair that changing only the declared facts of `from` can lead to. */
  transitions(): ReadonlySet<string>
}

export function enumerate(machine: AnyMachine, facts: FactTable): Enumeration {
  const fired = new Set<string>()
  const reached = new Map<string, FactsIn<FactTable>>()
  const possible: Placed[] = []
  let combinations = 0

  for (const combination of everyCombination(facts)) {
    const index = combinations++
    const { state, rule } = classify(machine, combination)
    if (!machine.possible(combination)) continue
    fired.add(rule)
    possible.push({ state, index })
    if (!reached.has(state)) reached.set(state, combination)
  }
  const transitions = () => transitionsOf(machine, facts, possible)
  return { combinations, possible: possible.length, fired, reached, transitions }
}

/** A state and the number of the combination that leads to it. */
interface Placed {
  readonly state: string
  readonly index: number
}

/** States that share the facts which a step leaves alone lead to each other. */
function transitionsOf(machine: AnyMachine, facts: FactTable, possible: readonly Placed[]): Set<string> {
  const found = new Set<string>()
  const byChanges = new Map<string, string[]>()
  for (const [state, row] of Object.entries(machine.states)) {
    if (row.to.length === 0) continue
    const changes = [...(row.changes ?? [])].sort().join()
    byChanges.set(changes, [...(byChanges.get(changes) ?? []), state])
  }
  for (const [changes, states] of byChanges) {
    const changed = digitsOf(facts).filter(({ name }) => changes.split(',').includes(name))
    const groups = new Map<number, Set<string>>()
    for (const { state, index } of possible) {
      let key = index
      for (const { weight, base } of changed) key -= (Math.floor(index / weight) % base) * weight
      const group = groups.get(key)
      if (group) group.add(state)
      else groups.set(key, new Set([state]))
    }
    for (const group of groups.values()) {
      for (const from of states) {
        if (!group.has(from)) continue
        for (const to of group) if (to !== from) found.add(`${from} -> ${to}`)
      }
    }
  }
  return found
}

/** The number of a combination has a digit for each fact; without some digits it stands for what the rest share. */
function digitsOf(facts: FactTable): { readonly name: string; readonly weight: number; readonly base: number }[] {
  let weight = 1
  return Object.entries(facts).map(([name, { length }]) => {
    const digit = { name, weight, base: length }
    weight *= length
    return digit
  })
}
