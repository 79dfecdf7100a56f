import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StoreError } from '../../lib/errors.ts'
import { disk } from '../../lib/store/files/disk.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import type { Files } from '../../lib/store/files/steps.ts'
import { update } from '../../lib/store/update.ts'
import { LARGEST_FILE, runWithSmallFiles } from '../support/small-files.ts'
import { canGiveUpPrivileges, libModule, runWithoutPrivileges } from '../support/without-privileges.ts'

const KEY = 'forge.example/acme/api/number/88'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dev-loops-files-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const open = (files: Files = disk) => openFileStore(join(root, 'state'), { scope: 'machine', files })
const record = () => join(root, 'state/records', KEY.replaceAll('/', ','))
const named = (kind: string) => readdirSync(record()).filter((name) => name.startsWith(`${kind}.`))

async function count(times = 1): Promise<void> {
  const store = open()
  for (let i = 0; i < times; i += 1) {
    await update(store, KEY, (current) => ({ value: Number(current?.value ?? 0) + 1, entry: i, result: null }))
  }
}

/** The only file of a kind in the record. */
function onlyFile(kind: string): string {
  const [name = '', ...others] = named(kind)
  expect(others).toEqual([])
  return join(record(), name)
}

describe('a record', () => {
  it('can be read with cat', async () => {
    await open().compareAndSwap(KEY, null, { owner: 'r-7f3a' }, { kind: 'claimed' })
    const [, body = ''] = readFileSync(onlyFile('data'), 'utf8').split('\n')
    expect(JSON.parse(body)).toMatchObject({ sequence: 1, value: { owner: 'r-7f3a' }, entry: { kind: 'claimed' } })
    expect(basename(onlyFile('head'))).toBe(basename(onlyFile('data')).replace('data', 'head'))
  })

  it('does not grow with its age: old versions move to the journal', async () => {
    await count(400)
    expect(named('head')).toHaveLength(1)
    expect(named('data').length).toBeLessThanOrEqual(65)
    expect(readdirSync(join(record(), 'journal'))).toHaveLength(6)
    expect(named('segment')).toEqual([])
    expect(readdirSync(join(root, 'state/prepared'))).toEqual([])
  })

  it('says where it is', () => {
    expect(open().placeOf?.(KEY)).toBe(record())
  })
})

describe('a damaged record', () => {
  const damages: readonly [string, () => string][] = [
    ['cut off', () => change(onlyFile('data'), (text) => text.slice(0, -20))],
    ['emptied', () => change(onlyFile('data'), () => '')],
    ['overwritten with zeros', () => change(onlyFile('data'), (text) => '\u0000'.repeat(text.length))],
    ['changed by one character', () => change(onlyFile('data'), (text) => text.replace('"value":1', '"value":2'))],
    ['given another format', () => change(onlyFile('data'), (text) => text.replace('"format":1', '"format":9'))],
    ['swapped for another version', () => change(onlyFile('data'), () => readFileSync(join(root, 'other'), 'utf8'))],
    ['removed', () => removed(onlyFile('data'))],
  ]

  it.each(damages)('whose newest data is %s is refused by name, kept, and not overwritten', async (_, damage) => {
    const other = open()
    await other.compareAndSwap('other', null, 1, 0)
    const otherFolder = other.placeOf?.('other') ?? ''
    const [otherData = ''] = readdirSync(otherFolder).filter((name) => name.startsWith('data.'))
    writeFileSync(join(root, 'other'), readFileSync(join(otherFolder, otherData)))
    await count()

    const path = damage()
    const before = snapshot()
    const refused = { code: 'state_unreadable', details: { path } }
    await expect(open().read(KEY)).rejects.toMatchObject(refused)
    await expect(open().journal(KEY, 0)).rejects.toMatchObject(refused)
    await expect(count()).rejects.toMatchObject(refused)
    expect(snapshot()).toEqual(before)
  })

  it('without a head is refused, and never taken for none', async () => {
    await count()
    removed(onlyFile('head'))
    await expect(open().read(KEY)).rejects.toMatchObject({ code: 'state_unreadable', details: { path: record() } })
    expect(await open().compareAndSwap(KEY, null, 'mine', 0)).toEqual({ ok: false, conflict: true })
  })

  it('with a damaged older version answers the newest, and refuses the journal', async () => {
    await count(3)
    const [oldest = ''] = named('data').filter((name) => name.startsWith('data.1.'))
    truncateSync(join(record(), oldest), 10)
    expect((await open().read(KEY))?.value).toBe(3)
    await expect(open().journal(KEY, 0)).rejects.toMatchObject({ details: { path: join(record(), oldest) } })
    expect(await open().journal(KEY, 1)).toHaveLength(2)
  })

  it('with a damaged older version keeps what it would else have pruned', async () => {
    await count(60)
    const [oldest = ''] = named('data').filter((name) => name.startsWith('data.1.'))
    truncateSync(join(record(), oldest), 10)
    await count(10)
    expect((await open().read(KEY))?.value).toBe(70)
    expect(named('data')).toHaveLength(70)
  })

  it.each([
    ['cut off', (path: string) => truncateSync(path, 100)],
    ['removed', (path: string) => rmSync(path)],
  ])('with a journal segment that was %s refuses only what it held', async (_, damage) => {
    await count(130)
    damage(join(record(), 'journal/entries.1.64'))
    await expect(open().journal(KEY, 10)).rejects.toMatchObject({ code: 'state_unreadable' })
    expect(await open().journal(KEY, 64)).toHaveLength(66)
  })

  it('may hold files of others without harm', async () => {
    await count()
    for (const name of ['.DS_Store', 'head.txt', 'data.copy', 'notes']) writeFileSync(join(record(), name), '')
    writeFileSync(join(root, 'state/records/.DS_Store'), '')
    await count(70)
    expect((await open().read(KEY))?.value).toBe(71)
    expect(await open().list('')).toEqual([KEY])
    expect(existsSync(join(record(), 'notes'))).toBe(true)
  })
})

describe('versions that are in a segment', () => {
  it('go a few with each change, so that no change pays for all', async () => {
    await count(65)
    const left = [named('data').length]
    for (let change = 0; change < 8; change += 1) {
      await count()
      left.push(named('data').length)
    }
    expect(left).toEqual([57, 50, 43, 36, 29, 22, 15, 8, 9])
    expect(await open().journal(KEY, 0)).toHaveLength(73)
  })
})

describe('a change', () => {
  it('lists the folder once, in the reading before it, while there is nothing to tidy up', async () => {
    const listed: string[] = []
    const list = (folder: string) => {
      listed.push(basename(folder))
      return disk.list(folder)
    }
    const store = open({ ...disk, list })
    const change = () => update(store, KEY, () => ({ value: 1, entry: 1, result: null }))
    await count(3)
    await change()
    expect(listed).toEqual([basename(record())])

    writeFileSync(join(record(), 'data.2.dead'), 'half')
    listed.length = 0
    await change()
    expect(listed).toEqual([basename(record()), basename(record())])
    expect(named('data').filter((name) => name.endsWith('dead'))).toEqual([])
  })

  it('gives its turn back as soon as others see it, before the disk is waited for', async () => {
    await count()
    const queuedAtSync: boolean[] = []
    const store = open({
      ...disk,
      sync(folder) {
        if (folder === record()) queuedAtSync.push(open().isWaitedFor?.(KEY) ?? true)
        disk.sync(folder)
      },
    })
    const endTurn = await open().takeTurn?.(KEY)
    const changed = update(store, KEY, (current) => ({ value: Number(current?.value) + 1, entry: 2, result: null }))
    await endTurn?.()
    await changed
    expect(queuedAtSync).toEqual([false])
    expect((await open().read(KEY))?.value).toBe(2)
  })

  it('tidies up behind a version that it has not read', async () => {
    await count(3)
    const { version = '' } = (await open().read(KEY)) ?? {}
    writeFileSync(join(record(), 'data.2.dead'), 'half')
    await open().compareAndSwap(KEY, version, 4, 4)
    expect(named('data').filter((name) => name.endsWith('dead'))).toEqual([])
  })
})

describe('leftovers', () => {
  it('of a writer that was killed before its commit are swept by the next change', async () => {
    await count(3)
    for (const name of ['data.2.dead', 'data.3.dead', 'data.4.dead']) writeFileSync(join(record(), name), 'half')
    await count()
    expect(named('data').filter((name) => name.endsWith('dead'))).toEqual([])
    expect(await open().journal(KEY, 0)).toHaveLength(4)
  })

  it.each([64, 65, 66])('of a killed writer go first when a segment is full: at version %i', async (changes) => {
    await count(changes)
    const versions = [3, 64, changes, changes + 1].filter(
      (version) => named(`data.${version}`).length > 0 || version > changes,
    )
    for (const version of versions) writeFileSync(join(record(), `data.${version}.dead`), 'half')
    await count()
    expect(named('data').filter((name) => name.endsWith('dead'))).toEqual([])
    const sequences = named('data').map((name) => name.split('.')[1])
    expect(new Set(sequences).size).toBe(sequences.length)
    expect(await open().journal(KEY, 0)).toHaveLength(changes + 1)
  })

  it('of a killed pruner are swept with the next segment', async () => {
    await count(64)
    writeFileSync(join(record(), 'segment.1.64.dead'), 'half')
    await count(1)
    expect(named('segment')).toEqual([])
    expect(await open().journal(KEY, 0)).toHaveLength(65)
  })

  it('of a killed creator are swept by the next creation, those of a living one are not', async () => {
    const prepared = join(root, 'state/prepared')
    for (const name of [`${unusedPid()}.dead`, 'trash.a.1.b', `${process.pid}.alive`])
      mkdirSync(join(prepared, name), { recursive: true })
    await count()
    expect(readdirSync(prepared)).toEqual([`${process.pid}.alive`])
  })
})

describe('a creator that is taken for dead', () => {
  it('creates the whole record at the second try, also when its sweeper died half-way', async () => {
    const sweeper = open({
      ...disk,
      isGone: () => true,
      removeFolder(folder) {
        for (const name of readdirSync(folder).filter((each) => each.startsWith('data.'))) rmSync(join(folder, name))
        throw new StoreError('store_unavailable', 'the sweeper died', {})
      },
    })
    const swept: Files = {
      ...disk,
      async rename(from, to) {
        if (!existsSync(join(root, 'state/records/other'))) await sweeper.compareAndSwap('other', null, 1, 0)
        return disk.rename(from, to)
      },
    }
    expect(await open(swept).compareAndSwap(KEY, null, 'mine', 0)).toMatchObject({ ok: true })
    expect((await open().read(KEY))?.value).toBe('mine')
  })

  it.each(['write', 'sync'] as const)('is told of a conflict when it is swept before its %s every time', async (op) => {
    const sweep = () => rmSync(join(root, 'state/prepared'), { recursive: true, force: true })
    const swept: Files = {
      ...disk,
      write(path, text) {
        if (op === 'write') sweep()
        return disk.write(path, text)
      },
      sync(folder) {
        if (op === 'sync' && folder.includes('prepared/')) sweep()
        return disk.sync(folder)
      },
    }
    expect(await open(swept).compareAndSwap(KEY, null, 'mine', 0)).toEqual({ ok: false, conflict: true })
    expect(await open().read(KEY)).toBeNull()
  })
})

describe('a disk that fails', () => {
  const errors = [
    ['write', 'ENOSPC'],
    ['write', 'EIO'],
    ['write', 'EROFS'],
    ['rename', 'ENOSPC'],
    ['rename', 'EIO'],
    ['rename', 'EACCES'],
    ['sync', 'EIO'],
    ['makeFolder', 'ENOSPC'],
  ] as const

  it.each(errors)(
    'at %s with %s leaves the old value or the new one, and says which it cannot know',
    async (op, errno) => {
      for (const before of [0, 1, 63, 64]) {
        rmSync(join(root, 'state'), { recursive: true, force: true })
        await count(before)
        for (let nth = 1; nth <= 8; nth += 1) await failAt({ op, errno, nth })
      }
    },
  )

  /** Makes one change while the nth call of a kind fails, then looks with a healthy disk. */
  async function failAt(fault: { op: keyof Files; errno: string; nth: number }): Promise<void> {
    const before = await open().read(KEY)
    const entries = (await open().journal(KEY, 0)).length
    const swap = open(failing(fault)).compareAndSwap(KEY, before?.version ?? null, entries + 1, 'tried')
    const error = await swap.then(
      () => null,
      (thrown: unknown) => thrown,
    )

    const made = (await open().read(KEY))?.value === entries + 1
    expect(await open().journal(KEY, 0)).toHaveLength(made ? entries + 1 : entries)
    if (error === null) expect(made).toBe(true)
    else expect(error).toMatchObject({ code: 'store_unavailable', details: { errno: fault.errno } })
    if (error instanceof StoreError && error.details.changed === 'no') expect(made).toBe(false)
    if (made && error instanceof StoreError) expect(error.details.changed).toBe('unknown')
  }

  it('leaves nothing behind when it is full', async () => {
    await count()
    const before = snapshot()
    const full = open(failing({ op: 'rename', errno: 'ENOSPC', nth: 1 }))
    const version = (await open().read(KEY))?.version ?? null
    await expect(full.compareAndSwap(KEY, version, 2, 0)).rejects.toMatchObject({
      details: { errno: 'ENOSPC', changed: 'no' },
    })
    await expect(full.compareAndSwap('other', null, 2, 0)).resolves.toMatchObject({ ok: true })
    expect(snapshot()).toEqual(before)
  })

  it.skipIf(process.platform === 'win32')(
    'that takes only the first part of a file does not pass it for the whole',
    async () => {
      await count()
      const said = await runWithSmallFiles(`
      import { openFileStore } from ${libModule('store/files/open-file-store.ts')}
      const store = openFileStore(${JSON.stringify(join(root, 'state'))}, { scope: 'machine' })
      const { version } = await store.read(${JSON.stringify(KEY)})
      const large = 'x'.repeat(${4 * LARGEST_FILE})
      const refused = await store.compareAndSwap(${JSON.stringify(KEY)}, version, large, 0).catch((thrown) => thrown)
      console.log(JSON.stringify({ code: refused.code, details: refused.details }))
    `)
      expect(said).toMatchObject({
        code: 'store_unavailable',
        details: { operation: 'write', errno: 'EFBIG', changed: 'no' },
      })
      expect((await open().read(KEY))?.value).toBe(1)
      expect(named('data')).toHaveLength(1)
    },
  )

  it('names the folder that cannot be made', async () => {
    writeFileSync(join(root, 'state'), 'a file')
    await expect(open().compareAndSwap(KEY, null, 1, 0)).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(open().read(KEY)).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it.skipIf(!canGiveUpPrivileges)('refuses a folder that may not be written, and still reads it', async () => {
    await count()
    chmodSync(record(), 0o500)
    const said = await runWithoutPrivileges(`
      import { openFileStore } from ${libModule('store/files/open-file-store.ts')}
      const store = openFileStore(${JSON.stringify(join(root, 'state'))}, { scope: 'machine' })
      const { value, version } = await store.read(${JSON.stringify(KEY)})
      const refused = await store.compareAndSwap(${JSON.stringify(KEY)}, version, 2, 0).catch((thrown) => thrown)
      console.log(JSON.stringify({ value, code: refused.code, errno: refused.details?.errno }))
    `)
    chmodSync(record(), 0o700)
    expect(said).toMatchObject({ code: 'store_unavailable', errno: 'EACCES', value: 1 })
  })
})

/** The real disk, except that the nth call of a kind fails as the kernel would let it. */
function failing({ op, errno, nth }: { op: keyof Files; errno: string; nth: number }): Files {
  let left = nth
  const fail = (called: keyof Files) => {
    if (called !== op) return
    left -= 1
    if (left !== 0) return
    const surelyNot = op === 'write' || (op === 'rename' && errno !== 'EIO')
    throw new StoreError('store_unavailable', `cannot ${op}: ${errno}`, {
      errno,
      ...(surelyNot ? { changed: 'no' } : {}),
    })
  }
  return {
    ...disk,
    write: (path, text) => fail('write') ?? disk.write(path, text),
    rename: (from, to) => fail('rename') ?? disk.rename(from, to),
    sync: (folder) => fail('sync') ?? disk.sync(folder),
    makeFolder: (path) => fail('makeFolder') ?? disk.makeFolder(path),
  }
}

function change(path: string, edit: (text: string) => string): string {
  writeFileSync(path, edit(readFileSync(path, 'utf8')))
  return path
}

function removed(path: string): string {
  rmSync(path)
  return path
}

function snapshot(): Readonly<Record<string, string>> {
  const names = readdirSync(record(), { withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(names.map(({ name }) => [name, readFileSync(join(record(), name), 'latin1')]))
}

/** Above what the kernel ever gives to a process. */
function unusedPid(): number {
  return 4_194_304 + 1
}
