/** Histories as a wrong store would leave them; each must be refused, and its right twin accepted. */
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../lib/testing/history.ts'
import { checkLinearizable } from '../../lib/testing/linearizability.ts'
import { type RegisterOp, type RegisterResult, registerModel } from '../../lib/testing/register-model.ts'

type Call = Operation<RegisterOp, RegisterResult>
type Span = readonly [calledAt: number, returnedAt: number]

let calls = 0

function call(op: RegisterOp, [calledAt, returnedAt]: Span, result: RegisterResult | null): Call {
  calls += 1
  return { id: String(calls), worker: 'w', key: 'k', op, calledAt, returnedAt, result }
}

/** @param version `null`: refused; not given: the answer was lost */
function swap(span: Span, [expected, value]: readonly [string | null, string], version?: string | null): Call {
  return call({ kind: 'swap', expected, value }, span, version === undefined ? null : { kind: 'swap', version })
}

function read(span: Span, found: readonly [version: string, value: string] | null): Call {
  const [version = '', value = ''] = found ?? []
  return call({ kind: 'read' }, span, { kind: 'read', found: found && { version, value } })
}

const linearizable = (history: readonly Call[]) =>
  checkLinearizable(history, registerModel(history)).verdicts.map((verdict) => verdict.linearizable)

const first = swap([0, 5], [null, 'a'], '1')

describe('the check of a register', () => {
  it.each<[string, boolean, readonly Call[]]>([
    ['a change, and a read of it', true, [first, read([6, 7], ['1', 'a'])]],
    ['a lost update', false, [first, swap([6, 7], ['1', 'b'], '2'), swap([8, 9], ['1', 'c'], '3')]],
    [
      'a lost update of calls that overlap',
      false,
      [first, swap([6, 9], ['1', 'b'], '2'), swap([7, 8], ['1', 'c'], '3')],
    ],
    ['a refusal of the second of two', true, [first, swap([6, 9], ['1', 'b'], '2'), swap([7, 8], ['1', 'c'], null)]],
    ['a refusal of what was in place', false, [first, swap([6, 7], ['1', 'b'], null)]],
    ['a stale read', false, [first, swap([6, 7], ['1', 'b'], '2'), read([8, 9], ['1', 'a'])]],
    [
      'an old value while the change was under way',
      true,
      [first, swap([6, 9], ['1', 'b'], '2'), read([7, 8], ['1', 'a'])],
    ],
    [
      'a value that two readers see come and go',
      false,
      [first, swap([6, 20], ['1', 'b'], '2'), read([7, 8], ['2', 'b']), read([9, 10], ['1', 'a'])],
    ],
    ['a record that was created twice', false, [first, swap([6, 7], [null, 'b'], '2')]],
    ['nothing, after something was there', false, [first, read([6, 7], null)]],
    ['a version that stands for two values', false, [first, swap([6, 7], ['1', 'b'], '1')]],
    ['a version that changes without a change', false, [first, read([6, 7], ['2', 'a'])]],
    ['a value that nobody wrote', false, [first, read([6, 7], ['2', 'x'])]],
    ['a lost answer of a change that is seen', true, [first, swap([6, 7], ['1', 'b']), read([8, 9], ['2', 'b'])]],
    ['a lost answer of a change that is not seen', true, [first, swap([6, 7], ['1', 'b']), read([8, 9], ['1', 'a'])]],
    [
      'a lost answer of a change that is seen, and then not',
      false,
      [first, swap([6, 7], ['1', 'b']), read([8, 9], ['2', 'b']), read([10, 11], ['1', 'a'])],
    ],
    [
      'a lost answer of a change that lands late',
      true,
      [first, swap([6, Number.POSITIVE_INFINITY], ['1', 'b']), read([8, 9], ['1', 'a']), read([10, 11], ['2', 'b'])],
    ],
    [
      'a lost answer of a change that came before a later refusal',
      true,
      [first, swap([2, 7], ['1', 'b']), swap([8, 9], ['0', 'c'], null), read([10, 11], ['2', 'b'])],
    ],
    [
      'a lost answer of a change that lands after it cannot any more',
      false,
      [first, swap([6, 7], ['1', 'b']), read([8, 9], ['1', 'a']), read([10, 11], ['2', 'b'])],
    ],
    [
      'a lost answer of a change that somebody else then replaces unseen',
      false,
      [first, swap([6, 7], ['1', 'b']), read([8, 9], ['2', 'b']), swap([10, 11], ['1', 'c'], '3')],
    ],
  ])('judges %s: %s', (_, expected, history) => {
    expect(linearizable(history)).toEqual([expected])
  })

  it('keeps keys apart, and names the broken one', () => {
    const other = { ...swap([6, 7], [null, 'b'], '1'), key: 'other' }
    expect(linearizable([first, other])).toEqual([true, true])
    const broken = { ...read([8, 9], null), key: 'other' }
    const { linearizable: all, verdicts } = checkLinearizable([first, other, broken], registerModel([first, other]))
    expect(all).toBe(false)
    expect(verdicts.filter((each) => each.linearizable === false)).toMatchObject([
      { key: 'other', stuckAt: [{ id: broken.id }] },
    ])
  })

  it('says that it does not know when there is too much to look through', () => {
    const history = [first, swap([6, 7], ['1', 'b'], '2')]
    expect(checkLinearizable(history, registerModel(history), { mostStates: 1 }).linearizable).toBeNull()
  })
})
