import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimWithBranch } from '../../lib/ownership/claim-with-branch.ts'
import {
  acknowledgeStop,
  assertTarget,
  claimTarget,
  readOwnership,
  releaseTarget,
  renewTarget,
  signalExit,
} from '../../lib/ownership/service.ts'
import { aClock, anOwnership, PR } from './support.ts'

const TTL = 60_000
/** Two thirds of the lease's term. */
const TERM = 40_000
let observations: string

beforeEach(() => {
  observations = mkdtempSync(join(tmpdir(), 'dev-loops-observations-'))
})
afterEach(() => rmSync(observations, { recursive: true, force: true }))

const asks = (runId: string, mode: 'claim' | 'takeover' = 'claim') => ({ runId, mode, ttlMs: TTL }) as const

async function held(ttlMs: number | null = TTL) {
  const clock = aClock()
  const ownership = anOwnership({ clock, observations })
  await claimTarget(PR, { ...asks('a'), ttlMs }, ownership)
  const stop = async () => (await readOwnership(PR, ownership)).holder?.stopRequested
  return { clock, ownership, stop, steal: () => claimTarget(PR, asks('b', 'takeover'), ownership) }
}

describe('a request to stop', () => {
  it('is seen by whoever looks, and changes neither owner nor token', async () => {
    const { ownership, stop } = await held()
    const answer = await signalExit(PR, { runId: 'a', reason: `  ${'x'.repeat(600)}` }, ownership)
    expect(answer).toMatchObject({ status: 'exit_signal_recorded', token: 1, activeRun: { runId: 'a' } })
    expect(await stop()).toMatchObject({ acknowledgedAt: null, permitsTakeover: false, permitsTakeoverInMs: TERM })
    expect((await stop())?.reason).toHaveLength(500)
  })

  it('is over with the release, and stays readable as history', async () => {
    const { ownership, stop } = await held()
    await signalExit(PR, { runId: 'a', reason: 'enough' }, ownership)
    await releaseTarget(PR, { runId: 'a' }, ownership)
    const again = await claimTarget(PR, asks('a'), ownership)
    expect(await stop()).toBeNull()
    expect(again).toMatchObject({ stopRequested: null, exitSignals: [{ runId: 'a', token: 1, reason: 'enough' }] })
  })

  it('is not inherited by another run', async () => {
    const { clock, ownership, stop } = await held()
    await signalExit(PR, { runId: 'a' }, ownership)
    clock.advance(TTL)
    await claimTarget(PR, asks('b'), ownership)
    expect(await stop()).toBeNull()
  })

  it('is found again by a run that slept through the end of its lease and claims anew', async () => {
    const { clock, ownership, stop } = await held()
    await signalExit(PR, { runId: 'a', reason: 'enough' }, ownership)
    clock.advance(TTL)
    expect(await claimTarget(PR, asks('a'), ownership)).toMatchObject({ status: 'claimed_new', token: 2 })
    expect(await stop()).toMatchObject({ reason: 'enough' })
  })

  it('made to a run that holds nothing waits for its next claim, and for that one only', async () => {
    const { ownership, stop } = await held()
    await signalExit(PR, { runId: 'b', reason: 'enough', requireActiveOwner: false }, ownership)
    expect(await stop()).toBeNull()
    await releaseTarget(PR, { runId: 'a' }, ownership)
    await claimTarget(PR, asks('b'), ownership)
    expect(await stop()).toMatchObject({ reason: 'enough', permitsTakeoverInMs: TERM })
    await releaseTarget(PR, { runId: 'b' }, ownership)
    await claimTarget(PR, asks('b'), ownership)
    expect(await stop()).toBeNull()
  })

  it('reaches the head branch too, where the same run is at work', async () => {
    const ownership = anOwnership()
    const head = { repo: PR.repo, branch: 'dev-loops/issue-12' }
    await claimWithBranch(PR, head, asks('a'), ownership)
    await signalExit(PR, { runId: 'a', reason: 'enough' }, ownership)
    const onBranch = async () => (await readOwnership({ host: PR.host, ...head }, ownership)).holder?.stopRequested
    expect(await onBranch()).toMatchObject({ reason: 'enough', acknowledgedAt: null })
    await acknowledgeStop(PR, { runId: 'a' }, ownership)
    expect(await onBranch()).toMatchObject({ acknowledgedAt: expect.any(String) })
  })

  it.each([
    ['a target that nobody ever claimed', 'fresh', 'a', {}, { error: 'ownership_missing' }],
    ['a run that does not hold it', 'held', 'b', {}, { error: 'ownership_lost' }],
    ['any run when that is wanted', 'held', 'b', { requireActiveOwner: false }, { status: 'exit_signal_recorded' }],
  ])('for %s answers as the predecessor did', async (_, state, runId, given, expected) => {
    const ownership = state === 'fresh' ? anOwnership() : (await held()).ownership
    expect(await signalExit(PR, { runId, ...given }, ownership)).toMatchObject(expected)
  })
})

describe('a request to stop that is not acknowledged', () => {
  it('permits a takeover after two thirds of the term of the lease, however often that is renewed', async () => {
    const { clock, ownership, stop, steal } = await held()
    await signalExit(PR, { runId: 'a' }, ownership)
    clock.advance(TERM - 1)
    await renewTarget(PR, { runId: 'a' }, ownership)
    expect(await steal()).toMatchObject({ error: 'lease_active', freeForYouInMs: 1 })
    clock.advance(1)
    expect(await stop()).toMatchObject({ permitsTakeover: true, permitsTakeoverInMs: 0 })
    expect(await steal()).toMatchObject({ status: 'taken_over', token: 2 })
    expect(await assertTarget(PR, { runId: 'a' }, ownership)).toMatchObject({ error: 'ownership_lost' })
  })

  it('says in the journal that the living holder was displaced for it', async () => {
    const { clock, ownership, steal } = await held()
    await signalExit(PR, { runId: 'a' }, ownership)
    clock.advance(TERM)
    await steal()
    const journal = await ownership.store.journal('github.com/acme/api/number/88', 0)
    expect(journal.at(-1)?.entry).toMatchObject({ type: 'takeover', forced: false, stopUnanswered: true })
  })

  it('permits no plain claim: only a takeover displaces what lives', async () => {
    const { clock, ownership } = await held()
    await signalExit(PR, { runId: 'a' }, ownership)
    clock.advance(TERM)
    expect(await claimTarget(PR, asks('b'), ownership)).toMatchObject({ error: 'active_run_exists' })
  })

  it('does not begin its term anew when it is made again', async () => {
    const { clock, ownership, stop } = await held()
    await signalExit(PR, { runId: 'a', reason: 'enough' }, ownership)
    clock.advance(TERM / 2)
    await signalExit(PR, { runId: 'a', termMs: 10 * TERM }, ownership)
    expect(await stop()).toMatchObject({ reason: 'enough', permitsTakeoverInMs: TERM / 2 })
  })

  it('may be given another term', async () => {
    const { ownership, stop } = await held()
    await signalExit(PR, { runId: 'a', termMs: 5_000 }, ownership)
    expect(await stop()).toMatchObject({ permitsTakeoverInMs: 5_000 })
  })
})

describe('an acknowledged request to stop', () => {
  it('permits no takeover, and still waits for the release', async () => {
    const { clock, ownership, stop, steal } = await held()
    await signalExit(PR, { runId: 'a' }, ownership)
    expect(await acknowledgeStop(PR, { runId: 'a' }, ownership)).toMatchObject({ status: 'acknowledged', token: 1 })
    clock.advance(TERM)
    expect(await stop()).toMatchObject({ permitsTakeover: false, permitsTakeoverInMs: null })
    expect(await steal()).toMatchObject({ error: 'lease_active' })
  })

  it('keeps the time of its first acknowledgement, and is written once', async () => {
    const { clock, ownership, stop } = await held()
    await signalExit(PR, { runId: 'a' }, ownership)
    await acknowledgeStop(PR, { runId: 'a' }, ownership)
    const [first, { version }] = [await stop(), await readOwnership(PR, ownership)]
    clock.advance(1_000)
    expect(await acknowledgeStop(PR, { runId: 'a' }, ownership)).toMatchObject({ status: 'acknowledged' })
    expect(await stop()).toEqual(first)
    expect((await readOwnership(PR, ownership)).version).toBe(version)
  })

  it('is only the word of the claim that was asked', async () => {
    const { ownership, stop } = await held()
    await signalExit(PR, { runId: 'a' }, ownership)
    expect(await acknowledgeStop(PR, { runId: 'b' }, ownership)).toMatchObject({ error: 'ownership_lost' })
    expect(await acknowledgeStop(PR, { runId: 'a', token: 0 }, ownership)).toMatchObject({ error: 'ownership_lost' })
    expect(await stop()).toMatchObject({ acknowledgedAt: null })
  })

  it('needs no request: a run may ask whether there is one', async () => {
    const { ownership } = await held()
    const answer = await acknowledgeStop(PR, { runId: 'a' }, ownership)
    expect(answer).toMatchObject({ ok: true, status: 'not_asked_to_stop', stopRequested: null })
  })
})

describe('a request to stop made on another machine', () => {
  /** The asker's clock and ours have nothing to do with each other. */
  async function askedFromAfar() {
    const theirs = aClock('their-boot', 999_999_999)
    const { clock, ownership, stop, steal } = await held()
    const there = { ...ownership, store: { ...ownership.store, now: theirs.now } }
    await signalExit(PR, { runId: 'a' }, there)
    return { theirs, clock, ownership, stop, steal }
  }

  it('counts from when this host first saw it, through all renewals of the holder', async () => {
    const { clock, ownership, steal } = await askedFromAfar()
    expect(await steal()).toMatchObject({ error: 'lease_active', freeForYouInMs: TERM })
    clock.advance(TERM - 1)
    await renewTarget(PR, { runId: 'a' }, ownership)
    expect(await steal()).toMatchObject({ error: 'lease_active', freeForYouInMs: 1 })
    clock.advance(1)
    expect(await steal()).toMatchObject({ status: 'taken_over' })
  })

  it('counts from the start again after this host was rebooted', async () => {
    const { clock, ownership, steal } = await askedFromAfar()
    await steal()
    clock.advance(TERM - 1)
    const rebooted = { ...ownership, store: { ...ownership.store, now: aClock('our-next-boot', 5).now } }
    const answer = await claimTarget(PR, asks('b', 'takeover'), rebooted)
    expect(answer).toMatchObject({ error: 'lease_active', freeForYouInMs: TERM })
  })

  it('is another request after a release, and is watched from the start', async () => {
    const { theirs, clock, ownership, stop, steal } = await askedFromAfar()
    await steal()
    await releaseTarget(PR, { runId: 'a' }, ownership)
    await claimTarget(PR, asks('a'), ownership)
    clock.advance(TERM)
    await signalExit(PR, { runId: 'a' }, { ...ownership, store: { ...ownership.store, now: theirs.now } })
    expect(await stop()).toMatchObject({ permitsTakeover: false, permitsTakeoverInMs: TERM })
  })
})
