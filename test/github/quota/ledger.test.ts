import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Charge, EMPTY_LEDGER, type Ledger, settle, take } from '../../../lib/github/quota/ledger.ts'
import { nameOf, parseName } from '../../../lib/github/quota/ledger-name.ts'

const NOW = 1_000_000
const UNTIL = NOW + 3_600_000
const OBSERVE: Charge = { resource: 'graphql', points: 2, purpose: 'observe' }
const EFFECT: Charge = { resource: 'graphql', points: 1, purpose: 'effect' }
const AT = { reserve: 100, nowMs: NOW }

describe('what is left of a quota', () => {
  it('refuses observing once only the reserve is left, and effects only when nothing is', () => {
    expect(take(left(102), OBSERVE, AT).refused).toBeNull()
    expect(take(left(101), OBSERVE, AT).refused).toMatchObject({ why: 'reserved', untilMs: UNTIL })
    expect(take(left(1), EFFECT, AT).refused).toBeNull()
    expect(take(left(0), EFFECT, AT).refused).toMatchObject({ why: 'spent', untilMs: UNTIL })
  })

  it('keeps at most half of a small quota, so that observing is possible at all', () => {
    expect(take(left(40, 60), OBSERVE, AT).refused).toBeNull()
    expect(take(left(31, 60), OBSERVE, AT).refused).toMatchObject({ why: 'reserved' })
  })

  it('of one interface says nothing of the other', () => {
    expect(take(left(0), { ...OBSERVE, resource: 'core' }, AT).refused).toBeNull()
  })

  it('is unknown again, and refuses nobody, as soon as the window is over', () => {
    expect(take(left(0), OBSERVE, { ...AT, nowMs: UNTIL - 1 }).refused).not.toBeNull()
    const after = take(left(0), OBSERVE, { ...AT, nowMs: UNTIL })
    expect(after.refused).toBeNull()
    expect(after.ledger.graphql.remaining).toBeNull()
  })

  it('counts what is under way: points taken twice cannot be spent twice', () => {
    const once = take(left(103), OBSERVE, AT)
    expect(once.refused).toBeNull()
    expect(take(once.ledger, OBSERVE, AT).refused).toMatchObject({ why: 'reserved' })
  })

  it('only falls within one window, whatever order the answers come in', () => {
    const seen = (remaining: number) => ({ seen: { limit: 5_000, remaining, untilMs: UNTIL }, pauseMs: 0, nowMs: NOW })
    const late = settle(settle(left(4_000), EFFECT, seen(3_000)), EFFECT, seen(3_500))
    expect(late.graphql.remaining).toBe(3_000)
  })

  it('begins anew with a later window, and is not set back by an answer of the one before', () => {
    const seen = (remaining: number, untilMs: number) => ({
      seen: { limit: 5_000, remaining, untilMs },
      pauseMs: 0,
      nowMs: NOW,
    })
    const anew = settle(left(10), EFFECT, seen(4_999, UNTIL + 3_600_000))
    expect(anew.graphql.remaining).toBe(4_999)
    expect(settle(anew, EFFECT, seen(9, UNTIL)).graphql.remaining).toBe(4_999)
  })
})

describe('a pause that GitHub asks for', () => {
  it('holds everything up, effects and the other interface too, until it is over', () => {
    const paused = settle(EMPTY_LEDGER, EFFECT, { seen: null, pauseMs: 30_000, nowMs: NOW })
    for (const resource of ['graphql', 'core'] as const) {
      expect(take(paused, { ...EFFECT, resource }, AT).refused).toMatchObject({ why: 'paused', untilMs: NOW + 30_000 })
      expect(take(paused, { ...EFFECT, resource }, { ...AT, nowMs: NOW + 30_000 }).refused).toBeNull()
    }
  })
})

describe('a ledger as a name', () => {
  it('comes back as it was, and fits into a file name', () => {
    const count = fc.nat(1_000_000)
    const budget = fc.record({
      limit: fc.option(count),
      remaining: fc.option(count),
      taken: count,
      untilMs: fc.nat(4_000_000_000_000),
    })
    const ledger = fc.record({ graphql: budget, core: budget, pausedUntilMs: fc.nat(4_000_000_000_000) })
    fc.assert(
      fc.property(ledger, fc.nat(), (given, version) => {
        const name = nameOf(given, version, 'a1b2c3d4')
        expect(name.length).toBeLessThan(255)
        expect(parseName(name)).toEqual({ name, version, ledger: given })
      }),
    )
  })

  it('is nothing else', () => {
    for (const name of ['', 'ledger', 'ledger.1.x~~~0', `${nameOf(EMPTY_LEDGER, 1, 'x')}~1`]) {
      expect(parseName(name), name).toBeNull()
    }
  })
})

function left(remaining: number, limit = 5_000): Ledger {
  return { ...EMPTY_LEDGER, graphql: { limit, remaining, taken: 0, untilMs: UNTIL } }
}
