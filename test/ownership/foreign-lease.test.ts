import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimTarget, readOwnership, renewTarget } from '../../lib/ownership/service.ts'
import { aClock, anOwnership, HERE, PR } from './support.ts'

const TTL = 60_000
let observations: string

beforeEach(() => {
  observations = mkdtempSync(join(tmpdir(), 'dev-loops-observations-'))
})
afterEach(() => rmSync(observations, { recursive: true, force: true }))

/** Two machines over one store, whose clocks have nothing to do with each other. */
async function twoMachines() {
  const theirs = aClock('their-boot', 999_999_999)
  const ours = aClock('our-boot', 5_000)
  const there = anOwnership({ clock: theirs })
  const here = { ...there, host: HERE, observations, store: { ...there.store, now: ours.now } }
  await claimTarget(PR, { runId: 'far', mode: 'claim', ttlMs: TTL }, there)
  const claim = () => claimTarget(PR, { runId: 'near', mode: 'claim', ttlMs: TTL }, here)
  return { theirs, ours, there, here, claim }
}

describe('a lease renewed on another machine', () => {
  it('is over once this host has watched it unchanged for a whole term', async () => {
    const { ours, claim } = await twoMachines()
    expect(await claim()).toMatchObject({ error: 'active_run_exists', observedForMs: 0, freeForYouInMs: TTL })
    ours.advance(TTL - 1)
    expect(await claim()).toMatchObject({ observedForMs: TTL - 1, freeForYouInMs: 1 })
    ours.advance(1)
    expect(await claim()).toMatchObject({ status: 'claimed_new', token: 2 })
  })

  it('is watched from the start again after each renewal', async () => {
    const { theirs, ours, there, claim } = await twoMachines()
    await claim()
    ours.advance(TTL - 1)
    theirs.advance(10_000)
    await renewTarget(PR, { runId: 'far' }, there)
    expect(await claim()).toMatchObject({ error: 'active_run_exists', freeForYouInMs: TTL })
    ours.advance(TTL - 1)
    expect(await claim()).toMatchObject({ error: 'active_run_exists' })
  })

  it('is watched from the start again after this host was rebooted', async () => {
    const { ours, here, claim } = await twoMachines()
    await claim()
    ours.advance(TTL)
    const rebooted = { ...here, store: { ...here.store, now: aClock('our-next-boot', 10 * TTL).now } }
    expect(await claimTarget(PR, { runId: 'near', mode: 'claim' }, rebooted)).toMatchObject({ freeForYouInMs: TTL })
  })

  it('is watched from the start again when the note of the watch is damaged', async () => {
    const { ours, claim } = await twoMachines()
    await claim()
    ours.advance(TTL)
    for (const file of readdirSync(observations)) writeFileSync(join(observations, file), '{"version":')
    expect(await claim()).toMatchObject({ error: 'active_run_exists', freeForYouInMs: TTL })
  })

  it('never ends for a host that cannot remember what it saw', async () => {
    const { ours, here } = await twoMachines()
    const forgetful = { ...here, observations: undefined }
    ours.advance(100 * TTL)
    const answer = await claimTarget(PR, { runId: 'near', mode: 'claim' }, forgetful)
    expect(answer).toMatchObject({ error: 'active_run_exists', freeForYouInMs: TTL })
  })

  it('is of unknown life to one who only looks, and looking leaves no trace', async () => {
    const { here } = await twoMachines()
    const { holder } = await readOwnership(PR, here)
    expect(holder).toMatchObject({ alive: 'unknown', endsInMs: TTL })
    expect(readdirSync(observations)).toEqual([])
  })

  it('gives its own run a new token here, because here nobody can say that it still runs', async () => {
    const { here } = await twoMachines()
    expect(await claimTarget(PR, { runId: 'far', mode: 'claim' }, here)).toMatchObject({
      status: 'claimed_new',
      token: 2,
    })
  })
})
