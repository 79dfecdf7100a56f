import { describe, expect, it } from 'vitest'
import {
  assertTarget,
  claimTarget,
  guardedUpdate,
  parkTarget,
  readOwnership,
  releaseTarget,
  renewTarget,
  signalExit,
} from '../../lib/ownership/service.ts'
import { aClock, anOwnership, PR } from './support.ts'

const KEY = 'github.com/acme/api/number/88'
const TTL = 60_000

async function held(ttlMs: number | null = TTL) {
  const clock = aClock()
  const ownership = anOwnership({ clock })
  await claimTarget(PR, { runId: 'a', mode: 'claim', ttlMs }, ownership)
  const changes = async () => (await ownership.store.journal(KEY, 0)).length
  return { clock, ownership, changes }
}

describe('renew', () => {
  it('starts the term anew and leaves the token', async () => {
    const { clock, ownership } = await held()
    clock.advance(TTL - 1)
    expect(await renewTarget(PR, { runId: 'a' }, ownership)).toMatchObject({
      status: 'renewed',
      token: 1,
      endsInMs: TTL,
    })
  })

  it('refuses a lease that ran out although nobody took the target', async () => {
    const { clock, ownership } = await held()
    clock.advance(TTL)
    expect(await renewTarget(PR, { runId: 'a' }, ownership)).toMatchObject({ error: 'lease_expired' })
  })

  it('refuses on another boot, where nobody can say whether the lease still runs', async () => {
    const { ownership } = await held()
    const elsewhere = { ...ownership, store: { ...ownership.store, now: aClock('boot-2', 5).now } }
    expect(await renewTarget(PR, { runId: 'a' }, elsewhere)).toMatchObject({ error: 'lease_expired' })
  })

  it('refuses an earlier claim of the same run', async () => {
    const { clock, ownership } = await held()
    clock.advance(TTL)
    await claimTarget(PR, { runId: 'a', mode: 'claim', ttlMs: TTL }, ownership)
    expect(await renewTarget(PR, { runId: 'a', token: 1 }, ownership)).toMatchObject({ error: 'ownership_lost' })
  })
})

describe('park', () => {
  it('gives the lease the term of the wait, and renewal ends it', async () => {
    const { clock, ownership } = await held()
    const answer = await parkTarget(PR, { runId: 'a', token: 1, parkMs: 2_100_000 }, ownership)
    expect(answer).toMatchObject({ status: 'parked', endsInMs: 2_100_000 })
    clock.advance(2_000_000)
    expect(await renewTarget(PR, { runId: 'a' }, ownership)).toMatchObject({ endsInMs: TTL })
  })

  it('never shortens a lease', async () => {
    const { ownership } = await held()
    expect(await parkTarget(PR, { runId: 'a', token: 1, parkMs: 1 }, ownership)).toMatchObject({ endsInMs: TTL })
  })

  it('is not cut short by a look at the target', async () => {
    const { clock, ownership } = await held()
    await parkTarget(PR, { runId: 'a', token: 1, parkMs: 2_100_000 }, ownership)
    clock.advance(1_000_000)
    expect(await assertTarget(PR, { runId: 'a' }, ownership)).toMatchObject({ endsInMs: 2_100_000 })
  })
})

describe('assert', () => {
  it.each([
    [19_999, 1],
    [20_000, 2],
  ])('after %i ms of a minute leaves the journal with %i entries', async (elapsedMs, entries) => {
    const { clock, ownership, changes } = await held()
    clock.advance(elapsedMs)
    expect(await assertTarget(PR, { runId: 'a' }, ownership)).toMatchObject({ status: 'owner_confirmed' })
    expect(await changes()).toBe(entries)
  })

  it('writes nothing when told only to look, or when the claim has no lease', async () => {
    const leased = await held()
    leased.clock.advance(50_000)
    await assertTarget(PR, { runId: 'a', renew: false }, leased.ownership)
    expect(await leased.changes()).toBe(1)

    const endless = await held(null)
    endless.clock.advance(50_000)
    await assertTarget(PR, { runId: 'a' }, endless.ownership)
    expect(await endless.changes()).toBe(1)
  })

  it('tells a run that was displaced who holds the target', async () => {
    const { ownership } = await held()
    expect(await assertTarget(PR, { runId: 'b' }, ownership)).toMatchObject({
      error: 'ownership_lost',
      activeRun: { runId: 'a' },
      exitSignals: [],
    })
  })

  it('refuses a claim that has ended', async () => {
    const { clock, ownership } = await held()
    clock.advance(TTL)
    expect(await assertTarget(PR, { runId: 'a' }, ownership)).toMatchObject({ error: 'lease_expired' })
  })

  it.each([
    [false, { ok: true, status: 'no_owner_record' }],
    [true, { ok: false, error: 'ownership_missing' }],
  ])('with requireExisting %s answers a free target as the predecessor did', async (requireExisting, expected) => {
    const fresh = anOwnership()
    expect(await assertTarget(PR, { runId: 'a', requireExisting }, fresh)).toMatchObject(expected)
    const { ownership } = await held()
    await releaseTarget(PR, { runId: 'a' }, ownership)
    expect(await assertTarget(PR, { runId: 'a', requireExisting }, ownership)).toMatchObject(expected)
  })
})

describe('release', () => {
  it('may be repeated', async () => {
    const { ownership } = await held()
    expect(await releaseTarget(PR, { runId: 'a' }, ownership)).toMatchObject({ status: 'released', activeRun: null })
    expect(await releaseTarget(PR, { runId: 'a' }, ownership)).toMatchObject({ status: 'release_noop' })
  })

  it('is refused to a run that another one displaced', async () => {
    const { ownership } = await held()
    expect(await releaseTarget(PR, { runId: 'b' }, ownership)).toMatchObject({ error: 'ownership_lost' })
  })
})

describe('a guarded change', () => {
  const change = () => ({ work: { step: 1 }, entry: { type: 'note' }, result: 'done' })

  it('is written in the same step that proves ownership', async () => {
    const { ownership, changes } = await held()
    expect(await guardedUpdate(PR, { runId: 'a', token: 1 }, change, ownership)).toEqual({ ok: true, value: 'done' })
    expect((await readOwnership(PR, ownership)).record?.work).toEqual({ step: 1 })
    expect(await changes()).toBe(2)
  })

  it('is kept by every later change of owner', async () => {
    const { ownership } = await held()
    await guardedUpdate(PR, { runId: 'a', token: 1 }, change, ownership)
    await signalExit(PR, { runId: 'a' }, ownership)
    await renewTarget(PR, { runId: 'a' }, ownership)
    await releaseTarget(PR, { runId: 'a' }, ownership)
    await claimTarget(PR, { runId: 'b', mode: 'takeover' }, ownership)
    expect((await readOwnership(PR, ownership)).record?.work).toEqual({ step: 1 })
  })

  it.each([
    [19_999, TTL - 19_999],
    [20_000, TTL],
  ])('after %i ms leaves %i ms of the lease', async (elapsedMs, leftMs) => {
    const { clock, ownership } = await held()
    clock.advance(elapsedMs)
    await guardedUpdate(PR, { runId: 'a', token: 1 }, change, ownership)
    expect((await readOwnership(PR, ownership)).holder?.endsInMs).toBe(leftMs)
  })

  it.each([
    [
      'nobody holds the target',
      'ownership_missing',
      async ({ ownership }: Held) => {
        await releaseTarget(PR, { runId: 'a' }, ownership)
      },
    ],
    [
      'another run holds it',
      'ownership_lost',
      async ({ ownership }: Held) => {
        await claimTarget(PR, { runId: 'b', mode: 'takeover', force: true, reason: 'test' }, ownership)
      },
    ],
    [
      'the same run claimed anew',
      'ownership_lost',
      async ({ clock, ownership }: Held) => {
        clock.advance(TTL)
        await claimTarget(PR, { runId: 'a', mode: 'claim', ttlMs: TTL }, ownership)
      },
    ],
    [
      'only the safety margin is left',
      'lease_expired',
      async ({ clock }: Held) => {
        clock.advance(TTL - 5_000)
      },
    ],
    [
      'the run was asked to stop',
      'exit_signal_recorded',
      async ({ ownership }: Held) => {
        await signalExit(PR, { runId: 'a', reason: 'enough' }, ownership)
      },
    ],
  ])('writes nothing when %s', async (_, error, prepare) => {
    const state = await held()
    await prepare(state)
    const before = await state.changes()
    const answer = await guardedUpdate(PR, { runId: 'a', token: 1 }, change, state.ownership)
    expect(answer).toMatchObject({ ok: false, error })
    expect(await state.changes()).toBe(before)
  })

  it('may still write down what already happened after a request to stop', async () => {
    const { ownership } = await held()
    await signalExit(PR, { runId: 'a' }, ownership)
    const request = { runId: 'a', token: 1, evenIfAskedToStop: true }
    expect(await guardedUpdate(PR, request, change, ownership)).toMatchObject({ ok: true })
  })

  it('without an entry asks only, and writes no more than a renewal that is due', async () => {
    const { clock, ownership, changes } = await held()
    const ask = () => ({ work: { lost: true }, entry: null, result: null })
    await guardedUpdate(PR, { runId: 'a', token: 1 }, ask, ownership)
    expect(await changes()).toBe(1)
    clock.advance(20_000)
    await guardedUpdate(PR, { runId: 'a', token: 1 }, ask, ownership)
    expect(await changes()).toBe(2)
    expect((await readOwnership(PR, ownership)).record?.work).toBeNull()
  })

  it('lets a lease shorter than three margins act for two thirds of its term', async () => {
    const { clock, ownership } = await held(3_000)
    clock.advance(1_999)
    expect(await guardedUpdate(PR, { runId: 'a', token: 1 }, change, ownership)).toMatchObject({ ok: true })
    clock.advance(2_000)
    expect(await guardedUpdate(PR, { runId: 'a', token: 1 }, change, ownership)).toMatchObject({
      error: 'lease_expired',
    })
  })
})

type Held = Awaited<ReturnType<typeof held>>
