/**
 * What every store must do, whatever it is made of. A store's own test file calls `describeStore`
 * with a way to open it; what only one kind can get wrong (damage, full disks) is tested beside it.
 */
import { describe, expect, it } from 'vitest'
import type { Store } from '../../lib/store/store.ts'
import { update } from '../../lib/store/update.ts'

export interface OpenedStore {
  readonly store: Store
  /** A second store over the same records, as another process would open it. */
  readonly again: () => Store
  readonly close: () => Promise<void>
}

const KEY = 'forge.example/acme/api/number/88'

interface SuiteOptions {
  /** Changes of one record in the tests of its journal: enough to pass any border that the store has within it. */
  readonly journalLength?: number
}

export function describeStore(
  name: string,
  open: () => Promise<OpenedStore>,
  { journalLength = 300 }: SuiteOptions = {},
): void {
  async function withStore(body: (opened: OpenedStore) => Promise<void>): Promise<void> {
    const opened = await open()
    try {
      await body(opened)
    } finally {
      await opened.close()
    }
  }

  describe(`${name}: reading and swapping`, () => {
    it('answers null for a record that was never written', () =>
      withStore(async ({ store }) => {
        expect(await store.read(KEY)).toBeNull()
        expect(await store.journal(KEY, 0)).toEqual([])
      }))

    it.each([null, true, 0, -1.5, '', 'ünï\n"\u0000', [], [1, [null]], { a: { b: [{}] } }])(
      'gives back %j as it was written',
      (value) =>
        withStore(async ({ store, again }) => {
          const swap = await store.compareAndSwap(KEY, null, value, 'first')
          expect(swap).toMatchObject({ ok: true })
          expect(await again().read(KEY)).toEqual({ value, version: swap.ok && swap.version })
        }),
    )

    it('creates a record only once', () =>
      withStore(async ({ store, again }) => {
        await store.compareAndSwap(KEY, null, 'mine', 'a')
        expect(await again().compareAndSwap(KEY, null, 'yours', 'b')).toEqual({ ok: false, conflict: true })
        expect((await store.read(KEY))?.value).toBe('mine')
      }))

    it('refuses a version that was replaced, and changes nothing', () =>
      withStore(async ({ store, again }) => {
        const first = await store.compareAndSwap(KEY, null, 1, 'a')
        if (!first.ok) throw new Error('the record could not be created')
        await again().compareAndSwap(KEY, first.version, 2, 'b')

        expect(await store.compareAndSwap(KEY, first.version, 3, 'c')).toEqual({ ok: false, conflict: true })
        expect((await store.read(KEY))?.value).toBe(2)
        expect((await store.journal(KEY, 0)).map(({ entry }) => entry)).toEqual(['a', 'b'])
      }))

    it('tells apart two writes of the same value', () =>
      withStore(async ({ store }) => {
        const first = await store.compareAndSwap(KEY, null, 'same', 'a')
        const second = await store.compareAndSwap(KEY, first.ok ? first.version : null, 'same', 'b')
        expect(second.ok && first.ok && second.version !== first.version).toBe(true)
      }))

    it.each(['', 'nonsense', '1', '1.x', '../1.x', '999999.0000'])(
      'takes the unknown version %j for a conflict',
      (version) =>
        withStore(async ({ store }) => {
          await store.compareAndSwap(KEY, null, 1, 'a')
          expect(await store.compareAndSwap(KEY, version, 2, 'b')).toEqual({ ok: false, conflict: true })
          expect(await store.compareAndSwap('never/written', version, 2, 'b')).toEqual({ ok: false, conflict: true })
          expect(await store.list('')).toEqual([KEY])
        }),
    )

    it('does not hand out a value that the writer can still change', () =>
      withStore(async ({ store }) => {
        const value = { list: ['kept'] }
        await store.compareAndSwap(KEY, null, value, 'a')
        value.list.push('added later')
        expect((await store.read(KEY))?.value).toEqual({ list: ['kept'] })
      }))

    it('lets one of many simultaneous writers win', () =>
      withStore(async ({ store, again }) => {
        const first = await store.compareAndSwap(KEY, null, 0, 'start')
        const version = first.ok ? first.version : null
        const stores = Array.from({ length: 8 }, () => again())
        const swaps = await Promise.all(stores.map((each, i) => each.compareAndSwap(KEY, version, i, i)))
        expect(swaps.filter(({ ok }) => ok)).toHaveLength(1)
        expect(await store.journal(KEY, 0)).toHaveLength(2)
      }))

    it('lets one of many simultaneous creators win', () =>
      withStore(async ({ store, again }) => {
        const stores = Array.from({ length: 8 }, () => again())
        const swaps = await Promise.all(stores.map((each, i) => each.compareAndSwap(KEY, null, i, i)))
        expect(swaps.filter(({ ok }) => ok)).toHaveLength(1)
        expect(await store.journal(KEY, 0)).toHaveLength(1)
      }))
  })

  describe(`${name}: keys`, () => {
    const difficult = [
      'a',
      'A',
      'a/b',
      'a/b/c',
      'a,b',
      'a=2fb',
      'a%2Fb',
      '.',
      '..',
      '../../etc/passwd',
      '/',
      '//',
      'a/',
      'a\\b',
      'con',
      'x.',
      ' x ',
      'ä',
      'a\u0308',
      '\u0000',
      'line\nbreak',
      '~',
      'a~',
      'head.1.x',
      `h.example/acme/api/branch/${'deep/'.repeat(48)}end`,
      `h.example/acme/api/branch/${'X'.repeat(244)}`,
      `h.example/acme/api/branch/${'X'.repeat(243)}x`,
    ]

    it('keeps every key apart from every other, however odd it is', () =>
      withStore(async ({ store, again }) => {
        for (const key of difficult) expect((await store.compareAndSwap(key, null, { key }, key)).ok, key).toBe(true)
        for (const key of difficult) expect((await again().read(key))?.value, key).toEqual({ key })
        expect(await store.list('')).toEqual([...difficult].sort())
      }))

    it('lists the keys that start with a prefix, sorted', () =>
      withStore(async ({ store }) => {
        for (const key of ['b/2', 'b/10', 'a/1', 'b']) await store.compareAndSwap(key, null, 0, 0)
        expect(await store.list('b/')).toEqual(['b/10', 'b/2'])
        expect(await store.list('')).toEqual(['a/1', 'b', 'b/10', 'b/2'])
        expect(await store.list('c')).toEqual([])
      }))

    it.each([
      ['empty', ''],
      ['overlong', 'x'.repeat(1_501)],
      ['half a character', 'a\ud800'],
    ])('refuses a key that is %s', (_, key) =>
      withStore(async ({ store }) => {
        const refused = { code: 'invalid_value' }
        await expect(store.read(key)).rejects.toMatchObject(refused)
        await expect(store.compareAndSwap(key, null, 1, 1)).rejects.toMatchObject(refused)
        await expect(store.journal(key, 0)).rejects.toMatchObject(refused)
      }),
    )
  })

  describe(`${name}: journal`, () => {
    it('keeps every entry in order, long after the values are gone', () =>
      withStore(async ({ store, again }) => {
        for (const step of upTo(journalLength)) await count(store, { step })
        const entries = await again().journal(KEY, 0)
        expect(entries.map(({ sequence }) => sequence)).toEqual(upTo(journalLength))
        expect(entries.map(({ entry }) => entry)).toEqual(upTo(journalLength).map((step) => ({ step })))
      }))

    it('answers only what came after the given entry', () =>
      withStore(async ({ store }) => {
        const length = Math.min(200, journalLength)
        for (const step of upTo(length)) await count(store, step)
        for (const after of [-1, 0, 1, 63, 64, 65, 127, 128, 129, length - 1, length, 5_000]) {
          const expected = upTo(length).filter((sequence) => sequence > after)
          expect(
            (await store.journal(KEY, after)).map(({ sequence }) => sequence),
            `after ${after}`,
          ).toEqual(expected)
        }
      }))

    it('says when each change was made', () =>
      withStore(async ({ store }) => {
        await count(store, 'a')
        const [first] = await store.journal(KEY, 0)
        expect(first?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      }))
  })

  describe(`${name}: update`, () => {
    it('loses and doubles nothing when many change one record at once', () =>
      withStore(async ({ store, again }) => {
        const stores = Array.from({ length: 6 }, () => again())
        const results = await Promise.all(stores.flatMap((each) => [1, 2, 3, 4, 5].map((i) => count(each, i))))
        expect((await store.read(KEY))?.value).toBe(30)
        expect([...results].sort((a, b) => a - b)).toEqual(upTo(30))
        expect(await store.journal(KEY, 0)).toHaveLength(30)
      }))

    it('writes nothing when nothing is to change', () =>
      withStore(async ({ store }) => {
        await count(store, 'a')
        const before = await store.read(KEY)
        expect(await update(store, KEY, () => ({ unchanged: true, result: 'seen' }))).toBe('seen')
        expect(await store.read(KEY)).toEqual(before)
      }))
  })

  describe(`${name}: clock`, () => {
    it('never runs backwards, and agrees between two openings of the store', () =>
      withStore(async ({ store, again }) => {
        const readings = [store.now(), again().now(), store.now()]
        expect(new Set(readings.map(({ bootId }) => bootId)).size).toBe(1)
        const times = readings.map(({ monotonicMs }) => monotonicMs)
        expect(times).toEqual([...times].sort((a, b) => a - b))
      }))
  })
}

/** Adds one to the number that the record holds. */
async function count(store: Store, entry: number | string | { step: number }): Promise<number> {
  return update(store, KEY, (current) => {
    const value = (typeof current?.value === 'number' ? current.value : 0) + 1
    return { value, entry, result: value }
  })
}

function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, i) => i + 1)
}
