import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { TidyLimits } from '../../../lib/store/git/tidy.ts'
import type { Store } from '../../../lib/store/store.ts'
import { update } from '../../../lib/store/update.ts'
import { create, KEY, makeWorld, type World } from './world.ts'

const HOUR_MS = 3_600_000
/** Whenever somebody looks, which is once in an hour. */
const EASILY: TidyLimits = { alone: 0, packs: 1, ageMs: HOUR_MS, forgetMs: 10 * HOUR_MS }
const CHANGES = 8

let world: World
let store: Store
beforeEach(() => {
  world = makeWorld()
  store = world.machine('a', { limits: EASILY })
})
afterEach(() => world.close())

const cache = () => {
  const all = join(world.folder, 'a/git-store')
  return join(all, readdirSync(all)[0] ?? '')
}
const objects = () => join(cache(), 'objects')
const packs = () => {
  const folder = join(objects(), 'pack')
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.pack')) : []
}
const alone = () =>
  readdirSync(objects())
    .filter((name) => name.length === 2)
    .flatMap((name) => readdirSync(join(objects(), name)).map((rest) => join(objects(), name, rest)))

/** Everything in the cache, the note of the last look too, becomes so much older. */
function passHours(hours: number): void {
  for (const name of readdirSync(cache(), { recursive: true, encoding: 'utf8' })) {
    const path = join(cache(), name)
    const then = new Date(statSync(path).mtimeMs - hours * HOUR_MS)
    utimesSync(path, then, then)
  }
}

async function count(times: number, key = KEY): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    await update(store, key, (current) => ({ value: Number(current?.value ?? 0) + 1, entry: i, result: null }))
  }
}

/** What the cache holds, since nothing is fetched that was fetched before. */
async function expectWhole(changes: number): Promise<void> {
  expect(await store.recall?.(KEY)).toMatchObject({ value: changes })
  const sequences = (await store.journal(KEY, 0)).map(({ sequence }) => sequence)
  expect(sequences).toEqual(Array.from({ length: changes }, (_, i) => i + 1))
}

it('puts what lay alone for an hour into a pack, and everything is still there', async () => {
  await count(CHANGES)
  expect([alone().length > CHANGES, packs()]).toEqual([true, []])
  passHours(2)
  await count(1)
  expect(packs()).toHaveLength(1)
  // Only what was just replaced lay there alone for less.
  expect(alone().length).toBeLessThan(3)
  await expectWhole(CHANGES + 1)
})

it('leaves alone what is young, and what there is little of', async () => {
  await count(3)
  const before = alone()
  await count(1)
  expect(alone()).toEqual(expect.arrayContaining(before))

  store = world.machine('a')
  passHours(2)
  await count(1)
  expect(alone()).toEqual(expect.arrayContaining(before))
})

it('looks again after an hour, not with each change', async () => {
  await count(2)
  passHours(2)
  await count(1)
  const young = alone().length
  await count(2)
  expect(alone().length).toBeGreaterThan(young)
  passHours(0.5)
  await count(1)
  expect(packs()).toHaveLength(1)
  passHours(2)
  await count(1)
  expect(packs()).toHaveLength(2)
})

it('joins packs when there are many', async () => {
  for (let pack = 0; pack < 3; pack += 1) {
    await count(1)
    passHours(2)
    await count(1)
  }
  expect(packs().length).toBeLessThan(3)
  const files = readdirSync(join(objects(), 'pack')).map((name) => name.replace(/\.\w+$/, ''))
  expect(new Set(files).size).toBe(packs().length)
  await expectWhole(6)
})

it('does not join a pack that a fetch holds on to', async () => {
  for (let pack = 0; pack < 2; pack += 1) {
    await count(1)
    passHours(2)
    await count(1)
    for (const name of packs()) writeFileSync(join(objects(), 'pack', name.replace('.pack', '.keep')), '')
  }
  const held = packs()
  await count(1)
  passHours(2)
  await count(1)
  expect(packs()).toEqual(expect.arrayContaining(held))
})

it('removes what killed processes left, once it is old', async () => {
  await count(1)
  mkdirSync(join(objects(), 'pack'), { recursive: true })
  mkdirSync(join(objects(), 'ab'), { recursive: true })
  const left = [
    join(objects(), 'ab', `${'c'.repeat(38)}.draft`),
    join(objects(), 'pack/tmp_pack_Xy12'),
    join(cache(), 'seen/1.draft'),
  ]
  for (const path of left) writeFileSync(path, 'half')
  const there = () => left.filter((path) => existsSync(path))
  await count(1)
  expect(there()).toEqual(left)
  passHours(2)
  await count(1)
  expect(there()).toEqual([])
})

it('forgets what was not seen for long, and learns it anew', async () => {
  await count(1)
  await create(store, 7, 'another')
  passHours(20)
  await count(1)
  expect(await store.recall?.('another')).toBeUndefined()
  expect(await store.read('another')).toMatchObject({ value: 7 })
  await expectWhole(2)
})

it('throws a damaged cache away, and nothing is lost but the time to fetch it', async () => {
  await count(2)
  // Of a change that was never made: nothing else looks at it.
  mkdirSync(join(objects(), 'ab'), { recursive: true })
  writeFileSync(join(objects(), 'ab', 'c'.repeat(38)), 'half')
  passHours(2)
  await count(1)
  expect(existsSync(objects())).toBe(false)
  await count(1)
  expect((await store.journal(KEY, 0)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4])
})
