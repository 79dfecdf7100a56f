import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../lib/errors.ts'
import { parseRecord } from '../../lib/ownership/parse.ts'
import type { OwnershipRecord } from '../../lib/ownership/record.ts'
import { aClaim, aRecord, PR } from './support.ts'

const target = { repo: 'Acme/API', pr: 88 }
const LEASE = { host: PR.host, repo: PR.repo, lease: 'merge/main' }
const active = { runId: ' r-1 ', claimedAt: '2026-01-01T00:00:00.000Z', updatedAt: 5 }

function problemWith(raw: unknown): string {
  try {
    parseRecord(raw, PR, 'the file x')
  } catch (error) {
    if (error instanceof StoreError && error.code === 'state_unreadable') return error.message
    throw error
  }
  throw new Error('it was read')
}

describe("a predecessor's record", () => {
  it.each([1, 2])('of schema %i becomes a claim that never ends by itself, with token 1', (schemaVersion) => {
    expect(parseRecord({ schemaVersion, target, activeRun: active }, PR)).toMatchObject({
      schemaVersion: 3,
      target: PR,
      token: 1,
      activeRun: { runId: 'r-1', updatedAt: null, token: 1, lease: null, process: null },
    })
  })

  it.each([
    ['no claim', { activeRun: 'x' }, { activeRun: null, token: 0 }],
    ['no claim either', { activeRun: { runId: '  ' } }, { activeRun: null }],
    ['no previous run', { previousRun: { runId: '' } }, { previousRun: null }],
    ['an empty history', { history: {} }, { history: [] }],
    ['history entries as they were', { history: [{ odd: 1 }, 7] }, { history: [{ odd: 1 }, 7] }],
    ['no signals', { exitSignals: 'x' }, { exitSignals: [] }],
    [
      'only the signals that name a run',
      { exitSignals: [1, { runId: '' }, { runId: 'a', at: 3, reason: '  ' }] },
      { exitSignals: [{ runId: 'a', at: null, reason: null }] },
    ],
    [
      'a reason cut to 500',
      { exitSignals: [{ runId: 'a', reason: 'x'.repeat(900) }] },
      { exitSignals: [{ reason: 'x'.repeat(500) }] },
    ],
    ['its number although it is text', { target: { repo: 'acme/api', pr: '88' } }, { target: PR }],
  ])('is read leniently: %s', (_, given, expected) => {
    expect(parseRecord({ schemaVersion: 2, target, ...given }, PR)).toMatchObject(expected)
  })

  it('with a request to stop its owner binds that owner, until it releases', () => {
    const exitSignals = [
      { runId: 'r-1', at: null, reason: 'enough' },
      { runId: 'other', at: null, reason: null },
    ]
    expect(parseRecord({ schemaVersion: 2, target, activeRun: active, exitSignals }, PR)).toMatchObject({
      activeRun: { stop: { reason: 'enough', acknowledgedAt: null } },
      exitSignals: [{ token: 1 }, { token: null }],
    })
  })

  it('shows at most the last fifty entries of its history', () => {
    const history = Array.from({ length: 70 }, (_, n) => ({ n }))
    const record = parseRecord({ schemaVersion: 2, target, history }, PR)
    expect([record.history.length, record.history.at(-1)]).toEqual([50, { n: 69 }])
  })
})

describe('a record that cannot be believed', () => {
  const claim = aClaim({ lease: { ttlMs: 1, bootId: 'b', renewedAtMs: 1, parkedMs: null } })
  const good = aRecord({ activeRun: claim })

  it.each([
    ['is no object', [], /not an object/],
    ['has a schema of the future', { ...good, schemaVersion: 4 }, /schemaVersion is 4; this version reads 1, 2, 3/],
    ['names no target', { ...good, target: null }, /names no target/],
    ['is of another repository', { ...good, target: { ...PR, repo: 'acme/web' } }, /acme\/web, not acme\/api/],
    ['is of another number', { ...good, target: { ...PR, number: 9 } }, /number 9, not number 88/],
    ['is of a lease', { ...good, target: { ...LEASE } }, /lease merge\/main, not number 88/],
    ['is of a lease without a name', { ...good, target: { ...LEASE, lease: '' } }, /number, branch or lease/],
    ['has half a request to stop', { ...good, activeRun: { ...claim, stop: { bootId: 'b' } } }, /stop.askedAtMs/],
    ['has a request to stop that is none', { ...good, activeRun: { ...claim, stop: true } }, /request to stop/],
    ['is of another host', { ...good, target: { ...PR, host: 'ghe.acme.dev' } }, /host ghe.acme.dev/],
    ['has no token', { ...good, token: undefined }, /token is undefined/],
    ['has a claim beyond its token', { ...good, token: 0 }, /the claim has token 1/],
    ['has a claim that is no object', { ...good, activeRun: 'a' }, /activeRun is not an object/],
    ['has a claim of nobody', { ...good, activeRun: { ...claim, runId: '' } }, /names no run/],
    ['has half a lease', { ...good, activeRun: { ...claim, lease: { ttlMs: 5 } } }, /lease of its activeRun/],
    ['has half a process', { ...good, activeRun: { ...claim, process: { pid: 'x' } } }, /process.pid/],
  ])('%s: it is refused by name, never read as free', (_, raw, problem) => {
    expect(problemWith(raw)).toMatch(problem)
    expect(problemWith(raw)).toMatch(/^the file x cannot be used/)
  })

  it('never ends in anything but that refusal, whatever JSON it is', () => {
    const part = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>(1, 2, 3, PR, target, active, claim, claim.lease, { toString: 1, valueOf: 1 }),
    )
    const fields = fc.record(
      { schemaVersion: part, target: part, token: part, activeRun: part, history: part, exitSignals: part, work: part },
      { requiredKeys: [] },
    )
    const damaged = fields.map((given) => ({ ...good, ...given }))
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fields, damaged), (raw) => {
        try {
          parseRecord(raw, PR)
        } catch (error) {
          expect(error).toBeInstanceOf(StoreError)
        }
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('a record of ours', () => {
  const text = fc.string({ minLength: 1 }).filter((value) => value.trim() === value && value !== '')
  const optionalText = fc.option(fc.string())
  const count = fc.nat()
  const lease = fc.record({ ttlMs: count, bootId: fc.string(), renewedAtMs: count, parkedMs: fc.option(count) })
  const worker = fc.record({
    machineId: optionalText,
    bootId: optionalText,
    pidNamespace: optionalText,
    pid: fc.integer({ min: 1, max: 4_194_304 }),
    startTime: optionalText,
  })
  const branch = fc.record({ repo: fc.constant('acme/api'), branch: fc.constant('dev-loops/issue-1') })
  const stop = fc.record({
    reason: optionalText,
    at: optionalText,
    bootId: fc.string(),
    askedAtMs: count,
    termMs: count,
    acknowledgedAt: optionalText,
  })
  const claim = fc.record({
    runId: text,
    claimedAt: optionalText,
    updatedAt: optionalText,
    token: count,
    lease: fc.option(lease),
    process: fc.option(worker),
    branch: fc.option(branch),
    stop: fc.option(stop),
  })
  const work = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)))

  it('of a branch or of a lease is read back under its own name', () => {
    for (const named of [LEASE, { host: PR.host, repo: PR.repo, branch: 'merge/main' }]) {
      const record = aRecord({ target: named })
      expect(parseRecord(JSON.parse(JSON.stringify(record)), named)).toEqual(record)
    }
  })

  it('is read back as it was written, with the work of others untouched', () => {
    fc.assert(
      fc.property(fc.option(claim), work, count, (activeRun, work, more) => {
        const token = (activeRun?.token ?? 0) + more
        const record: OwnershipRecord = aRecord({ activeRun, work, token })
        expect(parseRecord(JSON.parse(JSON.stringify(record)), PR)).toEqual(record)
      }),
    )
  })
})
