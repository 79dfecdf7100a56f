/**
 * What would have to be different for another step to follow? The smallest changes of the facts of the
 * machine that decided: one fact if that is enough to get on, else two or three.
 *
 * The gates read the state of `review`, and that reads the state of `ci`. A person can change no state, so
 * these three are searched together, by the facts that they start from. Facts that the rules which fired
 * did ask for come first, because they are why the answer is what it is: that which a rule names last before
 * that which it names first, as rules go from what they are about to what tells them apart. What would only
 * be known no more comes last, as that helps nobody.
 */
import { actionOf, type Considered, considerInstead, isRedirected } from './consider.ts'
import { type AnyMachine, ask, classify, type FactsIn, type FactTable, type FactValue } from './machine.ts'
import { attempt as attemptMachine } from './machines/attempt.ts'
import { ci as ciMachine } from './machines/ci.ts'
import { pullRequest } from './machines/pull-request.ts'
import { review as reviewMachine } from './machines/review.ts'
import { STAGES, type Stage, stageIn } from './precedence.ts'
import type { PullRequestReading } from './readings/pull-request.ts'
import { askedBy } from './words/say.ts'

export interface FactChange {
  readonly machine: string
  readonly fact: string
  readonly from: FactValue
  readonly to: FactValue
}

interface Leading {
  readonly state: string
  readonly step: string | null
  readonly actor: Considered['actor']
}

export interface SmallestChange {
  readonly changes: readonly FactChange[]
  readonly leads: Leading
}

type Values = ReadonlyMap<string, FactValue>

/** The facts that may be changed, and what follows from any of them. */
interface Space {
  readonly choices: readonly {
    readonly machine: string
    readonly fact: string
    readonly values: readonly FactValue[]
  }[]
  readonly now: Values
  /** What the rules that fired asked for, the most telling first. */
  readonly reasons: readonly string[]
  /** @returns `null` when GitHub and git cannot produce these facts together */
  readonly follow: (values: Values) => Leading | null
}

/** Machines of any facts: the search only needs names and values. */
const attempt: AnyMachine = attemptMachine
const ci: AnyMachine = ciMachine
const review: AnyMachine = reviewMachine
const gates: AnyMachine = pullRequest

/** One change for each other step that can be reached, the most telling first. */
export function smallestChanges(considered: Considered): readonly SmallestChange[] {
  // Of a target that is not there, nothing else was observed that could be different.
  if (considered.reading.life === 'missing') return []
  const space = spaceOf(considered)
  const changes = everyChange(space)
  let tries: Tries = changes.map((change) => [change])
  let found = leadElsewhere(tries, space, considered)
  for (let size = 2; size <= mostOf(changes) && !found.some(({ leads }) => isOnward(leads)); size++) {
    tries = [...tries, ...together(changes, size)]
    found = leadElsewhere(tries, space, considered)
  }
  return found
}

type Tries = readonly (readonly FactChange[])[]

/** Three at once only where facts are few: a run that holds target, branch and issue stands in the way thrice. */
function mostOf(changes: readonly FactChange[]): number {
  return changes.length <= 20 ? 3 : 2
}

/** Every choice of so many changes of different facts. */
function together(changes: readonly FactChange[], size: number): Tries {
  if (size === 0) return [[]]
  return changes.flatMap((first, at) => {
    const others = changes.slice(at + 1).filter((other) => idOf(other) !== idOf(first))
    return together(others, size - 1).map((rest) => [first, ...rest])
  })
}

/** Whether the loop itself would go on, or be over: what somebody who has to wait or decide wants to know. */
function isOnward({ actor }: Leading): boolean {
  return actor === 'command' || actor === 'agent' || actor === 'done'
}

function idOf({ machine, fact }: Pick<FactChange, 'machine' | 'fact'>): string {
  return `${machine}.${fact}`
}

function everyChange({ choices, now, reasons }: Space): readonly FactChange[] {
  const changes = choices.flatMap(({ machine, fact, values }) => {
    const from = now.get(idOf({ machine, fact })) ?? null
    return values.filter((to) => to !== from).map((to) => ({ machine, fact, from, to }))
  })
  const rank = (change: FactChange): number => {
    if (isLoss(change)) return reasons.length + 1
    const at = reasons.indexOf(idOf(change))
    return at < 0 ? reasons.length : at
  }
  return [...changes].sort((a, b) => rank(a) - rank(b))
}

/** Of what was known, or there: that it is so no more. */
function isLoss({ fact, to }: FactChange): boolean {
  return to === null || to === 'unknown' || to === 'missing' || (fact === 'known' && to === false)
}

function leadElsewhere(tries: Tries, { now, follow }: Space, { step, actor }: Considered): readonly SmallestChange[] {
  const found = new Map<string, SmallestChange>()
  for (const changes of tries) {
    const leads = follow(new Map([...now, ...changes.map((change) => [idOf(change), change.to] as const)]))
    if (leads === null || (leads.step === step && leads.actor === actor)) continue
    const key = `${leads.step} ${leads.actor}`
    if (!found.has(key)) found.set(key, { changes, leads })
  }
  return [...found.values()]
}

function spaceOf(considered: Considered): Space {
  const { decided, reading } = considered
  if (isRedirected(considered)) return attemptSpace(considered)
  if (decided.name === 'gates' && reading.pullRequest) return gatesSpace(considered, reading.pullRequest)
  return stageSpace(considered)
}

/** Who takes a step is the table's, so no change of facts. */
function attemptSpace({ decided, may }: Considered): Space {
  return {
    choices: choicesOf(attempt, ['by']),
    now: valuesOf(attempt, may.facts),
    reasons: reasonsOf(attempt, may.rule),
    follow: (values) => {
      const { state } = classify(attempt, { ...may.facts, ...factsFrom(attempt, values) })
      return { state: decided.state, ...actionOf(decided, state) }
    },
  }
}

function stageSpace(considered: Considered): Space {
  const { decided } = considered
  const machine: AnyMachine = STAGES[decided.name]
  return {
    choices: choicesOf(machine, []),
    now: valuesOf(machine, decided.facts),
    reasons: reasonsOf(machine, decided.rule),
    follow: (values) => {
      const facts = { ...decided.facts, ...factsFrom(machine, values) }
      if (!machine.possible(facts)) return null
      return leadingOf(considerInstead(considered, stageIn(decided.name, machine, ask(machine, facts))))
    },
  }
}

function gatesSpace(considered: Considered, seen: PullRequestReading): Space {
  const asked = { ci: seen.ci, review: seen.review, gates: seen.gates }
  return {
    choices: [...choicesOf(ci, []), ...choicesOf(review, ['ci']), ...choicesOf(gates, ['lifecycle'])],
    now: new Map([
      ...valuesOf(ci, asked.ci.facts),
      ...valuesOf(review, asked.review.facts),
      ...valuesOf(gates, asked.gates.facts),
    ]),
    reasons: gatesReasons(asked),
    follow: (values) => {
      const stage = gatesFrom(values, asked)
      return stage && leadingOf(considerInstead(considered, stage))
    },
  }
}

/** What an inner machine asked for stands where the outer rule asked for its state. */
function gatesReasons(asked: Pick<PullRequestReading, 'ci' | 'review' | 'gates'>): readonly string[] {
  const checked = reasonsOf(ci, asked.ci.rule)
  const reviewed = reasonsOf(review, asked.review.rule).flatMap((id) => (id === 'review.ci' ? checked : [id]))
  return reasonsOf(gates, asked.gates.rule).flatMap((id) => (id === 'gates.lifecycle' ? reviewed : [id]))
}

function gatesFrom(values: Values, asked: Pick<PullRequestReading, 'ci' | 'review' | 'gates'>): Stage | null {
  const checks = { ...asked.ci.facts, ...factsFrom(ci, values) }
  const reviewed = { ...asked.review.facts, ...factsFrom(review, values), ci: classify(ci, checks).state }
  if (!ci.possible(checks) || !review.possible(reviewed)) return null
  const lifecycle = classify(review, reviewed).state
  const facts = { ...asked.gates.facts, ...factsFrom(gates, values), lifecycle }
  return gates.possible(facts) ? stageIn('gates', gates, ask(gates, facts)) : null
}

function leadingOf({ decided, step, actor }: Considered): Leading {
  return { state: decided.state, step, actor }
}

function choicesOf({ name, facts }: Pick<AnyMachine, 'name' | 'facts'>, without: readonly string[]): Space['choices'] {
  return Object.entries(facts)
    .filter(([fact]) => !without.includes(fact))
    .map(([fact, values]) => ({ machine: name, fact, values }))
}

function valuesOf({ name }: Pick<AnyMachine, 'name'>, facts: FactsIn<FactTable>): Values {
  return new Map(Object.entries(facts).map(([fact, value]) => [idOf({ machine: name, fact }), value]))
}

function factsFrom({ name, facts }: AnyMachine, values: Values): FactsIn<FactTable> {
  const known = Object.keys(facts).map((fact) => [fact, values.get(idOf({ machine: name, fact }))] as const)
  return Object.fromEntries(known.flatMap(([fact, value]) => (value === undefined ? [] : [[fact, value]])))
}

function reasonsOf({ name, rules }: AnyMachine, fired: string): readonly string[] {
  return askedBy(rules, fired)
    .map((fact) => idOf({ machine: name, fact }))
    .reverse()
}
