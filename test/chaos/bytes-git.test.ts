/**
 * Whatever happens to the bytes of a record in a git remote, or of what this host remembers of it: the right
 * value, or a refusal with a code; and the remote's refs stay where they are.
 *
 * What is answered from memory costs no git, so that is asked every time, and the remote for some of them;
 * DEV_LOOPS_TEST=long (`npm run test:bytes`) asks it each time.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CODES } from '../../lib/codes.ts'
import { DevLoopsError } from '../../lib/errors.ts'
import type { JournalEntry, Json, Store } from '../../lib/store/store.ts'
import { update } from '../../lib/store/update.ts'
import { randomFrom } from '../../lib/testing/random.ts'
import { KEY, makeWorld, type World } from '../store/git/world.ts'
import { type Damage, damageAtRandom, truncations } from './damage.ts'

const CHANGES = 4
const CORRUPTIONS = 1_000
const LONG = process.env.DEV_LOOPS_TEST === 'long'
const ASK_EVERY = LONG ? 1 : 200
/** Each question to the remote starts several processes. */
const timeout = LONG ? 3_600_000 : 60_000
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 1_000_000))

let world: World
let store: Store
let value: Json
let journal: readonly JournalEntry[]
let refs: string

beforeAll(async () => {
  world = makeWorld()
  store = world.machine('here')
  await change(store, CHANGES)
  value = (await store.read(KEY))?.value ?? null
  journal = await store.journal(KEY, 0)
  refs = refsOfRemote()
})
afterAll(() => world.close())

async function change(through: Store, times: number): Promise<void> {
  for (let token = 1; token <= times; token += 1) {
    const made = { value: { owner: `r-${token}`, note: 'ünï 😀' }, entry: { type: 'claim', token }, result: null }
    await update(through, KEY, () => made)
  }
}

const refsOfRemote = () => world.git('for-each-ref', '--format=%(refname) %(objectname)')

function filesBelow(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  return names.filter((path) => statSync(path).isFile() && statSync(path).size > 0)
}

const cachedIn = ({ folder }: World) =>
  filesBelow(join(folder, 'here')).filter((path) => /\/(?:objects|seen)\//.test(path))
const cached = () => cachedIn(world)
const kept = () => filesBelow(join(world.url, 'objects')).concat(filesBelow(join(world.url, 'refs')))

/** Puts the damage in place of the file, asks, and brings all files back. */
async function withDamage(path: string, { bytes }: Damage, ask: () => Promise<void>): Promise<void> {
  const good = readFileSync(path)
  replace(path, bytes)
  try {
    await ask()
  } finally {
    replace(path, good)
  }
}

/** The same where the store may throw away what it cannot use. */
async function withRepair(path: string, damage: Damage, ask: () => Promise<void>): Promise<void> {
  const all = [...cached(), ...kept()].map((each) => [each, readFileSync(each)] as const)
  await withDamage(path, damage, ask)
  for (const [each, good] of all) if (!isSame(each, good)) replace(each, good)
}

/** Anew, because git makes its objects read-only, and what is damaged may have been thrown away. */
function replace(path: string, bytes: Buffer): void {
  rmSync(path, { force: true })
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}

function isSame(path: string, good: Buffer): boolean {
  try {
    return readFileSync(path).equals(good)
  } catch {
    return false
  }
}

/** @returns what was answered, or the code of the refusal */
async function answerOf<T>(act: () => Promise<T>): Promise<T | string> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof DevLoopsError)) throw error
    expect(Object.keys(CODES)).toContain(error.code)
    return error.code
  }
}

async function askMemory(told: string): Promise<void> {
  const known = await answerOf(async () => store.recall?.(KEY))
  if (typeof known === 'object') expect(known?.value, told).toEqual(value)
}

async function askRemote(told: string, asked: Store): Promise<void> {
  const read = await answerOf(() => asked.read(KEY))
  if (typeof read !== 'string') expect(read?.value, told).toEqual(value)
  const entries = await answerOf(() => asked.journal(KEY, 0))
  if (typeof entries !== 'string') expect(entries, told).toEqual(journal)
}

describe('what a host remembers of a git remote', () => {
  it('is right or not believed, cut off anywhere', async () => {
    expect(cached().length).toBeGreaterThan(CHANGES)
    for (const [index, path] of cached().entries()) {
      for (const damage of truncations(readFileSync(path))) {
        const told = `${path} ${damage.what}`
        await withDamage(path, damage, () => askMemory(told))
      }
      if (ASK_EVERY > 1 && index % 4 !== 0) continue
      const half = { what: 'cut in half', bytes: readFileSync(path).subarray(0, statSync(path).size / 2) }
      await withRepair(path, half, () => askRemote(`${path} ${half.what}`, store))
    }
    expect(refsOfRemote()).toBe(refs)
  })

  it(`is right or not believed, damaged at random ${CORRUPTIONS} times`, { timeout }, async () => {
    const random = randomFrom(seed)
    const files = cached()
    for (let count = 1; count <= CORRUPTIONS; count += 1) {
      const path = files[Math.floor(random() * files.length)] ?? ''
      const damage = damageAtRandom(readFileSync(path), random)
      const told = `${path} ${damage.what} (CHAOS_SEED=${seed}, number ${count})`
      await withDamage(path, damage, () => askMemory(told))
      if (count % ASK_EVERY === 0) await withRepair(path, damage, () => askRemote(told, store))
    }
    expect(refsOfRemote()).toBe(refs)
  })
})

describe('a change by a host whose memory of the remote was damaged', () => {
  let own: World
  let machine: Store
  let changes = 0
  beforeEach(async () => {
    own = makeWorld()
    machine = own.machine('here')
    changes = 0
    await count(CHANGES)
    // It was healed once before, by a clock that was set back since.
    const [cache = ''] = readdirSync(join(own.folder, 'here/git-store'))
    const mark = join(own.folder, 'here/git-store', cache, 'discarded')
    writeFileSync(mark, '')
    utimesSync(mark, new Date(), new Date(Date.now() + 3_600_000))
  })
  afterEach(() => own.close())

  async function count(times: number): Promise<void> {
    await change(machine, times)
    changes += times
  }
  const cutOff = (path: string) => replace(path, readFileSync(path).subarray(0, 7))
  const sequences = async () => (await machine.journal(KEY, 0)).map(({ sequence }) => sequence)

  it('is made as if it were whole: each file cut off', { timeout }, async () => {
    for (const path of cachedIn(own).filter((_, i) => LONG || i % 4 === 0)) {
      if (existsSync(path)) cutOff(path)
      await count(1)
      expect(await sequences(), path).toHaveLength(changes)
    }
  })

  it('is made as if it were whole: all files cut off at once', async () => {
    cachedIn(own).forEach(cutOff)
    await count(1)
    expect(await sequences()).toHaveLength(changes)
  })

  it(`is made as if it were whole: files damaged at random (CHAOS_SEED=${seed})`, { timeout }, async () => {
    const random = randomFrom(seed + 2)
    for (let round = 1; round <= (LONG ? 100 : 8); round += 1) {
      const files = cachedIn(own)
      const path = files[Math.floor(random() * files.length)] ?? ''
      const damage = damageAtRandom(readFileSync(path), random)
      replace(path, damage.bytes)
      await count(1)
      expect(await sequences(), `${path} ${damage.what}, round ${round}`).toHaveLength(changes)
    }
  })
})

describe('a record in a damaged git remote', () => {
  it('is right or refused by a code, also by a machine that never saw it', { timeout }, async () => {
    const random = randomFrom(seed + 1)
    const files = kept()
    const times = LONG ? CORRUPTIONS : 12
    for (let count = 1; count <= times; count += 1) {
      const path = files[count % files.length] ?? ''
      const good = readFileSync(path)
      const damage = count % 2 === 0 ? damageAtRandom(good, random) : { what: 'cut off', bytes: good.subarray(0, 9) }
      const told = `${path} ${damage.what} (CHAOS_SEED=${seed}, number ${count})`
      await withRepair(path, damage, () => askRemote(told, world.machine(`new ${count}`)))
      expect(refsOfRemote(), told).toBe(refs)
    }
  })
})
