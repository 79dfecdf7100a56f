/**
 * Whatever happens to the bytes of a record: the right value, or a refusal that names the file; and what
 * is damaged is left as it is.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StoreError } from '../../lib/errors.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import type { JournalEntry, Json, Store } from '../../lib/store/store.ts'
import { update } from '../../lib/store/update.ts'
import { randomFrom } from '../../lib/testing/random.ts'
import { type Damage, damageAtRandom, truncations } from './damage.ts'

const KEY = 'forge.example/acme/api/number/88'
/** One segment, and the versions that are not in it: as many as it takes until those that are in it are gone. */
const CHANGES = 73
const CORRUPTIONS = 1_000
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 1_000_000))

let root = ''
let store: Store
let files: readonly string[] = []
let value: Json
let journal: readonly JournalEntry[]

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'dev-loops-bytes-'))
  store = openFileStore(root, { scope: 'machine' })
  for (let i = 1; i <= CHANGES; i += 1) {
    const change = {
      value: { owner: `r-${i}`, token: i, note: 'ünï 😀' },
      entry: { type: 'claim', token: i },
      result: null,
    }
    await update(store, KEY, () => change)
  }
  const record = store.placeOf?.(KEY) ?? ''
  const names = readdirSync(record, { recursive: true, encoding: 'utf8' }).map((name) => join(record, name))
  files = names.filter((path) => statSync(path).isFile() && statSync(path).size > 0)
  value = (await store.read(KEY))?.value ?? null
  journal = await store.journal(KEY, 0)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Puts the damage in place, asks everything, and makes it good again. */
async function withDamage(path: string, { what, bytes }: Damage, hint = ''): Promise<'right' | 'refused'> {
  const good = readFileSync(path)
  const told = `${path} ${what} ${hint}`
  replace(path, bytes)
  try {
    const seen = await refusable(async () => {
      expect((await store.read(KEY))?.value, told).toEqual(value)
    }, path)
    const listed = await refusable(async () => expect(await store.journal(KEY, 0), told).toEqual(journal), path)
    if (seen === 'refused') {
      const change = () => update(store, KEY, () => ({ value: 'mine', entry: 'mine', result: null }))
      expect(await refusable(change, path), told).toBe('refused')
    }
    expect(readFileSync(path).equals(bytes), `overwritten: ${told}`).toBe(true)
    return seen === 'right' && listed === 'right' ? 'right' : 'refused'
  } finally {
    replace(path, good)
  }
}

/** Anew, because a file system writes out at once what is cut off and written over. */
function replace(path: string, bytes: Buffer): void {
  rmSync(path)
  writeFileSync(path, bytes)
}

/** @throws everything but a refusal that names the file */
async function refusable(act: () => Promise<unknown>, path: string): Promise<'right' | 'refused'> {
  try {
    await act()
    return 'right'
  } catch (error) {
    const named = error instanceof StoreError && error.code === 'state_unreadable' && error.details.path === path
    if (!named) throw error
    return 'refused'
  }
}

describe('a record of the file store', () => {
  it('has files of each kind to damage', () => {
    expect(files.filter((path) => path.includes('/data.')).length).toBe(CHANGES - 64)
    expect(files.filter((path) => path.includes('/journal/entries.1.64')).length).toBe(1)
  })

  it('is refused by name, cut off anywhere', async () => {
    for (const path of files) {
      for (const damage of truncations(readFileSync(path))) {
        expect(await withDamage(path, damage), `${path} ${damage.what}`).toBe('refused')
      }
    }
  })

  it(`gives the right value or a refusal by name, damaged at random ${CORRUPTIONS} times`, async () => {
    const random = randomFrom(seed)
    let refused = 0
    for (let count = 1; count <= CORRUPTIONS; count += 1) {
      const path = files[Math.floor(random() * files.length)] ?? ''
      const damage = damageAtRandom(readFileSync(path), random)
      const told = await withDamage(path, damage, `(CHAOS_SEED=${seed}, number ${count})`)
      if (told === 'refused') refused += 1
    }
    expect(refused).toBeGreaterThan(CORRUPTIONS / 2)
  })
})
