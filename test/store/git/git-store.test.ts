import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../lib/store/store.ts'
import { create, DIE_BEFORE, KEY, LOSE_ANSWER, makeWorld, type World } from './world.ts'

const REF = 'refs/dev-loops/records/forge.example/acme/api/number/88/=head'

let world: World
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.close())

describe('a record in a git remote', () => {
  it('is a ref whose newest commit shows value and entry to people', async () => {
    const version = await create(world.machine('a'), 7)
    expect(world.git('rev-parse', REF)).toBe(version)
    expect(world.git('log', '-1', '--format=%B', REF)).toMatch(/^Change 1 of forge\.example.*\nentry 7\nvalue 7$/s)
  })

  it('is seen by another machine at once', async () => {
    const [a, b] = [world.machine('a'), world.machine('b')]
    const first = await create(a, 1)
    expect(await b.read(KEY)).toEqual({ value: 1, version: first })
    const swap = await b.compareAndSwap(KEY, first, 2, 2)
    expect(await a.read(KEY)).toEqual({ value: 2, version: swap.ok && swap.version })
  })

  it('is recalled without asking, and asked for when nothing was seen', async () => {
    const store = world.machine('a')
    expect(await store.recall?.(KEY)).toBeUndefined()
    await store.read(KEY)
    expect(await store.recall?.(KEY)).toBeNull()
    const version = await create(world.machine('b'), 1)
    expect(await store.recall?.(KEY)).toBeNull()
    await store.read(KEY)
    expect(await store.recall?.(KEY)).toEqual({ value: 1, version })
  })

  it('may be kept as a branch where other refs are forbidden', async () => {
    world.git('config', 'receive.hideRefs', 'refs/dev-loops')
    await expect(create(world.machine('a'), 1)).rejects.toMatchObject({ code: 'store_refs_forbidden' })
    const version = await create(world.machine('a', { namespace: 'branches' }), 1)
    expect(await world.machine('b', { namespace: 'branches' }).read(KEY)).toEqual({ value: 1, version })
    expect(world.git('for-each-ref', '--format=%(refname)')).toMatch(/^refs\/heads\/dev-loops-store\/records\/[^\n]*$/)
  })

  it.each([
    ['a commit of something else', ['commit-tree', '-m', 'nonsense']],
    [
      'a commit of another record',
      ['commit-tree', '-m', 'Change 1 of x\n\nkey "x"\nsequence 1\nat ""\nwrite "w"\nentry 1\nvalue 1'],
    ],
    [
      'a commit that is cut off',
      ['commit-tree', '-m', `Change 1 of x\n\nkey "${KEY}"\nsequence 1\nat ""\nwrite "w"\nentry 1\nval`],
    ],
    ['no commit', null],
  ])('is refused by name when its ref holds %s', async (_, words) => {
    const tree = world.git('hash-object', '-t', 'tree', '-w', '/dev/null')
    world.git('update-ref', REF, words === null ? tree : world.git(...words, tree))
    const refused = { code: 'state_unreadable', message: expect.stringContaining(REF) }
    await expect(world.machine('a').read(KEY)).rejects.toMatchObject(refused)
    await expect(world.machine('a').compareAndSwap(KEY, null, 1, 1)).rejects.toMatchObject(refused)
    expect(world.git('rev-list', '--all').split('\n').filter(Boolean).length).toBeLessThan(2)
  })
})

describe('a push whose end is not known', () => {
  it('counts as done when the remote dies after it changed the ref', async () => {
    const store = world.machine('a')
    const first = await create(store, 1)
    world.hook(...LOSE_ANSWER)
    const swap = await store.compareAndSwap(KEY, first, 2, 2)
    expect(swap).toEqual({ ok: true, version: world.git('rev-parse', REF) })
  })

  it('counts as done when others went on from it before anybody looked', async () => {
    const store = world.machine('a')
    const first = await create(store, 1)
    // Another machine is quicker than our second look.
    const later =
      'git commit-tree -m "$(git log -1 --format=%B "$ref" | sed "s/sequence 2/sequence 3/")" -p "$ref" "$ref^{tree}"'
    world.hook(
      'reference-transaction',
      `[ "$1" = committed ] || exit 0; mv "$0" "$0.done"; ref=${REF}; git update-ref $ref $(${later}); kill -9 $PPID`,
    )
    const swap = await store.compareAndSwap(KEY, first, 2, 2)
    expect(swap).toEqual({ ok: true, version: world.git('rev-parse', `${REF}~1`) })
    expect(await store.journal(KEY, 0)).toHaveLength(3)
  })

  it('is an error, not a conflict, when the remote dies before', async () => {
    const store = world.machine('a')
    const first = await create(store, 1)
    world.hook(...DIE_BEFORE)
    await expect(store.compareAndSwap(KEY, first, 2, 2)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await store.read(KEY)).toEqual({ value: 1, version: first })
  })

  it('is an error when nobody can be asked any more', async () => {
    const store = world.machine('a')
    const first = await create(store, 1)
    rmSync(world.url, { recursive: true })
    await expect(store.compareAndSwap(KEY, first, 2, 2)).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { changed: 'unknown' },
    })
  })
})

describe('the cache', () => {
  it('is made anew when it was thrown away', async () => {
    const version = await create(world.machine('a'), 1)
    rmSync(join(world.folder, 'a'), { recursive: true })
    expect(await world.machine('a').read(KEY)).toEqual({ value: 1, version })
  })

  it.each([0, 1, 20])('is not believed where its objects were cut off after %i bytes', async (length) => {
    const store = world.machine('a')
    let version = await create(store, 1)
    for (const value of [2, 3]) version = await change(store, version, value)
    for (const file of filesIn(cacheFolder('objects'))) truncateSync(file, length)

    expect(await store.read(KEY)).toEqual({ value: 3, version })
    expect((await store.journal(KEY, 0)).map(({ entry }) => entry)).toEqual([1, 2, 3])
    expect(await change(store, version, 4)).toBe(world.git('rev-parse', REF))
  })

  it('is not believed where a byte of the newest version changed', async () => {
    const store = world.machine('a')
    const version = await create(store, 1)
    const path = join(cacheFolder('objects'), version.slice(0, 2), version.slice(2))
    const whole = readFileSync(path)
    for (let position = 0; position < whole.length; position += 7) {
      const damaged = Buffer.from(whole)
      damaged[position] = (damaged[position] ?? 0) ^ 0x41
      rmSync(path, { force: true })
      writeFileSync(path, damaged)
      expect(await store.read(KEY), `byte ${position}`).toEqual({ value: 1, version })
    }
  })

  it.each(['', '{', '{"place":"live","version":"x"}', '{"place":"absent","index":5}'])(
    'is not believed where it says %j of a record',
    async (text) => {
      const store = world.machine('a')
      const version = await create(store, 1)
      for (const file of filesIn(cacheFolder('seen'))) writeFileSync(file, text)
      expect(await store.recall?.(KEY)).toBeUndefined()
      expect(await store.compareAndSwap(KEY, version, 2, 2)).toMatchObject({ ok: true })
    },
  )

  it('holds nothing that a killed call of git leaves behind for long', async () => {
    const store = world.machine('a')
    await create(store, 1)
    const left = join(cacheFolder('scratch'), '1.left')
    mkdirSync(left)
    await store.read(KEY)
    expect(existsSync(left)).toBe(true)

    const longAgo = new Date(Date.now() - 3_600_000)
    utimesSync(left, longAgo, longAgo)
    await store.read(KEY)
    expect(readdirSync(cacheFolder('scratch'))).toEqual([])
  })

  it('is not needed to be writable to refuse a change by name', async () => {
    writeFileSync(join(world.folder, 'a'), 'a file where the folder should be')
    await expect(world.machine('a').read(KEY)).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(world.machine('a').compareAndSwap(KEY, null, 1, 1)).rejects.toMatchObject({
      code: 'store_unavailable',
    })
  })
})

describe('a git store over ssh', () => {
  /** No server is needed: the other end is what ssh would start there. */
  function overSsh(name: string): Store {
    const command = join(world.folder, 'ssh')
    const lines = [
      '#!/bin/sh',
      'for last; do before=$host; host=$last; done',
      '[ "$before" = git@host.example ] || exit 9',
    ]
    writeFileSync(command, [...lines, 'exec sh -c "$last"', ''].join('\n'), { mode: 0o755 })
    const env = { ...process.env, GIT_SSH_COMMAND: command }
    return world.machine(name, { url: `ssh://git@host.example${world.url}`, env })
  }

  it('reads, changes and lists, and is the same store as over a path', async () => {
    const version = await create(overSsh('a'), 1)
    expect(await world.machine('b').read(KEY)).toEqual({ value: 1, version })
    const next = await change(overSsh('c'), version, 2)
    expect((await overSsh('d').journal(KEY, 0)).map(({ entry }) => entry)).toEqual([1, 2])
    expect(await overSsh('a').care?.archive([{ key: KEY, version: next }])).toMatchObject({ archived: [KEY] })
    expect(await overSsh('e').list('')).toEqual([KEY])
    expect(await overSsh('e').read(KEY)).toEqual({ value: 2, version: next })
  })

  it('keeps what it remembers while the line is down', async () => {
    const version = await create(overSsh('a'), 1)
    const down = overSsh('a')
    writeFileSync(join(world.folder, 'ssh'), '#!/bin/sh\necho "ssh: connect to host: timed out" >&2\nexit 255\n')
    await expect(down.read(KEY)).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(down.compareAndSwap(KEY, version, 2, 2)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await down.recall?.(KEY)).toEqual({ value: 1, version })
  })

  it('shows no name of whoever logs in', () => {
    expect(overSsh('a').location).toBe(`ssh://host.example${world.url}`)
  })
})

async function change(store: Store, version: string, value: number): Promise<string> {
  const swap = await store.compareAndSwap(KEY, version, value, value)
  if (!swap.ok) throw new Error('the record was changed by somebody else')
  return swap.version
}

function cacheFolder(name: string): string {
  const stores = join(world.folder, 'a', 'git-store')
  return join(stores, readdirSync(stores)[0] ?? '', name)
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
}
