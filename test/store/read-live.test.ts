import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { disk } from '../../lib/store/files/disk.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import type { Files } from '../../lib/store/files/steps.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-read-live-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const KEYS = [
  'h/acme/api/branch/Fix_Ü',
  'h/acme/api/number/1',
  'h/acme/api/number/2',
  `h/acme/web/branch/${'x'.repeat(240)}`,
]

async function aStore(files: Files = disk) {
  const store = openFileStore(folder, { scope: 'machine', files })
  for (const key of KEYS) {
    const first = await store.compareAndSwap(key, null, { n: 1 }, null)
    if (first.ok) await store.compareAndSwap(key, first.version, { n: 2, key }, null)
  }
  return store
}

describe('reading many records together', () => {
  it('gives for each what reading it alone gives, sorted, under whatever name it is', async () => {
    const store = await aStore()
    const alone = await Promise.all(KEYS.map(async (key) => ({ key, read: await store.read(key) })))
    expect(await store.readLive?.('')).toEqual(alone)
  })

  it('gives only those that begin with the prefix', async () => {
    const read = await (await aStore()).readLive?.('h/acme/api/')
    expect(read?.map(({ key }) => key)).toEqual(KEYS.slice(0, 3))
  })

  it('names a damaged record, and still gives the others', async () => {
    const store = await aStore()
    const record = store.placeOf?.(KEYS[1] ?? '') ?? ''
    for (const name of readdirSync(record).filter((each) => each.startsWith('data.')))
      truncateSync(join(record, name), 9)
    const read = (await store.readLive?.('')) ?? []
    expect(read[1]?.read).toMatchObject({ code: 'state_unreadable' })
    expect(read.filter(({ read }) => 'value' in read)).toHaveLength(3)
  })

  it('looks again where a listing shows no head, as it may while one is renamed', async () => {
    const once = new Set<string>()
    const headless: Files = {
      ...disk,
      list(path) {
        const names = disk.list(path) as readonly string[] | null
        if (names === null || once.has(path)) return names
        once.add(path)
        return names.filter((name) => !name.startsWith('head.'))
      },
    }
    await aStore()
    const read = await openFileStore(folder, { scope: 'machine', files: headless }).readLive?.('')
    expect(read?.map(({ read }) => read)).toMatchObject(KEYS.map((key) => ({ value: { n: 2, key } })))
  })
})
