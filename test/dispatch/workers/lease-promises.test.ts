/**
 * Promises about leases on which every dispatcher builds, each of them broken by one that came before: who
 * gets which token, what a late holder may still do, and what a store that fails leaves behind.
 */
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../../lib/errors.ts'
import {
  assertTarget,
  claimTarget,
  guardedUpdate,
  type OwnershipContext,
  parkTarget,
  releaseTarget,
  renewTarget,
} from '../../../lib/ownership/service.ts'
import { targetKey } from '../../../lib/target.ts'
import { aClock, anOwnership, PR } from '../../ownership/support.ts'

const TTL = 90_000

function aWorld() {
  const clock = aClock()
  const ownership = anOwnership({ clock })
  const claim = (runId: string) => claimTarget(PR, { runId, mode: 'claim', ttlMs: TTL }, ownership)
  return { clock, ownership, claim }
}

describe('tokens', () => {
  it('begin at 1, and rise by one with each change of owner, after a release as after an expiry', async () => {
    const { clock, ownership, claim } = aWorld()
    expect(await claim('a')).toMatchObject({ token: 1 })
    await releaseTarget(PR, { runId: 'a' }, ownership)
    expect(await claim('b')).toMatchObject({ token: 2 })
    clock.advance(TTL)
    expect(await claim('c')).toMatchObject({ token: 3 })
  })

  it('of two targets know nothing of each other', async () => {
    const { ownership, claim } = aWorld()
    await claim('a')
    await releaseTarget(PR, { runId: 'a' }, ownership)
    await claim('a')
    const other = await claimTarget({ ...PR, number: 89 }, { runId: 'b', mode: 'claim', ttlMs: TTL }, ownership)
    expect(other).toMatchObject({ token: 1 })
  })

  it('stay the same when the holder claims again, which is a renewal', async () => {
    const { clock, claim } = aWorld()
    await claim('a')
    clock.advance(TTL - 1)
    expect(await claim('a')).toMatchObject({ status: 'refreshed', token: 1, endsInMs: TTL })
  })

  it('are given to one of two that claim an expired lease at once', async () => {
    const { clock, claim } = aWorld()
    await claim('a')
    clock.advance(TTL)
    const answers = await Promise.all([claim('b'), claim('c')])
    expect(answers).toMatchObject([
      { status: 'claimed_new', token: 2 },
      { error: 'active_run_exists', token: 2 },
    ])
  })
})

describe('a holder whose lease ran out and was given to another', () => {
  const late: Record<string, (token: number, ownership: OwnershipContext) => Promise<unknown>> = {
    renews: (token, ownership) => renewTarget(PR, { runId: 'a', token }, ownership),
    parks: (token, ownership) => parkTarget(PR, { runId: 'a', token, parkMs: TTL }, ownership),
    confirms: (token, ownership) => assertTarget(PR, { runId: 'a', token }, ownership),
    settles: (token, ownership) =>
      guardedUpdate(
        PR,
        { runId: 'a', token },
        () => ({ work: { late: true }, entry: 'late', result: null }),
        ownership,
      ),
    releases: (token, ownership) => releaseTarget(PR, { runId: 'a', token }, ownership),
  }

  it.each(Object.keys(late))('%s and is refused, and nothing is changed by it', async (name) => {
    for (const next of ['b', 'a']) {
      const { clock, ownership, claim } = aWorld()
      await claim('a')
      clock.advance(TTL)
      await claim(next)
      const before = await ownership.store.read(targetKey(PR))
      expect(await late[name]?.(1, ownership)).toMatchObject({ ok: false, error: 'ownership_lost' })
      expect(await ownership.store.read(targetKey(PR))).toEqual(before)
    }
  })
})

describe('a holder that renews in time', () => {
  it('is not displaced in ten terms by one that tries in each', async () => {
    const { clock, ownership, claim } = aWorld()
    await claim('a')
    for (let third = 0; third < 30; third += 1) {
      clock.advance(TTL / 3)
      expect(await claim('b')).toMatchObject({ ok: false, error: 'active_run_exists', token: 1 })
      await renewTarget(PR, { runId: 'a', token: 1 }, ownership)
    }
  })
})

describe('a store that fails', () => {
  it('in the middle of a claim lets nobody believe that it holds the target', async () => {
    const { ownership } = aWorld()
    const broken = {
      ...ownership.store,
      compareAndSwap: async () => Promise.reject(new StoreError('store_unavailable', 'gone')),
    }
    const claiming = claimTarget(PR, { runId: 'a', mode: 'claim', ttlMs: TTL }, { ...ownership, store: broken })
    await expect(claiming).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await ownership.store.read(targetKey(PR))).toBeNull()
  })
})
