/**
 * Two clones, two boots, two clocks that have nothing to do with each other; only the remote is shared.
 */
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fencedPush } from '../../../lib/ownership/fence.ts'
import { assertTarget, claimTarget, releaseTarget, renewTarget } from '../../../lib/ownership/service.ts'
import { aClock, HERE } from '../../ownership/support.ts'
import { cloneWithCommit, makeWorld, type World } from './world.ts'

const BRANCH = { host: 'forge.example', repo: 'acme/api', branch: 'work' }
const TTL = 60_000

let world: World
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.close())

function machine(name: string, startMs: number) {
  const clock = aClock(`${name}-boot`, startMs)
  const store = world.machine(name, { now: clock.now })
  const host = { ...HERE, machineId: name, bootId: `${name}-boot` }
  return { clock, context: { store, host, observations: join(world.folder, name, 'observations') } }
}

const claim = { mode: 'claim', ttlMs: TTL } as const

describe('two machines that share a git remote', () => {
  it('never hold the same target at once, and the second takes over what fell silent', async () => {
    const [one, two] = [machine('one', 999_999), machine('two', 5_000)]
    expect(await claimTarget(BRANCH, { runId: 'a', ...claim }, one.context)).toMatchObject({ token: 1 })
    const asked = () => claimTarget(BRANCH, { runId: 'b', ...claim }, two.context)
    expect(await asked()).toMatchObject({ error: 'active_run_exists', freeForYouInMs: TTL })

    two.clock.advance(TTL - 1)
    one.clock.advance(1_000)
    expect(await renewTarget(BRANCH, { runId: 'a' }, one.context)).toMatchObject({ status: 'renewed' })
    two.clock.advance(1)
    expect(await asked()).toMatchObject({ error: 'active_run_exists', freeForYouInMs: TTL })

    two.clock.advance(TTL)
    expect(await asked()).toMatchObject({ status: 'claimed_new', token: 2 })
    expect(await renewTarget(BRANCH, { runId: 'a' }, one.context)).toMatchObject({ error: 'ownership_lost' })
    expect(await assertTarget(BRANCH, { runId: 'a' }, one.context)).toMatchObject({ error: 'ownership_lost' })
  })

  it('let the displaced one push nothing, though it was paused with its decision made', async () => {
    const [one, two] = [machine('one', 999_999), machine('two', 5_000)]
    await claimTarget(BRANCH, { runId: 'a', ...claim }, one.context)
    await claimTarget(BRANCH, { runId: 'b', ...claim }, two.context)
    two.clock.advance(TTL)
    await claimTarget(BRANCH, { runId: 'b', ...claim }, two.context)

    // On its own clock the lease is still good, and what it remembers says that it holds the branch.
    const { dir, sha } = cloneWithCommit(world, 'clone')
    const ref = { ref: 'refs/heads/work', expected: null, next: sha, objects: join(dir, '.git') }
    const request = { target: null, branch: BRANCH, refs: [ref], entry: { type: 'push' }, deadlineMs: 20_000 }
    const late = await fencedPush({ ...request, runId: 'a', token: 1, branchToken: 1 }, one.context)
    expect(late).toMatchObject({ ok: false, error: 'ownership_lost' })
    expect(world.git('for-each-ref', 'refs/heads')).toBe('')

    expect(await fencedPush({ ...request, runId: 'b', token: 2, branchToken: 2 }, two.context)).toMatchObject({
      ok: true,
    })
    expect(world.git('rev-parse', 'refs/heads/work')).toBe(sha)
  })

  it('go on counting where an archived record ended', async () => {
    const [one, two] = [machine('one', 999_999), machine('two', 5_000)]
    await claimTarget(BRANCH, { runId: 'a', ...claim }, one.context)
    await releaseTarget(BRANCH, { runId: 'a' }, one.context)
    const [record] = (await one.context.store.readLive?.('')) ?? []
    if (!record || record.read instanceof Error) throw new Error('there is no record')
    await one.context.store.care?.archive([{ key: record.key, version: record.read.version }])

    expect(await claimTarget(BRANCH, { runId: 'b', ...claim }, two.context)).toMatchObject({ token: 2 })
    expect(await claimTarget(BRANCH, { runId: 'a', ...claim }, one.context)).toMatchObject({ holder: { runId: 'b' } })
  })
})
