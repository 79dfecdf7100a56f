import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../lib/config/defaults.generated.ts'
import { isBudgeted, readBudget, spendBudget } from '../../lib/sessions/budgets.ts'
import { NO_WORK } from '../../lib/sessions/work.ts'

const budgets = { ...DEFAULT_POLICY.budgets, fixChecks: 2 }
const read = (work: typeof NO_WORK, head: string | null) => readBudget(work, 'fix_checks', { head, budgets })

describe('a budget', () => {
  it('is spent by agents that were started, also when the head never moves', () => {
    const once = spendBudget(NO_WORK, 'fix_checks', { head: 'a', started: true })
    const twice = spendBudget(once, 'fix_checks', { head: 'a', started: true })
    expect(read(once, 'a')).toMatchObject({ used: 1, limit: 2, spent: false })
    expect(read(twice, 'a')).toMatchObject({ used: 2, spent: true })
  })

  it('is spent by heads for which a repair was handed out', () => {
    const two = ['a', 'b'].reduce((work, head) => spendBudget(work, 'fix_checks', { head, started: false }), NO_WORK)
    expect(read(two, 'c')).toMatchObject({ used: 2, spent: true })
  })

  it('is not spent by asking again about the same head', () => {
    const asked = spendBudget(NO_WORK, 'fix_checks', { head: 'a', started: false })
    expect(spendBudget(asked, 'fix_checks', { head: 'a', started: false })).toEqual(asked)
    expect(read(asked, 'a').used).toBe(0)
  })

  it('counts each step by itself', () => {
    const work = spendBudget(NO_WORK, 'fix_gate', { head: 'a', started: true })
    expect(read(work, 'a').used).toBe(0)
    expect(isBudgeted('merge')).toBe(false)
    expect(isBudgeted('toString')).toBe(false)
  })
})
