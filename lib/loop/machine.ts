/**
 * The one interpreter of state machines: a machine is a table, and this reads it.
 *
 * Rules are tried downwards and the first that fits names the state. A rule's `when` lists the values
 * that it accepts of the facts it names and says nothing of the others, so it cannot look at a fact
 * that it did not declare, and the enumeration can tell exactly which values no rule tells apart.
 */
export type FactValue = string | boolean | null

/** For each fact, every value that it may have; `null` among them stands for "not known". */
export type FactTable = Readonly<Record<string, readonly FactValue[]>>

export type FactsIn<Facts extends FactTable> = { readonly [Name in keyof Facts]: Facts[Name][number] }

/** What a rule asks of the facts: of each that it names, one value or one of several. */
type Condition<Facts extends FactTable> = {
  readonly [Name in keyof Facts]?: Facts[Name][number] | readonly Facts[Name][number][]
}

export interface Rule<Facts extends FactTable, State extends string> {
  /** `machine/rule`: shown in `because`, and a promise to those who read journals. */
  readonly id: string
  readonly state: State
  readonly when: Condition<Facts>
}

/** Who takes a step. `wait` is nobody's: something outside has to happen. `stop`: this run has to end. */
export const ACTORS = ['command', 'agent', 'wait', 'human', 'stop'] as const
type Actor = (typeof ACTORS)[number]

/** What bounds a wait: a key of the preference `wait`, or the end of somebody's claim or request. */
export const WAIT_LIMITS = ['review', 'checks', 'mergeability', 'holder', 'deadline'] as const
export type WaitLimit = (typeof WAIT_LIMITS)[number]

export interface StateRow<Facts extends FactTable, State extends string> {
  /** `null`: this machine has nothing (more) to do here. */
  readonly next: { readonly step: string; readonly by: Actor } | null
  /** The facts that change when the step succeeds or the wait ends; all others stay as they are. */
  readonly changes?: readonly (keyof Facts & string)[]
  /** Where that can lead, apart from what others do to the target meanwhile. */
  readonly to: readonly State[]
  /** Only of waits: their limit, and what ends them when it is over: a person, or facts that change by it. */
  readonly wait?: { readonly limit: WaitLimit; readonly end: 'human' | 'facts' }
}

export interface Machine<Facts extends FactTable = FactTable, State extends string = string> {
  readonly name: string
  readonly facts: Facts
  readonly rules: readonly Rule<Facts, State>[]
  readonly states: { readonly [Name in State]: StateRow<Facts, State> }
  /** Whether GitHub and git can produce these facts together; only the tests ask. */
  possible(facts: FactsIn<Facts>): boolean
}

/** Any machine, for those to whom facts and states are only names; every `Machine` is one. */
export interface AnyMachine {
  readonly name: string
  readonly facts: FactTable
  readonly rules: readonly AnyRule[]
  readonly states: Readonly<Record<string, AnyRow>>
  possible(facts: FactsIn<FactTable>): boolean
}

export interface AnyRule {
  readonly id: string
  readonly state: string
  readonly when: Readonly<Record<string, FactValue | readonly FactValue[] | undefined>>
}

interface AnyRow {
  readonly next: StateRow<FactTable, string>['next']
  readonly changes?: readonly string[]
  readonly to: readonly string[]
  readonly wait?: { readonly limit: WaitLimit; readonly end: 'human' | 'facts' }
}

export type FactsOf<M> = M extends Machine<infer Facts, string> ? FactsIn<Facts> : never
export type StateOf<M> = M extends { readonly states: infer States } ? keyof States & string : never

export interface Classified<State extends string> {
  readonly state: State
  /** Id of the rule that fired. */
  readonly rule: string
}

/** Checks a table's types; a rule or transition that names an unknown fact, value or state does not compile. */
export function machine<const Facts extends FactTable, const State extends string>(table: {
  readonly name: string
  readonly facts: Facts
  readonly rules: readonly Rule<Facts, NoInfer<State>>[]
  readonly states: { readonly [Name in State]: StateRow<Facts, NoInfer<State>> }
  readonly possible?: (facts: FactsIn<Facts>) => boolean
}): Machine<Facts, State> {
  return { possible: () => true, ...table }
}

/**
 * The first rule that fits, found by asking only the facts that still matter: first those of the first
 * rule, then, of the rules that are left, those of the next. The way there is kept per table, so that what
 * is asked a million times costs a few look-ups each. The same answer as reading downwards.
 *
 * @throws Error when no rule fits: a hole in the table, which the enumeration test rules out
 */
export function classify<Facts extends FactTable, State extends string>(
  machine: Machine<Facts, State>,
  facts: FactsIn<Facts>,
): Classified<State> {
  let turn = startOf(machine)
  while (turn.asks !== null) {
    const value = facts[turn.asks]
    turn = turn.known.get(value) ?? follow(turn, turn.asks, value)
  }
  const rule = machine.rules[turn.at]
  if (rule === undefined) throw new Error(`no rule of machine ${machine.name} fits ${JSON.stringify(facts)}`)
  return { state: rule.state, rule: rule.id }
}

export interface Asked<Facts extends FactTable, State extends string> extends Classified<State> {
  /** What the machine was asked with. */
  readonly facts: FactsIn<Facts>
}

export type AskedOf<M> = M extends Machine<infer Facts, infer State> ? Asked<Facts, State> : never

/** As `classify`, for those who want to know later what was asked. */
export function ask<Facts extends FactTable, State extends string>(
  machine: Machine<Facts, State>,
  facts: FactsIn<Facts>,
): Asked<Facts, State> {
  const { state, rule } = classify(machine, facts)
  return { state, rule, facts }
}

/** How far the reading of a table has come: the rules that are left, and which fact is asked next. */
interface Turn {
  /** `null`: the first rule that is left fits, or none is left. */
  readonly asks: string | null
  /** Place of that rule. */
  readonly at: number
  readonly left: readonly (readonly [at: number, when: AnyRule['when']])[]
  readonly asked: readonly string[]
  readonly known: Map<FactValue | undefined, Turn>
}

/** Filled as tables are asked. */
const STARTS = new WeakMap<object, Turn>()

function startOf<Facts extends FactTable, State extends string>(machine: Machine<Facts, State>): Turn {
  const known = STARTS.get(machine)
  if (known !== undefined) return known
  const rules: readonly Pick<AnyRule, 'when'>[] = machine.rules
  const start = turnOf(
    rules.map(({ when }, at) => [at, when] as const),
    [],
  )
  STARTS.set(machine, start)
  return start
}

function turnOf(left: Turn['left'], asked: readonly string[]): Turn {
  const [at, when] = left[0] ?? [-1, {}]
  const asks = Object.keys(when).find((name) => !asked.includes(name)) ?? null
  return { asks, at, left, asked, known: new Map() }
}

function follow({ left, asked, known }: Turn, name: string, value: FactValue | undefined): Turn {
  const fitting = left.filter(([, when]) => accepts(when, name, value))
  const turn = turnOf(fitting, [...asked, name])
  known.set(value, turn)
  return turn
}

/** Whether a rule with this condition fits a fact of this value, as far as this fact goes. */
export function accepts(when: AnyRule['when'], name: string, value: FactValue | undefined): boolean {
  const wanted = when[name]
  if (wanted === undefined) return true
  if (value === undefined) return false
  return isList(wanted) ? wanted.includes(value) : wanted === value
}

function isList(wanted: FactValue | readonly FactValue[]): wanted is readonly FactValue[] {
  return Array.isArray(wanted)
}
