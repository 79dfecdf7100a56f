import { describe, expect, it } from 'vitest'
import { StoreError } from '../../lib/errors.ts'
import { openMemoryStore } from '../../lib/store/memory.ts'
import type { Store } from '../../lib/store/store.ts'
import { update } from '../../lib/store/update.ts'

const increment = (current: { value: unknown } | null) => {
  const value = Number(current?.value ?? 0) + 1
  return { value, entry: 'counted', result: value }
}

/** A store in which somebody else always gets there first, `times` times. */
function contendedStore(times: number): Store {
  const store = openMemoryStore()
  let left = times
  return {
    ...store,
    async compareAndSwap(key, version, value, entry) {
      if (left > 0) {
        left -= 1
        await store.compareAndSwap(key, version, 100 + left, 'rival')
      }
      return store.compareAndSwap(key, version, value, entry)
    },
  }
}

describe('update', () => {
  it('decides again on what the rival wrote', async () => {
    const store = contendedStore(1)
    expect(await update(store, 'key', increment)).toBe(101)
    expect((await store.journal('key', 0)).map(({ entry }) => entry)).toEqual(['rival', 'counted'])
  })

  it('gives up with store_contended once its time is spent, having changed nothing', async () => {
    const store = contendedStore(Number.POSITIVE_INFINITY)
    const given = update(store, 'key', increment, { giveUpAfterMs: 30 })
    await expect(given).rejects.toMatchObject({ code: 'store_contended', details: { key: 'key' } })
    expect((await store.journal('key', 0)).some(({ entry }) => entry === 'counted')).toBe(false)
  })

  it('never tries again after a failure, because the change may be in', async () => {
    let calls = 0
    const store: Store = {
      ...openMemoryStore(),
      async compareAndSwap() {
        calls += 1
        throw new StoreError('store_unavailable', 'the disk went away')
      },
    }
    await expect(update(store, 'key', increment)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(calls).toBe(1)
  })

  it('takes one turn after a conflict, and gives it back at the end', async () => {
    const store = contendedStore(2)
    const turns: string[] = []
    const takeTurn = async () => {
      turns.push('taken')
      return async () => void turns.push('ended')
    }
    await update({ ...store, takeTurn }, 'key', increment)
    expect(turns).toEqual(['taken', 'ended'])

    await update({ ...openMemoryStore(), takeTurn }, 'key', increment)
    expect(turns).toEqual(['taken', 'ended'])
  })

  it('hands the clock of the store to the decision', async () => {
    const now = { bootId: 'b', monotonicMs: 5, wallMs: 0 }
    const store = openMemoryStore({ now: () => now })
    expect(await update(store, 'key', (_, at) => ({ unchanged: true, result: at }))).toEqual(now)
  })
})

describe('update where asking is dear', () => {
  /** Remembers what it saw, and counts how often it asked. */
  async function rememberingStore() {
    const store = openMemoryStore()
    await store.compareAndSwap('key', null, 1, 'first')
    let seen = await store.read('key')
    const asked = { times: 0 }
    const remembering: Store = {
      ...store,
      recall: async () => seen,
      async read(key) {
        asked.times += 1
        seen = await store.read(key)
        return seen
      },
      async compareAndSwap(key, version, value, entry) {
        const swap = await store.compareAndSwap(key, version, value, entry)
        seen = await store.read(key)
        return swap
      },
    }
    return { store: remembering, behindItsBack: store, asked }
  }

  it('decides on what was last seen, and asks nothing while that still holds', async () => {
    const { store, asked } = await rememberingStore()
    expect(await update(store, 'key', increment)).toBe(2)
    expect(await update(store, 'key', increment)).toBe(3)
    expect(asked.times).toBe(0)
  })

  it('decides again on what the conflict showed', async () => {
    const { store, behindItsBack, asked } = await rememberingStore()
    await update(behindItsBack, 'key', increment)
    expect(await update(store, 'key', increment)).toBe(3)
    expect(asked.times).toBe(0)
  })

  it('believes an answer that writes nothing only after it asked', async () => {
    const { store, behindItsBack, asked } = await rememberingStore()
    await update(behindItsBack, 'key', increment)
    const look = (current: { value: unknown } | null) => ({ unchanged: true as const, result: current?.value })
    expect(await update(store, 'key', look)).toBe(2)
    expect(asked.times).toBe(1)
  })

  it('writes after all when only the old value needed no change', async () => {
    const { store, behindItsBack } = await rememberingStore()
    await update(behindItsBack, 'key', increment)
    const atMostOne = (current: { value: unknown } | null) =>
      current?.value === 1
        ? { unchanged: true as const, result: 'kept' }
        : { value: 1, entry: 'reset', result: 'reset' }
    expect(await update(store, 'key', atMostOne)).toBe('reset')
  })
})
