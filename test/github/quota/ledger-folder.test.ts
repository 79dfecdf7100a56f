import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Charge } from '../../../lib/github/quota/ledger.ts'
import { openQuota, type Quota } from '../../../lib/github/quota/quota.ts'

const OBSERVE: Charge = { resource: 'graphql', points: 1, purpose: 'observe' }
const EFFECT: Charge = { ...OBSERVE, purpose: 'effect' }

let folder: string
let nowMs: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-quota-'))
  nowMs = Date.now()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the ledger of a token', () => {
  it('is shared: what one process learned refuses another before it asks', () => {
    const [one, other] = [open(), open()]
    answered(one, { remaining: 100 })
    expect(() => other.take(OBSERVE)).toThrow(expect.objectContaining({ code: 'rate_limited' }))
    expect(() => other.take(EFFECT)).not.toThrow()
  })

  it('says which quota it is, until when, and that nothing was asked', () => {
    const quota = open()
    answered(quota, { remaining: 0 })
    const details = { resource: 'graphql', limit: 'primary', asked: false, resetAt: new Date(resetMs()).toISOString() }
    expect(() => quota.take(EFFECT)).toThrow(expect.objectContaining({ details: expect.objectContaining(details) }))
  })

  it('costs nothing to lose', () => {
    const quota = open()
    answered(quota, { remaining: 0 })
    rmSync(folder, { recursive: true })
    expect(() => quota.take(OBSERVE)).not.toThrow()
    for (const name of readdirSync(join(folder, 'ledger'))) rmSync(join(folder, 'ledger', name))
    expect(() => quota.take(OBSERVE)).not.toThrow()
    writeFileSync(join(folder, 'ledger', 'ledger.999.later~version'), '')
    expect(() => quota.take(OBSERVE)).not.toThrow()
  })

  it('keeps nobody from asking where it cannot be kept', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const quota = openQuota(join(file, 'below'), { reserve: 100, wallMs: () => nowMs })
    expect(() => quota.take(OBSERVE)).not.toThrow()
    expect(() => answered(quota, { remaining: 0 })).not.toThrow()
  })

  it('is one empty file that only its owner may look for', () => {
    answered(open(), { remaining: 7 })
    const [name, ...others] = readdirSync(join(folder, 'ledger'))
    expect(others).toEqual([])
    expect(statSync(join(folder, 'ledger', name ?? '')).size).toBe(0)
    expect(statSync(join(folder, 'ledger')).mode & 0o077).toBe(0)
  })

  it('finds its way back to one when somebody put a second file there', () => {
    answered(open(), { remaining: 0 })
    const [name = ''] = readdirSync(join(folder, 'ledger'))
    writeFileSync(join(folder, 'ledger', name.replace(/^ledger\.\d+/, 'ledger.0')), '')
    expect(() => open().take(EFFECT)).toThrow()
    expect(readdirSync(join(folder, 'ledger'))).toHaveLength(1)
  })
})

describe('many processes that spend one quota', () => {
  it('together leave the reserve untouched, however they meet', async () => {
    answered(open(), { remaining: 400, limit: 400 })
    const spent = await spendTogether(6, { limit: 400, reserve: 100, purpose: 'observe', tries: 200 })
    expect(spent.sent).toBe(300)
    expect(spent.refused).toBe(6 * 200 - 300)
  })

  it('together spend no more than there is when all of them make effects', async () => {
    answered(open(), { remaining: 50, limit: 400 })
    const spent = await spendTogether(4, { limit: 50, reserve: 100, purpose: 'effect', tries: 40 })
    expect(spent.sent).toBe(50)
  })

  it('keep the reserve also when one is killed in the middle, whose points stay taken', async () => {
    answered(open(), { remaining: 40, limit: 40 })
    const killed = await spend({ limit: 40, reserve: 10, purpose: 'observe', tries: 9, end: 'crash' })
    expect(killed).toBeNull()
    const spent = await spendTogether(2, { limit: 40, reserve: 10, purpose: 'observe', tries: 40 })
    expect(3 + spent.sent).toBeLessThanOrEqual(30)
    expect(3 + spent.sent).toBeGreaterThanOrEqual(29)
  })
})

function open(): Quota {
  return openQuota(folder, { reserve: 100, wallMs: () => nowMs })
}

function resetMs(): number {
  return (Math.floor(nowMs / 1_000) + 3_600) * 1_000
}

function answered(quota: Quota, { remaining, limit = 5_000 }: { remaining: number; limit?: number }): void {
  const headers = new Headers({
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(resetMs() / 1_000),
  })
  quota.settle({ ...EFFECT, points: 0 }, { status: 200, headers })
}

interface Spending {
  readonly limit: number
  readonly reserve: number
  readonly purpose: 'observe' | 'effect'
  readonly tries: number
  readonly end?: 'crash' | 'stay'
}

async function spendTogether(processes: number, spending: Spending) {
  const all = await Promise.all(Array.from({ length: processes }, () => spend(spending)))
  return { sent: sum(all, 'sent'), refused: sum(all, 'refused') }
}

function sum(all: readonly (Spent | null)[], key: keyof Spent): number {
  return all.reduce((total, one) => total + (one?.[key] ?? 0), 0)
}

interface Spent {
  readonly sent: number
  readonly refused: number
}

/** @returns `null` when it was killed */
async function spend({ limit, reserve, purpose, tries, end = 'stay' }: Spending): Promise<Spent | null> {
  const program = fileURLToPath(new URL('../../fixtures/quota/spend.ts', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const words = [folder, join(folder, 'server'), limit, reserve, purpose, tries, end].map(String)
  const done = await execa(process.execPath, ['--import', 'tsx', program, ...words], { reject: false, timeout: 60_000 })
  return done.signal === undefined ? JSON.parse(done.stdout) : null
}
