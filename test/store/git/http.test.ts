import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openGitStore } from '../../../lib/store/git/open-git-store.ts'
import type { Store } from '../../../lib/store/store.ts'
import { update } from '../../../lib/store/update.ts'
import { aForge, type Started } from '../../forge/with-forge.ts'
import { aProxy, type HttpProxy, type SeenRequest } from '../../support/http-proxy.ts'
import { create, KEY, keysOfOnePart, runGit } from './world.ts'

const REPO = 'acme/parcel-price'
let started: Started
let proxy: HttpProxy
let folder: string

beforeAll(async () => {
  started = await aForge()
  proxy = await aProxy(new URL(started.forge.gitUrl(REPO)).origin)
})
afterAll(async () => {
  await proxy.close()
  await started.end()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-http-'))
})
afterEach(() => {
  proxy.spoil(() => null)
  const bare = join(started.folder, 'repos', `${REPO}.git`)
  const refs = runGit(bare, ['for-each-ref', '--format=%(refname)', 'refs/dev-loops']).split('\n').filter(Boolean)
  for (const ref of refs) runGit(bare, ['update-ref', '-d', ref])
  rmSync(folder, { recursive: true, force: true })
})

function machine(name: string, token: string | undefined = started.forge.tokens.developer): Store {
  const url = `${proxy.origin}${new URL(started.forge.gitUrl(REPO)).pathname}`
  const access = token === undefined ? null : { origin: `${proxy.origin}/`, token }
  return openGitStore({ url, folder: join(folder, name), access })
}

const fetches = () => proxy.requests.filter(({ method }) => method === 'GET').length
const isPush = ({ method, path }: SeenRequest) => method === 'POST' && path.endsWith('git-receive-pack')
const count = (store: Store) =>
  update(store, KEY, (current) => {
    const value = Number(current?.value ?? 0) + 1
    return { value, entry: value, result: value }
  })

describe('a git store over HTTP', () => {
  it('changes a record in the two requests of one push while it knows the last version', async () => {
    const store = machine('a')
    await count(store)
    proxy.reset()
    await count(store)
    expect(proxy.requests.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`)).toEqual([
      'GET refs?service=git-receive-pack',
      'POST git-receive-pack',
    ])
  })

  it('answers a conflict with one fetch and one more push', async () => {
    const store = machine('a')
    await count(store)
    await count(machine('b'))
    proxy.reset()
    expect(await count(store)).toBe(3)
    const asked = proxy.requests.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`)
    expect(asked).toEqual([
      'GET refs?service=git-receive-pack',
      'GET refs?service=git-upload-pack',
      'POST git-upload-pack',
      'POST git-upload-pack',
      'GET refs?service=git-receive-pack',
      'POST git-receive-pack',
    ])
  })

  it('reads an unchanged record without asking for any object', async () => {
    const store = machine('a')
    await count(store)
    proxy.reset()
    expect((await store.read(KEY))?.value).toBe(1)
    expect(proxy.requests.map(({ method }) => method)).toEqual(['GET', 'POST'])
  })

  it('asks once for a record that is not there, and twice where it may just be on its way to the archive', async () => {
    const { first, second } = keysOfOnePart()
    await create(machine('a'), 1, first)
    proxy.reset()
    expect(await machine('b').read(second)).toBeNull()
    expect(fetches()).toBe(1)

    const version = (await machine('a').read(first))?.version ?? ''
    await machine('a').care?.archive([{ key: first, version }])
    proxy.reset()
    expect(await machine('c').read(second)).toBeNull()
    expect(fetches()).toBe(2)
  })

  it('is one store for two machines', async () => {
    await Promise.all([machine('a'), machine('b')].map(async (store) => [await count(store), await count(store)]))
    expect((await machine('c').read(KEY))?.value).toBe(4)
    expect((await machine('c').journal(KEY, 0)).map(({ entry }) => entry)).toEqual([1, 2, 3, 4])
  })

  it('counts a change as made when the answer to its push is lost', async () => {
    const store = machine('a')
    const version = await create(store, 1)
    proxy.spoil((request) => (isPush(request) ? 'drop' : null))
    const swap = await store.compareAndSwap(KEY, version, 2, 'b')
    proxy.spoil(() => null)
    expect(swap).toEqual({ ok: true, version: (await machine('b').read(KEY))?.version })
  })
})

describe('a remote that misbehaves', () => {
  const wrong = [
    ['refuses the token', { status: 401, body: 'Bad credentials' }],
    ['forbids it', { status: 403, body: 'Forbidden' }],
    ['does not know the repository', { status: 404, body: 'Not Found' }],
    ['breaks', { status: 500, body: 'oops' }],
    ['answers with a page', { status: 200, body: '<html>Sign in</html>', type: 'text/html' }],
    ['answers with nothing', { status: 200, body: '' }],
    ['breaks off', 'cut'],
    ['hangs up', 'drop'],
  ] as const

  it.each(wrong)('and %s is an error for a reader, never "no record"', async (_, spoil) => {
    await create(machine('a'), 1)
    proxy.spoil(() => spoil)
    await expect(machine('b').read(KEY)).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(machine('b').list('')).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it.each(wrong)('and %s is an error for a writer, never a conflict', async (_, spoil) => {
    const store = machine('a')
    const version = await create(store, 1)
    proxy.spoil(() => spoil)
    await expect(store.compareAndSwap(KEY, version, 2, 'b')).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(machine('b').compareAndSwap(KEY, null, 2, 'b')).rejects.toMatchObject({ code: 'store_unavailable' })

    proxy.spoil(() => null)
    const now = await store.read(KEY)
    expect([1, 2]).toContain(now?.value)
    expect(await store.journal(KEY, 0)).toHaveLength(Number(now?.value))
  })

  it.each(wrong)('only when it is pushed to, and %s, leaves no doubt about what is there', async (_, spoil) => {
    const store = machine('a')
    const version = await create(store, 1)
    proxy.spoil((request) => (isPush(request) ? spoil : null))
    const swapped = await store.compareAndSwap(KEY, version, 2, 'b').catch((error: { code: string }) => error.code)
    proxy.spoil(() => null)

    const now = await machine('b').read(KEY)
    if (typeof swapped === 'string') expect([swapped, now]).toEqual(['store_unavailable', { value: 1, version }])
    else expect(swapped).toEqual({ ok: true, version: now?.version })
  })

  it('never shows the token', async () => {
    const token = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'
    const error = await machine('a', token)
      .compareAndSwap(KEY, null, 1, 'a')
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'store_unavailable' })
    expect(JSON.stringify([String(error), error])).not.toContain(token)
    expect(JSON.stringify(error)).not.toContain(Buffer.from(`x-access-token:${token}`).toString('base64'))
  })

  it('is said to forbid the refs when it does, and branches are offered', async () => {
    const bare = join(started.folder, 'repos', `${REPO}.git`)
    runGit(bare, ['config', '--add', 'receive.hideRefs', 'refs/dev-loops'])
    try {
      const error = await machine('a')
        .compareAndSwap(KEY, null, 1, 'a')
        .catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code: 'store_refs_forbidden', message: expect.stringContaining('#branches') })
    } finally {
      runGit(bare, ['config', '--unset', 'receive.hideRefs', 'refs/dev-loops'])
    }
  })
})
