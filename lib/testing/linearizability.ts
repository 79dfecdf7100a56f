/**
 * Is a history linearizable: could its calls have happened one after the other, each at some instant
 * between call and answer, with exactly these answers?
 *
 * A search in the manner of Wing and Gong over the calls of one key, with the memory of Lowe: a set of
 * calls that are done, and the state they led to, is visited once. Three things keep it small. An
 * answered call may come next only if it began before the first open answer. One that fits and changes
 * nothing is taken at once, where leaving it for later could not help any other. And a call that was
 * never answered is put in only where it changes the state; nobody has to account for the others.
 */
import type { Operation } from './history.ts'

/** A store as it would be if only one call were made at a time. Values of `State` are never changed. */
export interface Model<State, Op, Result> {
  readonly initial: State
  /**
   * The states after the call, if it may happen now with its answer; none: it may not. For a call without
   * answer (`result` null) every state that it can lead to.
   */
  next(state: State, operation: Operation<Op, Result>): readonly State[]
  /** Equal names mean equal states. */
  name(state: State): string
}

export interface Verdict<Op, Result> {
  readonly key: string
  /** `null`: not decided after `mostStates` states. */
  readonly linearizable: boolean | null
  readonly visited: number
  /** Where the longest attempt got stuck: none of these could come next, */
  readonly stuckAt: readonly Operation<Op, Result>[]
  /** in any of these states. */
  readonly stuckIn: readonly string[]
}

export interface Linearizability<Op, Result> {
  readonly linearizable: boolean | null
  readonly operations: number
  /** One for each key. */
  readonly verdicts: readonly Verdict<Op, Result>[]
}

interface SearchOptions {
  readonly mostStates?: number
}

const MOST_STATES = 2_000_000

/** Checks the history of each key against a model of one key. */
export function checkLinearizable<State, Op, Result>(
  history: readonly Operation<Op, Result>[],
  model: Model<State, Op, Result>,
  { mostStates = MOST_STATES }: SearchOptions = {},
): Linearizability<Op, Result> {
  const keys = [...new Set(history.map(({ key }) => key))].sort()
  const verdicts = keys.map((key) => {
    const own = history.filter((operation) => operation.key === key)
    return { key, ...search(sortCalls(own), model, mostStates) }
  })
  const known = verdicts.map(({ linearizable }) => linearizable)
  const linearizable = known.includes(false) ? false : known.includes(null) ? null : true
  return { linearizable, operations: history.length, verdicts }
}

/** Both in the order of their calls. */
interface Calls<Op, Result> {
  readonly answered: readonly Operation<Op, Result>[]
  readonly open: readonly Operation<Op, Result>[]
}

interface Node<State> {
  readonly state: State
  /** All answered calls before this index are done. */
  readonly base: number
  /** Indices from `base` on that are done as well, ascending. */
  readonly ahead: readonly number[]
  /** Indices of the open calls that took effect, ascending. */
  readonly effective: readonly number[]
}

function sortCalls<Op, Result>(history: readonly Operation<Op, Result>[]): Calls<Op, Result> {
  const sorted = [...history].sort((a, b) => a.calledAt - b.calledAt)
  return {
    answered: sorted.filter(({ result }) => result !== null),
    open: sorted.filter(({ result }) => result === null),
  }
}

function search<State, Op, Result>(
  calls: Calls<Op, Result>,
  model: Model<State, Op, Result>,
  mostStates: number,
): Omit<Verdict<Op, Result>, 'key'> {
  const start: Node<State> = { state: model.initial, base: 0, ahead: [], effective: [] }
  const stack = [start]
  const visited = new Set([nameOf(start, model)])
  let furthest = { done: -1, nodes: [start] }

  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const found = { visited: visited.size, stuckAt: [], stuckIn: [] }
    if (node.base === calls.answered.length) return { linearizable: true, ...found }
    if (visited.size > mostStates) return { linearizable: null, ...found }
    const done = node.base + node.ahead.length
    if (done > furthest.done) furthest = { done, nodes: [node] }
    else if (done === furthest.done) furthest.nodes.push(node)

    for (const next of successors(node, calls, model)) {
      const name = nameOf(next, model)
      if (visited.has(name)) continue
      visited.add(name)
      stack.push(next)
    }
  }
  const [stuck = start] = furthest.nodes
  const stuckAt = nextAnswered(stuck, calls).flatMap((index) => calls.answered[index] ?? [])
  const stuckIn = furthest.nodes.slice(0, 5).map(({ state }) => model.name(state))
  return { linearizable: false, visited: visited.size, stuckAt, stuckIn }
}

/** The likeliest last, where the search goes on: answered calls before open ones, earlier before later. */
function successors<State, Op, Result>(
  node: Node<State>,
  calls: Calls<Op, Result>,
  model: Model<State, Op, Result>,
): readonly Node<State>[] {
  const candidates = nextAnswered(node, calls)
  const open = nextOpen(node, calls, candidates)
  const openUntil = Math.min(...open.map((index) => calls.open[index]?.returnedAt ?? Number.POSITIVE_INFINITY))
  const found: Node<State>[] = []
  for (const index of candidates) {
    const operation = calls.answered[index]
    if (operation === undefined) continue
    const states = model.next(node.state, operation)
    const [only] = states
    // Unless an open call is over by then, which could only have come before.
    const harmless = operation.calledAt <= openUntil
    if (states.length === 1 && only === node.state && harmless) return [advance(node, index, node.state)]
    for (const state of states) found.push(advance(node, index, state))
  }

  const here = model.name(node.state)
  for (const index of open) {
    const operation = calls.open[index]
    const states = operation === undefined ? [] : model.next(node.state, operation)
    const effective = [...node.effective, index].sort((a, b) => a - b)
    for (const state of states) if (model.name(state) !== here) found.push({ ...node, state, effective })
  }
  return found.reverse()
}

function nextAnswered<Op, Result>(node: Node<unknown>, { answered }: Calls<Op, Result>): readonly number[] {
  const waiting: number[] = []
  let firstAnswer = Number.POSITIVE_INFINITY
  for (let index = node.base; index < answered.length; index += 1) {
    const operation = answered[index]
    // Sorted by call: nobody further on can have begun before the first open answer.
    if (operation === undefined || operation.calledAt > firstAnswer) break
    if (node.ahead.includes(index)) continue
    firstAnswer = Math.min(firstAnswer, operation.returnedAt)
    waiting.push(index)
  }
  return waiting.filter((index) => (answered[index]?.calledAt ?? 0) <= firstAnswer)
}

/** Begun before the first open answer, and not over before something that is done already began. */
function nextOpen<Op, Result>(
  node: Node<unknown>,
  { answered, open }: Calls<Op, Result>,
  candidates: readonly number[],
): readonly number[] {
  const lastDone = answered[node.ahead.at(-1) ?? node.base - 1]?.calledAt ?? Number.NEGATIVE_INFINITY
  const firstAnswer = Math.min(...candidates.map((index) => answered[index]?.returnedAt ?? Number.POSITIVE_INFINITY))
  return open.flatMap(({ calledAt, returnedAt }, index) => {
    const possible = calledAt <= firstAnswer && returnedAt >= lastDone
    return possible && !node.effective.includes(index) ? [index] : []
  })
}

function advance<State>(node: Node<State>, index: number, state: State): Node<State> {
  const ahead = [...node.ahead, index].sort((a, b) => a - b)
  let { base } = node
  while (ahead[0] === base) {
    ahead.shift()
    base += 1
  }
  return { ...node, state, base, ahead }
}

function nameOf<State>(node: Node<State>, model: { name(state: State): string }): string {
  return `${node.base}|${node.ahead.join(',')}|${node.effective.join(',')}|${model.name(node.state)}`
}
