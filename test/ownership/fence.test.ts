import { describe, expect, it } from 'vitest'
import { type FencedPush, fencedPush } from '../../lib/ownership/fence.ts'
import { claimTarget, releaseTarget, renewTarget, signalExit } from '../../lib/ownership/service.ts'
import { openMemoryStore } from '../../lib/store/memory.ts'
import type { Store } from '../../lib/store/store.ts'
import { targetKey } from '../../lib/target.ts'
import { aClock, anOwnership, PR } from './support.ts'

const BRANCH = { host: PR.host, repo: PR.repo, branch: 'dev-loops/issue-12' }
const REF = `refs/heads/${BRANCH.branch}`
const [OLD, NEW, OTHER] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)]
const TTL = 60_000

/** Run `a` holds the pull request and its branch, in a store that lies in a remote. */
async function aPush() {
  const clock = aClock()
  const refs = new Map([[REF, OLD]])
  const ownership = anOwnership({ clock, store: openMemoryStore({ now: clock.now, refs }) })
  for (const target of [BRANCH, PR]) await claimTarget(target, { runId: 'a', mode: 'claim', ttlMs: TTL }, ownership)
  const request: FencedPush = {
    runId: 'a',
    target: PR,
    token: 1,
    branch: BRANCH,
    branchToken: 1,
    refs: [{ ref: REF, expected: OLD, next: NEW, objects: '/nowhere' }],
    entry: { type: 'push' },
    deadlineMs: 30_000,
  }
  return { clock, refs, ownership, request, push: (given = ownership) => fencedPush(request, given) }
}

/** Lets something happen between the last look and the arrival of the push, once. */
function interrupted(store: Store, meanwhile: () => Promise<unknown>): Store {
  let left = 1
  return {
    ...store,
    swapTogether: async (...step) => {
      if (left-- > 0) await meanwhile()
      if (store.swapTogether === undefined) throw new Error('the store of this test is in a remote')
      return store.swapTogether(...step)
    },
  }
}

function takeOver(target: typeof PR | typeof BRANCH, ownership: Parameters<typeof fencedPush>[1], runId = 'b') {
  const request = { runId, mode: 'takeover', force: true, reason: 'test', ttlMs: TTL } as const
  return claimTarget(target, request, ownership)
}

describe('a fenced push', () => {
  it('moves the branch, and gives each record of the owner a new version although no renewal is due', async () => {
    const { ownership, refs, push } = await aPush()
    const before = await ownership.store.read(targetKey(PR))
    expect(await push()).toEqual({ ok: true, value: { level: 'fenced' } })
    expect(refs.get(REF)).toBe(NEW)
    expect((await ownership.store.read(targetKey(PR)))?.version).not.toBe(before?.version)
    for (const target of [PR, BRANCH]) {
      expect((await ownership.store.journal(targetKey(target), 0)).at(-1)).toMatchObject({ entry: { type: 'push' } })
    }
  })

  it('counts the terms anew from the instant of the last look', async () => {
    const { clock, ownership, push } = await aPush()
    clock.advance(TTL / 10)
    await push()
    clock.advance(TTL - 1)
    expect(await claimTarget(PR, { runId: 'b', mode: 'claim' }, ownership)).toMatchObject({ freeForYouInMs: 1 })
  })

  it.each([
    ['the pull request', PR],
    ['only its branch', BRANCH],
  ])('of a run that lost %s after its last look changes nothing', async (_, target) => {
    const { ownership, refs, push } = await aPush()
    const store = interrupted(ownership.store, () => takeOver(target, ownership))
    expect(await push({ ...ownership, store })).toMatchObject({ ok: false, error: 'ownership_lost', token: 2 })
    expect(refs.get(REF)).toBe(OLD)
  })

  it('of an earlier claim of the same run changes nothing', async () => {
    const { ownership, refs, push } = await aPush()
    const store = interrupted(ownership.store, async () => {
      await takeOver(PR, ownership)
      await takeOver(PR, ownership, 'a')
    })
    expect(await push({ ...ownership, store })).toMatchObject({ ok: false, error: 'ownership_lost', token: 3 })
    expect(refs.get(REF)).toBe(OLD)
  })

  it('of an earlier claim of the same run on the branch alone changes nothing', async () => {
    const { ownership, refs, push } = await aPush()
    const store = interrupted(ownership.store, async () => {
      await takeOver(BRANCH, ownership)
      await takeOver(BRANCH, ownership, 'a')
    })
    expect(await push({ ...ownership, store })).toMatchObject({ ok: false, error: 'ownership_lost' })
    expect(refs.get(REF)).toBe(OLD)
  })

  it('is repeated when the heartbeat of its own run came between', async () => {
    const { ownership, refs, push } = await aPush()
    const store = interrupted(ownership.store, () => renewTarget(PR, { runId: 'a' }, ownership))
    expect(await push({ ...ownership, store })).toMatchObject({ ok: true })
    expect(refs.get(REF)).toBe(NEW)
  })

  it.each([
    ['and says so', (store: Store) => store],
    ['and does not say what it was', withoutNames],
  ])('is refused as stale when the branch moved %s', async (_, seenAs) => {
    const { ownership, refs, push } = await aPush()
    refs.set(REF, OTHER)
    const answer = await push({ ...ownership, store: seenAs(ownership.store) })
    expect(answer).toMatchObject({ ok: false, error: 'head_moved', ref: REF, expected: OLD })
    expect(refs.get(REF)).toBe(OTHER)
  })

  it('is repeated when a record moved and the remote does not say what it was', async () => {
    const { ownership, push } = await aPush()
    const store = interrupted(withoutNames(ownership.store), () => renewTarget(PR, { runId: 'a' }, ownership))
    expect(await push({ ...ownership, store })).toMatchObject({ ok: true })
  })

  it('is decided on what was last seen, and read again before it is refused for that', async () => {
    const { ownership, push } = await aPush()
    const { store } = ownership
    const recall = async (key: string) => ((await store.read(key)) === null ? undefined : null)
    expect(await push({ ...ownership, store: { ...store, recall } })).toMatchObject({ ok: true })
  })

  it('reads nothing before it while the last seen state is enough', async () => {
    const { ownership, push } = await aPush()
    const { store } = ownership
    const read = () => Promise.reject(new Error('asked the remote'))
    expect(await push({ ...ownership, store: { ...store, recall: store.read, read } })).toMatchObject({ ok: true })
  })

  it('ends with an error when records never stop changing', async () => {
    const { ownership, refs, push } = await aPush()
    const { store } = ownership
    const restless: Store = {
      ...store,
      swapTogether: async (changes) => {
        await renewTarget(PR, { runId: 'a' }, ownership)
        return { ok: false, conflict: true, moved: changes.map(({ key }) => key) }
      },
    }
    const failure = { code: 'store_contended', details: { tries: 8 } }
    await expect(push({ ...ownership, store: restless })).rejects.toMatchObject(failure)
    expect(refs.get(REF)).toBe(OLD)
  })

  it('is refused before anything is sent when no more than the safety margin is left', async () => {
    const { clock, refs, push } = await aPush()
    clock.advance(TTL - 5_000)
    expect(await push()).toMatchObject({ ok: false, error: 'lease_expired' })
    expect(refs.get(REF)).toBe(OLD)
  })

  it('is refused to a run that was asked to stop', async () => {
    const { ownership, push } = await aPush()
    await signalExit(PR, { runId: 'a', reason: 'enough' }, ownership)
    expect(await push()).toMatchObject({ ok: false, error: 'exit_signal_recorded' })
  })

  it('is refused to a run that gave the branch back', async () => {
    const { ownership, push } = await aPush()
    await releaseTarget(BRANCH, { runId: 'a' }, ownership)
    expect(await push()).toMatchObject({ ok: false, error: 'ownership_missing' })
  })

  it('is refused to a run that lost the branch and claimed it anew, when it was decided before that', async () => {
    const { ownership, refs, request, push } = await aPush()
    await takeOver(BRANCH, ownership)
    await releaseTarget(BRANCH, { runId: 'b' }, ownership)
    const { token: branchToken } = await claimTarget(BRANCH, { runId: 'a', mode: 'claim', ttlMs: TTL }, ownership)

    expect(await push()).toMatchObject({ ok: false, error: 'ownership_lost' })
    expect(refs.get(REF)).toBe(OLD)
    expect(await fencedPush({ ...request, branchToken }, ownership)).toMatchObject({ ok: true })
  })

  it('needs only the claim on the branch when nothing else is claimed', async () => {
    const { ownership, refs, request } = await aPush()
    await takeOver(PR, ownership)
    expect(await fencedPush({ ...request, target: null }, ownership)).toMatchObject({ ok: true })
    expect(refs.get(REF)).toBe(NEW)
  })

  it.each([
    ['lies in no remote', anOwnership()],
    ['has a remote that changes refs only one by one', anOwnership({ store: oneByOne() })],
  ])('says that it cannot be made when the store %s', async (_, ownership) => {
    const { request } = await aPush()
    for (const target of [BRANCH, PR]) await claimTarget(target, { runId: 'a', mode: 'claim' }, ownership)
    const answer = await fencedPush(request, ownership)
    expect(answer).toMatchObject({ ok: false, error: 'precondition_failed', unsupported: 'atomic_push' })
  })
})

function withoutNames(store: Store): Store {
  return {
    ...store,
    swapTogether: async (...step) => {
      const swap = await store.swapTogether?.(...step)
      if (swap === undefined) throw new Error('the store of this test is in a remote')
      return 'conflict' in swap ? { ...swap, moved: [] } : swap
    },
  }
}

function oneByOne(): Store {
  return { ...openMemoryStore(), swapTogether: async () => ({ ok: false, unsupported: 'atomic_push' }) }
}
