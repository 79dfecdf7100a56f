import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openCache } from '../../../lib/store/git/cache.ts'
import { healing } from '../../../lib/store/git/commits.ts'
import { look } from '../../../lib/store/git/look.ts'
import { contains, type GitStorePlace } from '../../../lib/store/git/swap.ts'
import { create, KEY, makeWorld, type World } from './world.ts'

let world: World
let place: GitStorePlace
let versions: readonly string[]
beforeEach(async () => {
  world = makeWorld()
  const store = world.machine('a')
  const first = await create(store, 1)
  const second = await store.compareAndSwap(KEY, first, 2, 2)
  const third = await store.compareAndSwap(KEY, second.ok ? second.version : '', 3, 3)
  versions = [first, second.ok ? second.version : '', third.ok ? third.version : '']

  const caches = join(world.folder, 'a/git-store')
  const remote = { url: world.url, shown: world.url, env: process.env, access: null, settings: [] }
  const cache = openCache(join(caches, readdirSync(caches)[0] ?? ''))
  place = { cache, remote, namespace: 'refs', atomic: { supported: true } }
})
afterEach(() => world.close())

/** Of a change that was pushed as the second one, and whose answer was lost. */
function wasMade(next: string): Promise<boolean> {
  return healing(async (again) => {
    const { seen, version } = await look(KEY, place)
    if (version === null) throw new Error('the record is gone')
    return contains(
      version,
      { key: KEY, version: versions[0] ?? '', sequence: 2, next, seen, write: () => next },
      place,
      again,
    )
  })
}

it('a change was made when later ones were built on it, and not when they were built on another', async () => {
  expect(await wasMade(versions[1] ?? '')).toBe(true)
  expect(await wasMade('f'.repeat(40))).toBe(false)
})

it('a change of which this machine lost its memory is not taken for one that was never made', async () => {
  const ours = versions[1] ?? ''
  const path = join(place.cache.objects, ours.slice(0, 2), ours.slice(2))
  rmSync(path)
  writeFileSync(path, '')
  expect(await wasMade(ours)).toBe(true)
})
