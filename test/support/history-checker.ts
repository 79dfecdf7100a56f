/**
 * Is a history linearizable: could its calls have happened one after the other, each at some instant
 * between call and answer, with exactly these answers?
 *
 * A search in the manner of Wing and Gong over one key's calls, with the memory of Lowe: a set of calls
 * that are done, and the state they led to, is visited once. Two things keep it small. A call may come
 * next only if it began before the first open answer. And a call that fits and changes nothing is taken
 * at once, because leaving it for later could not help any other.
 */
import type { Operation } from './history.ts'

export interface Model<State, Op, Result> {
  readonly initial: State
  /**
   * The states after the call, if it may happen now with its answer; none: it may not. A call without
   * answer (`result` null) lists every state it can lead to, the unchanged one among them.
   */
  next(state: State, operation: Operation<Op, Result>): readonly State[]
  name(state: State): string
}

export interface Verdict<Op, Result> {
  readonly linearizable: boolean
  readonly visited: number
  /** Where the longest attempt got stuck: none of these could come next. */
  readonly stuckAt: readonly Operation<Op, Result>[]
  readonly stuckIn: readonly string[]
}

interface Node<State> {
  readonly state: State
  /** All calls before this index are done. */
  readonly base: number
  /** Indices from `base` on that are done as well, ascending. */
  readonly ahead: readonly number[]
}

export function checkHistory<State, Op, Result>(
  history: readonly Operation<Op, Result>[],
  model: Model<State, Op, Result>,
): Verdict<Op, Result> {
  const operations = [...history].sort((a, b) => a.calledAt - b.calledAt)
  const start: Node<State> = { state: model.initial, base: 0, ahead: [] }
  const stack = [start]
  const visited = new Set([nameOf(start, model)])
  let furthest = { done: -1, nodes: [start] }

  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.base === operations.length) return { linearizable: true, visited: visited.size, stuckAt: [], stuckIn: [] }
    const done = node.base + node.ahead.length
    if (done > furthest.done) furthest = { done, nodes: [node] }
    else if (done === furthest.done) furthest.nodes.push(node)

    for (const next of successors(node, operations, model)) {
      const name = nameOf(next, model)
      if (visited.has(name)) continue
      visited.add(name)
      stack.push(next)
    }
  }
  const [stuck = start] = furthest.nodes
  const stuckAt = candidates(stuck, operations).flatMap((index) => operations[index] ?? [])
  const stuckIn = furthest.nodes.slice(0, 5).map(({ state }) => model.name(state))
  return { linearizable: false, visited: visited.size, stuckAt, stuckIn }
}

function successors<State, Op, Result>(
  node: Node<State>,
  operations: readonly Operation<Op, Result>[],
  model: Model<State, Op, Result>,
): readonly Node<State>[] {
  const found: Node<State>[] = []
  for (const index of candidates(node, operations)) {
    const operation = operations[index]
    if (operation === undefined) continue
    const states = model.next(node.state, operation)
    const [only] = states
    if (states.length === 1 && only === node.state) return [advance(node, index, node.state)]
    for (const state of states) found.push(advance(node, index, state))
  }
  return found
}

function candidates<Op, Result>(node: Node<unknown>, operations: readonly Operation<Op, Result>[]): readonly number[] {
  const open: number[] = []
  let firstAnswer = Number.POSITIVE_INFINITY
  for (let index = node.base; index < operations.length; index += 1) {
    const operation = operations[index]
    // Sorted by call: nobody further on can have begun before the first open answer.
    if (operation === undefined || operation.calledAt > firstAnswer) break
    if (node.ahead.includes(index)) continue
    firstAnswer = Math.min(firstAnswer, operation.returnedAt)
    open.push(index)
  }
  return open.filter((index) => (operations[index]?.calledAt ?? 0) <= firstAnswer)
}

function advance<State>(node: Node<State>, index: number, state: State): Node<State> {
  const ahead = [...node.ahead, index].sort((a, b) => a - b)
  let { base } = node
  while (ahead[0] === base) {
    ahead.shift()
    base += 1
  }
  return { state, base, ahead }
}

function nameOf<State>(node: Node<State>, model: { name(state: State): string }): string {
  return `${node.base}|${node.ahead.join(',')}|${model.name(node.state)}`
}
