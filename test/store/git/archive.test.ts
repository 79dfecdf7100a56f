import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../lib/store/store.ts'
import { create, KEY, keysOfOnePart, makeWorld, type World } from './world.ts'

const OTHER = 'forge.example/acme/api/number/89'
const ARCHIVE = 'refs/dev-loops/archive/=head'

let world: World
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.close())

describe('an archived record', () => {
  it('has no ref any more, and is read, listed and told about as before', async () => {
    const store = world.machine('a')
    const version = await change(store, await create(store, 1), 2)
    expect(await archive(store, KEY, version)).toEqual({ archived: [KEY], left: [] })

    expect(liveRefs()).toEqual([])
    for (const reader of [store, world.machine('a'), world.machine('cold')]) {
      expect(await reader.read(KEY)).toEqual({ value: 2, version })
      expect((await reader.journal(KEY, 0)).map(({ entry }) => entry)).toEqual([1, 2])
      expect(await reader.list('')).toEqual([KEY])
      expect(await reader.readLive?.('')).toEqual([])
    }
  })

  it('goes on where it was when it is used again, from any machine', async () => {
    const version = await create(world.machine('a'), 1)
    await archive(world.machine('a'), KEY, version)
    const store = world.machine('b')
    await store.read(KEY)

    await change(store, version, 2)
    expect(liveRefs()).toHaveLength(1)
    expect((await world.machine('c').journal(KEY, 0)).map(({ sequence, entry }) => [sequence, entry])).toEqual([
      [1, 1],
      [2, 2],
    ])
    expect(await store.list('')).toEqual([KEY])
  })

  it('is archived anew at its later version', async () => {
    const store = world.machine('a')
    const first = await create(store, 1)
    await archive(store, KEY, first)
    const second = await change(store, first, 2)
    expect(await archive(store, KEY, second)).toMatchObject({ archived: [KEY] })
    expect(await world.machine('b').read(KEY)).toEqual({ value: 2, version: second })
  })

  it('cannot be created a second time', async () => {
    const store = world.machine('a')
    await archive(store, KEY, await create(store, 1))
    expect(await store.compareAndSwap(KEY, null, 9, 'again')).toEqual({ ok: false, conflict: true })
    expect(await world.machine('b').compareAndSwap(KEY, null, 9, 'again')).toEqual({ ok: false, conflict: true })
  })

  it('conflicts with a writer who knows an older version', async () => {
    const store = world.machine('a')
    const first = await create(store, 1)
    const slow = world.machine('b')
    await slow.read(KEY)
    await archive(store, KEY, await change(store, first, 2))
    expect(await slow.compareAndSwap(KEY, first, 3, 'late')).toEqual({ ok: false, conflict: true })
  })

  it('takes the change of a writer who saw this version before it was archived', async () => {
    const store = world.machine('a')
    const version = await create(store, 1)
    const slow = world.machine('b')
    await slow.read(KEY)
    await archive(store, KEY, version)
    expect(await slow.compareAndSwap(KEY, version, 2, 'late')).toMatchObject({ ok: true })
    expect((await store.journal(KEY, 0)).map(({ entry }) => entry)).toEqual([1, 'late'])
  })
})

describe('a writer that was paused before it created a record', () => {
  it('is refused when the record was created, released and archived in between', async () => {
    const paused = world.machine('paused')
    expect(await paused.read(KEY)).toBeNull()

    const quick = world.machine('quick')
    await archive(quick, KEY, await change(quick, await create(quick, 'token 1'), 'free'))
    expect(await paused.compareAndSwap(KEY, null, 'token 1', 'late')).toEqual({ ok: false, conflict: true })
    expect((await quick.journal(KEY, 0)).map(({ entry }) => entry)).toEqual(['token 1', 'free'])
  })

  it('is refused when an archived record was used and archived again in between', async () => {
    const quick = world.machine('quick')
    const old = await create(quick, 'token 1')
    await archive(quick, KEY, old)
    const paused = world.machine('paused')
    expect(await paused.read(KEY)).toEqual({ value: 'token 1', version: old })

    await archive(quick, KEY, await change(quick, old, 'token 2'))
    expect(await paused.compareAndSwap(KEY, old, 'token 2', 'late')).toEqual({ ok: false, conflict: true })
    expect((await quick.read(KEY))?.value).toBe('token 2')
  })

  it('is let through when only others of the same part of the index were created', async () => {
    const { first, second } = keysOfOnePart()
    const paused = world.machine('paused')
    expect(await paused.read(first)).toBeNull()
    await create(world.machine('quick'), 1, second)
    expect(await paused.compareAndSwap(first, null, 1, 'late')).toMatchObject({ ok: true })
  })
})

describe('archiving', () => {
  it('leaves a record alone that was changed since it was read, and archives the others', async () => {
    const store = world.machine('a')
    const [stale, other] = [await create(store, 1), await create(store, 1, OTHER)]
    await change(world.machine('b'), stale, 2)
    const wanted = [
      { key: KEY, version: stale },
      { key: OTHER, version: other },
    ]
    expect(await store.care?.archive(wanted)).toEqual({ archived: [OTHER], left: [KEY] })
    expect((await store.read(KEY))?.value).toBe(2)
  })

  it('only adds to the history of the archive, and needs none of it', async () => {
    const store = world.machine('a')
    const [first, second] = [await create(store, 1), await create(store, 1, OTHER)]
    await archive(store, KEY, first)
    const before = world.git('rev-parse', ARCHIVE)
    await archive(world.machine('cold'), OTHER, second)

    expect(world.git('rev-list', ARCHIVE).split('\n')).toEqual(expect.arrayContaining([before, first, second]))
    expect(world.git('fsck', '--connectivity-only', '--no-dangling')).toBe('')
    expect(await world.machine('b').list('')).toEqual([KEY, OTHER])
  })

  it('takes any number of records', async () => {
    const store = world.machine('a')
    const keys = Array.from({ length: 70 }, (_, i) => `forge.example/acme/api/number/${i + 1}`)
    const made = await store.swapTogether?.(
      keys.map((key) => ({ key, version: null, value: 1, entry: 1 })),
      [],
    )
    if (!made?.ok) throw new Error('the records could not be created')
    const wanted = keys.map((key, i) => ({ key, version: made.versions[i] ?? '' }))
    expect((await store.care?.archive(wanted))?.archived).toHaveLength(70)
    expect(liveRefs()).toEqual([])
    expect(await store.list('')).toEqual([...keys].sort())
  })

  it('is done once when two machines do it at once', async () => {
    const records = [KEY, OTHER].map(async (key) => ({ key, version: await create(world.machine('a'), 1, key) }))
    const wanted = await Promise.all(records)
    const results = await Promise.all(['a', 'b'].map((name) => world.machine(name).care?.archive(wanted)))
    expect(results.flatMap((result) => result?.archived ?? []).sort()).toEqual([KEY, OTHER])
    expect(liveRefs()).toEqual([])
    expect(await world.machine('c').list('')).toEqual([KEY, OTHER])
  })

  it('is refused for records that are kept as branches', async () => {
    const store = world.machine('a', { namespace: 'branches' })
    const version = await create(store, 1)
    await expect(archive(store, KEY, version)).rejects.toMatchObject({ code: 'precondition_failed' })
    expect((await store.read(KEY))?.version).toBe(version)
  })

  it('is refused where the server changes one ref at a time, which else works', async () => {
    world.git('config', 'receive.advertiseAtomic', 'false')
    const store = world.machine('a')
    const version = await change(store, await create(store, 1), 2)
    await expect(archive(store, KEY, version)).rejects.toMatchObject({ code: 'precondition_failed' })
    expect((await store.read(KEY))?.version).toBe(version)
  })
})

function liveRefs(): readonly string[] {
  return world.git('for-each-ref', '--format=%(refname)', 'refs/dev-loops/records').split('\n').filter(Boolean)
}

async function change(store: Store, version: string, value: number | string): Promise<string> {
  const swap = await store.compareAndSwap(KEY, version, value, value)
  if (!swap.ok) throw new Error('the record was changed by somebody else')
  return swap.version
}

async function archive(store: Store, key: string, version: string) {
  if (store.care === undefined) throw new Error('this store has no archive')
  return store.care.archive([{ key, version }])
}
