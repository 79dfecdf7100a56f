import { describe, expect, it } from 'vitest'
import type { Operation } from '../../lib/testing/history.ts'
import { checkLinearizable } from '../../lib/testing/linearizability.ts'
import { type OwnerOp, type OwnerResult, ownerModel } from '../../lib/testing/owner-model.ts'

type Told = [said: string, token: number, holder: string | null]

let calls = 0

function call(
  op: OwnerOp,
  [calledAt, returnedAt]: [number, number],
  told: Told | null,
): Operation<OwnerOp, OwnerResult> {
  calls += 1
  const result = told && { said: told[0], token: told[1], holder: told[2], endsInMs: op.ttlMs ?? null }
  return { id: String(calls), worker: op.run, key: '1', op, calledAt, returnedAt, result }
}

const leased = (run: string): OwnerOp => ({ kind: 'claim', run, ttlMs: 100 })
const owned = (run: string): OwnerOp => ({ kind: 'claim', run, ttlMs: null, withProcess: true })
const guard = (run: string, token: number): OwnerOp => ({ kind: 'guard', run, token })

function linearizable(history: readonly Operation<OwnerOp, OwnerResult>[], deaths: [string, number, number][] = []) {
  const known = new Map(deaths.map(([run, from, to]) => [run, { from, to }]))
  return checkLinearizable(history, ownerModel(known)).linearizable
}

describe('the check of histories', () => {
  it.each<[string, boolean, Operation<OwnerOp, OwnerResult>[]]>([
    [
      'two owners at once',
      false,
      [call(leased('a'), [0, 5], ['claimed_new', 1, 'a']), call(leased('b'), [10, 15], ['claimed_new', 2, 'b'])],
    ],
    [
      'the same token for two owners',
      false,
      [call(leased('a'), [0, 5], ['claimed_new', 1, 'a']), call(leased('b'), [200, 205], ['claimed_new', 1, 'b'])],
    ],
    [
      'a lease that ran out in between',
      true,
      [call(leased('a'), [0, 5], ['claimed_new', 1, 'a']), call(leased('b'), [200, 205], ['claimed_new', 2, 'b'])],
    ],
    [
      'a refusal although the lease had run out before it was asked',
      false,
      [
        call(leased('a'), [0, 5], ['claimed_new', 1, 'a']),
        call(leased('b'), [200, 205], ['active_run_exists', 1, 'a']),
      ],
    ],
    [
      'an order that only the overlap of the two calls allows',
      true,
      [call(leased('a'), [0, 20], ['active_run_exists', 1, 'b']), call(leased('b'), [10, 15], ['claimed_new', 1, 'b'])],
    ],
    [
      'the same order without the overlap',
      false,
      [call(leased('a'), [0, 8], ['active_run_exists', 1, 'b']), call(leased('b'), [10, 15], ['claimed_new', 1, 'b'])],
    ],
    [
      'a claim whose caller was killed, and which must have happened',
      true,
      [call(leased('a'), [0, 8], null), call(leased('b'), [10, 15], ['active_run_exists', 1, 'a'])],
    ],
    [
      'a claim whose caller was killed, and which cannot have happened',
      true,
      [call(leased('a'), [0, 8], null), call(leased('b'), [10, 15], ['claimed_new', 1, 'b'])],
    ],
    [
      'a guard that lets a displaced owner act',
      false,
      [
        call(leased('a'), [0, 5], ['claimed_new', 1, 'a']),
        call({ ...leased('b'), kind: 'force' }, [10, 15], ['taken_over', 2, 'b']),
        call(guard('a', 1), [20, 25], ['guarded', 1, 'a']),
      ],
    ],
    [
      'a look that still sees the owner of before',
      false,
      [
        call(leased('a'), [0, 5], ['claimed_new', 1, 'a']),
        call({ ...leased('b'), kind: 'force' }, [10, 15], ['taken_over', 2, 'b']),
        call({ kind: 'assert', run: 'c' }, [20, 25], ['ownership_lost', 1, 'a']),
      ],
    ],
    [
      'a token that falls',
      false,
      [
        call(leased('a'), [0, 5], ['claimed_new', 2, 'a']),
        call({ kind: 'release', run: 'a' }, [10, 15], ['released', 2, null]),
        call(leased('b'), [20, 25], ['claimed_new', 1, 'b']),
      ],
    ],
    [
      'a release that was lost',
      false,
      [
        call(owned('a'), [0, 5], ['claimed_new', 1, 'a']),
        call({ kind: 'release', run: 'a' }, [10, 15], ['released', 1, null]),
        call(owned('b'), [20, 25], ['active_run_exists', 1, 'a']),
      ],
    ],
  ])('judges %s: %s', (_, expected, history) => {
    expect(linearizable(history)).toBe(expected)
  })

  const asked = (at: number) =>
    call({ kind: 'stop', run: 'b', asked: 'a' }, [at, at + 5], ['exit_signal_recorded', 1, 'a'])
  const takeover = (host: object = {}): OwnerOp => ({ kind: 'takeover', run: 'b', ttlMs: 100, ...host })
  const kept = call({ kind: 'claim', run: 'a', ttlMs: 900 }, [0, 5], ['claimed_new', 1, 'a'])
  const answered = call({ kind: 'acknowledge', run: 'a', token: 1 }, [20, 25], ['acknowledged', 1, 'a'])
  const mute = [kept, asked(10)]

  it.each<[string, boolean, Operation<OwnerOp, OwnerResult>[]]>([
    [
      'a takeover before the time to answer is over',
      false,
      [...mute, call(takeover(), [500, 505], ['taken_over', 2, 'b'])],
    ],
    ['a takeover once nobody answered', true, [...mute, call(takeover(), [700, 705], ['taken_over', 2, 'b'])]],
    ['a refusal although nobody answered', false, [...mute, call(takeover(), [700, 705], ['lease_active', 1, 'a'])]],
    [
      'the same refusal on a host that did not see the request in time',
      true,
      [...mute, call(takeover({ host: 'other' }), [700, 705], ['lease_active', 1, 'a'])],
    ],
    ['a takeover after the answer', false, [...mute, answered, call(takeover(), [700, 705], ['taken_over', 2, 'b'])]],
    ['an effect of who was asked to stop', false, [...mute, call(guard('a', 1), [20, 25], ['guarded', 1, 'a'])]],
    [
      'a request that is forgotten when the run claims anew',
      false,
      [
        ...mute,
        call({ kind: 'claim', run: 'a', ttlMs: 900 }, [950, 955], ['claimed_new', 2, 'a']),
        call(guard('a', 2), [960, 965], ['guarded', 2, 'a']),
      ],
    ],
  ])('judges a request to stop, with %s: %s', (_, expected, history) => {
    expect(linearizable(history)).toBe(expected)
  })

  const elsewhere = (run: string): OwnerOp => ({ ...leased(run), host: 'other' })

  it.each<[string, boolean, number, Told]>([
    ['be refused long after the term', true, 900, ['active_run_exists', 1, 'a']],
    ['be granted after the term', true, 900, ['claimed_new', 2, 'b']],
    ['not be granted within the term', false, 50, ['claimed_new', 2, 'b']],
  ])('lets a claim from another host %s', (_, expected, at, told) => {
    const history = [call(leased('a'), [0, 5], ['claimed_new', 1, 'a']), call(elsewhere('b'), [at, at + 5], told)]
    expect(linearizable(history)).toBe(expected)
  })

  it.each([
    ['claimed_new', 2, 'b', true],
    ['active_run_exists', 1, 'a', false],
  ])('lets a claim end with its process, and then only answers %s', (said, token, holder, expected) => {
    const history = [
      call(owned('a'), [0, 5], ['claimed_new', 1, 'a']),
      call(owned('b'), [40, 45], [said, token, holder]),
    ]
    expect(linearizable(history, [['a', 20, 30]])).toBe(expected)
    expect(linearizable(history)).toBe(!expected)
  })
})
