/** A check that every store passes proves nothing: each of these breaks one promise and must be caught. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CheckStoreOptions, checkStore, type StoreReport } from '../../lib/testing/check-store.ts'
import { bundleWorker } from '../support/store-processes.ts'

const broken = fileURLToPath(new URL('../fixtures/testing/broken-store.mjs', import.meta.url))

/** Bundled once: starting the source takes longer than what is tested. */
let bundles = ''
let contender: readonly string[] = []
beforeAll(() => {
  bundles = mkdtempSync(join(tmpdir(), 'dev-loops-contender-'))
  contender = [bundleWorker(fileURLToPath(new URL('../../lib/testing/contender.ts', import.meta.url)), bundles)]
})
afterAll(() => rmSync(bundles, { recursive: true, force: true }))

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-broken-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function check(fault: string, more: Partial<CheckStoreOptions> = {}): Promise<StoreReport> {
  const options = { folder, fault }
  const few = { seconds: 1, seats: [{}, {}, {}], keys: 1, disturb: [], pauseMs: 5 }
  return checkStore({ module: broken, contender, options, ...few, ...more })
}

describe('a store that', () => {
  it('keeps every promise passes', async () => {
    const report = await check('none')
    expect(report, JSON.stringify(report, null, 1)).toMatchObject({ ok: true, journal: [], failures: {} })
    expect(report.register.operations).toBeGreaterThan(50)
  })

  it.each(['compares too early', 'never refuses', 'shows old values', 'uses versions twice', 'forgets changes'])(
    '%s has a history that is not linearizable',
    async (fault) => {
      const report = await check(fault)
      expect(report.ok).toBe(false)
      expect(report.register.linearizable).toBe(false)
    },
  )

  it('doubles entries of its journal is told so', async () => {
    const report = await check('doubles entries')
    expect(report.journal.join('\n')).toMatch(/has the committed run-\d+#\d+ 2 times/)
  })
})

it.each([1, 2, 3])(
  'everything is done to its users three times, however little time there is: seed %i',
  async (seed) => {
    const done = { cut: 0, filled: 0 }
    const own = (what: keyof typeof done) => async () => {
      done[what] += 1
    }
    const disturb = ['kill', own('cut'), 'pause', own('filled')] as const
    const { kills, pauses } = await check('none', { seed, seconds: 0, disturb, disturbEveryMs: 10 })
    expect({ ...done, kills, pauses }).toEqual({ cut: 3, filled: 3, kills: 3, pauses: 3 })
  },
)

it('its users work on until they were told enough', async () => {
  const asked: unknown[] = []
  const { ok, said } = await check('none', {
    seconds: 0,
    enough({ said }) {
      asked.push(said)
      return (said['claim: active_run_exists'] ?? 0) >= 3
    },
  })
  expect(ok).toBe(true)
  expect(said['claim: active_run_exists']).toBeGreaterThanOrEqual(3)
  expect(asked.length).toBeGreaterThan(1)
})

it.each([
  ['empty.mjs', 'exports no function openStore'],
  ['missing.mjs', 'is no file'],
])('a module that opens no store is named: %s %s', async (name, why) => {
  writeFileSync(join(folder, 'empty.mjs'), 'export const opened = null')
  await expect(checkStore({ module: join(folder, name) })).rejects.toMatchObject({
    code: 'invalid_value',
    message: expect.stringContaining(`${join(folder, name)} ${why}`),
  })
})
