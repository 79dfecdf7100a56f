/** Histories of two records as a wrong store would leave them; each must be refused, and its right twin accepted. */
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../lib/testing/history.ts'
import { checkLinearizable } from '../../lib/testing/linearizability.ts'
import { type PairOp, type PairResult, type Part, pairModel } from '../../lib/testing/pair-model.ts'

type Call = Operation<PairOp, PairResult>

let calls = 0

/** @param result not given: the answer was lost */
function call(op: PairOp, calledAt: number, result: PairResult | null = null): Call {
  calls += 1
  return { id: String(calls), worker: 'w', key: 'p', op, calledAt, returnedAt: calledAt + 1, result }
}

function both(at: number, expected: readonly (string | null)[], written: string, versions?: readonly string[] | null) {
  const [a = null, b = null] = expected
  const [ofA = '', ofB = ''] = versions ?? []
  const result: PairResult = { kind: 'both', versions: versions ? { a: ofA, b: ofB } : null }
  const op: PairOp = { kind: 'both', expected: { a, b }, value: { a: `${written}a`, b: `${written}b` } }
  return call(op, at, versions === undefined ? null : result)
}

function swap(at: number, part: Part, [expected, value]: readonly [string | null, string], version: string | null) {
  return call({ kind: 'swap', part, expected, value }, at, { kind: 'swap', version })
}

function read(at: number, part: Part, [version, value]: readonly [string, string]) {
  return call({ kind: 'read', part }, at, { kind: 'read', found: { version, value } })
}

const first = both(0, [null, null], '1', ['a1', 'b1'])

describe('the check of two records that change in one step', () => {
  it.each<[string, boolean, readonly Call[]]>([
    ['a step that both see', true, [first, read(10, 'a', ['a1', '1a']), read(20, 'b', ['b1', '1b'])]],
    [
      'a step of which only one half was made',
      false,
      [first, both(10, ['a1', 'b1'], '2', ['a2', 'b2']), read(20, 'a', ['a2', '2a']), read(30, 'b', ['b1', '1b'])],
    ],
    [
      'a step without answer, of which only one half is seen',
      false,
      [first, both(10, ['a1', 'b1'], '2'), read(20, 'a', ['a2', '2a']), read(30, 'b', ['b1', '1b'])],
    ],
    [
      'a step without answer, of which nothing is seen',
      true,
      [first, both(10, ['a1', 'b1'], '2'), read(20, 'a', ['a1', '1a']), read(30, 'b', ['b1', '1b'])],
    ],
    [
      'a refusal because one had moved',
      true,
      [first, swap(5, 'b', ['b1', 'x'], 'b2'), both(10, ['a1', 'b1'], '2', null)],
    ],
    ['a refusal although both were in place', false, [first, both(10, ['a1', 'b1'], '2', null)]],
    [
      'a step over a change of one',
      false,
      [first, swap(5, 'b', ['b1', 'x'], 'b2'), both(10, ['a1', 'b1'], '2', ['a2', 'b3'])],
    ],
    [
      'a refused step of which one half was made',
      false,
      [first, swap(5, 'b', ['b1', 'x'], 'b2'), both(10, ['a1', 'b1'], '2', null), read(20, 'a', ['a2', '2a'])],
    ],
  ])('judges %s: %s', (_, expected, history) => {
    expect(checkLinearizable(history, pairModel(history)).linearizable).toBe(expected)
  })
})
