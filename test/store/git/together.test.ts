import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RefChange, Store, SwapTogether } from '../../../lib/store/store.ts'
import { cloneWithCommit, create, KEY, LOSE_ANSWER, makeWorld, runGit, type World } from './world.ts'

const OTHER = 'forge.example/acme/api/branch/work'
const REF = 'refs/heads/work'

let world: World
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.close())

/** As a crash of the machine leaves it. */
function cutOff(sha: string): void {
  const caches = join(world.folder, 'a/git-store')
  const path = join(caches, readdirSync(caches)[0] ?? '', 'objects', sha.slice(0, 2), sha.slice(2))
  rmSync(path)
  writeFileSync(path, '')
}

describe('records and a branch that change together', () => {
  it('are all in the remote afterwards, each a new version', async () => {
    const store = world.machine('a')
    const first = await create(store, 1)
    const { change } = branch()
    const result = await push(store, [record(KEY, first, 1), record(OTHER, null, 2)], [change])

    if (!result.ok) throw new Error(JSON.stringify(result))
    expect(world.git('rev-parse', REF)).toBe(change.next)
    expect(result.versions).toEqual([(await store.read(KEY))?.version, (await store.read(OTHER))?.version])
    expect(result.versions[0]).not.toBe(first)
    expect((await store.journal(KEY, 0)).map(({ entry }) => entry)).toEqual([1, 'pushed'])
  })

  it('leave everything alone when one record was changed by another machine, and name it', async () => {
    const store = world.machine('a')
    const [first, other] = [await create(store, 1), await create(store, 1, OTHER)]
    await world.machine('b').compareAndSwap(OTHER, other, 2, 'taken over')
    const { change } = branch()

    const result = await push(store, [record(KEY, first, 2), record(OTHER, other, 2)], [change])
    expect(result).toEqual({ ok: false, conflict: true, moved: [OTHER] })
    expect(world.git('for-each-ref', REF)).toBe('')
    expect((await store.read(KEY))?.version).toBe(first)
  })

  it('leave everything alone when the branch was moved, and name it', async () => {
    const store = world.machine('a')
    const first = await create(store, 1)
    const { dir, change } = branch()
    runGit(dir, ['push', '--quiet', 'origin', `HEAD:${REF}`])

    const result = await push(store, [record(KEY, first, 2)], [{ ...change, next: runGit(dir, commitTree) }])
    expect(result).toEqual({ ok: false, conflict: true, moved: [REF] })
    expect((await store.read(KEY))?.version).toBe(first)
  })

  it('are refused before anything is sent when a version was never given out', async () => {
    const store = world.machine('a')
    const { change } = branch()
    expect(await push(store, [record(KEY, 'f'.repeat(40), 2)], [change])).toMatchObject({
      conflict: true,
      moved: [KEY],
    })
    expect(world.git('for-each-ref')).toBe('')
  })

  it('do not change where the server cannot change several refs at once, and it says so', async () => {
    world.git('config', 'receive.advertiseAtomic', 'false')
    const store = world.machine('a')
    const first = await create(store, 1)
    const { change } = branch()
    expect(await push(store, [record(KEY, first, 2)], [change])).toEqual({ ok: false, unsupported: 'atomic_push' })
    expect(world.git('for-each-ref', REF)).toBe('')
    expect((await store.read(KEY))?.version).toBe(first)
  })

  it('tell a branch that may not be pushed from records that may not be kept', async () => {
    const store = world.machine('a')
    const first = await create(store, 1)
    world.hook('update', 'case "$1" in refs/heads/*) exit 1;; esac')
    const { change } = branch()
    const asked = push(store, [record(KEY, first, 2)], [change])
    await expect(asked).rejects.toMatchObject({ code: 'push_rejected', details: { ref: REF } })
    expect((await store.read(KEY))?.version).toBe(first)
  })

  it.each([1, 2])('are all there though the objects of %i records were cut off on this machine', async (records) => {
    const store = world.machine('a')
    const first = await create(store, 1)
    const swap = await store.compareAndSwap(KEY, first, 2, 2)
    const other = await create(store, 1, OTHER)
    const versions = [first, ...(records === 2 ? [other] : [])]
    for (const sha of versions) cutOff(sha)
    const { change } = branch()
    const changes = [record(KEY, swap.ok ? swap.version : null, 3), record(OTHER, other, 3)]
    expect(await push(store, changes, [change])).toMatchObject({ ok: true })
    expect(world.git('rev-parse', REF)).toBe(change.next)
    expect((await store.journal(KEY, 0)).map(({ entry }) => entry)).toEqual([1, 2, 'pushed'])
  })

  it('are not done, nor called a conflict, when the commits of the branch are damaged where they come from', async () => {
    const store = world.machine('a')
    const first = await create(store, 1)
    const { dir, change } = branch()
    const path = join(dir, '.git/objects', change.next.slice(0, 2), change.next.slice(2))
    rmSync(path)
    writeFileSync(path, '')
    await expect(push(store, [record(KEY, first, 2)], [change])).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await store.read(KEY)).toEqual({ value: 1, version: first })
  })

  it('are not done when the server skips the branch and changes the record, as git does with hidden refs', async () => {
    const store = world.machine('a')
    const first = await create(store, 1)
    world.git('config', 'receive.hideRefs', REF)
    const { change } = branch()
    const asked = push(store, [record(KEY, first, 2)], [change])
    await expect(asked).rejects.toMatchObject({ code: 'push_rejected', details: { ref: REF } })
    expect(world.git('for-each-ref', REF)).toBe('')
  })

  it.each(['HEAD', 'refs/tags/v1', 'refs/heads/-x', 'refs/heads/a b', '--delete'])(
    'refuse %j as a branch',
    async (ref) => {
      const store = world.machine('a')
      const asked = push(store, [record(KEY, null, 1)], [{ ...branch().change, ref }])
      await expect(asked).rejects.toMatchObject({ code: 'invalid_value' })
    },
  )

  it('count as done when the answer is lost after they landed', async () => {
    const store = world.machine('a')
    const first = await create(store, 1)
    const { change } = branch()
    world.hook(...LOSE_ANSWER)
    const landed = await push(store, [record(KEY, first, 2)], [change])
    expect(landed).toMatchObject({ ok: true, versions: [(await store.read(KEY))?.version] })
    expect(world.git('rev-parse', REF)).toBe(change.next)
  })
})

const commitTree = ['commit-tree', '-m', 'later', 'HEAD^{tree}', '-p', 'HEAD'] as const

function branch(): { readonly dir: string; readonly change: RefChange } {
  const { dir, sha } = cloneWithCommit(world, 'clone')
  return { dir, change: { ref: REF, expected: null, next: sha, objects: join(dir, '.git') } }
}

function record(key: string, version: string | null, value: number) {
  return { key, version, value, entry: 'pushed' }
}

async function push(
  store: Store,
  ...[changes, refs]: Parameters<NonNullable<Store['swapTogether']>>
): Promise<SwapTogether> {
  if (store.swapTogether === undefined) throw new Error('this store cannot do it')
  return store.swapTogether(changes, refs)
}
