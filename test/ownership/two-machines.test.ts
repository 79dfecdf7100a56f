/**
 * Two machines over one store: each with its boot, its clocks, its identity and its own memory of what it
 * saw. What one of them writes, the other can only watch.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WorkerIdentity } from '../../lib/ownership/record.ts'
import type { OwnershipContext } from '../../lib/ownership/service.ts'
import { assertTarget, claimTarget, guardTarget, renewTarget } from '../../lib/ownership/service.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import { PR } from './support.ts'

const TTL = 60_000
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-two-machines-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Machine extends OwnershipContext {
  /** Time passes here, by both clocks. */
  pass(ms: number): void
  /** Somebody sets the wall clock; no time passes. */
  setWallClock(byMs: number): void
  /** A new boot: the monotonic clock starts anew, files stay. */
  reboot(): void
}

function aMachine(name: string, startedMs: number): Machine {
  let [boot, monotonicMs, wallMs] = [1, startedMs, Date.UTC(2030, 0, 1)]
  const bootId = () => `${name}-boot-${boot}`
  return {
    store: openFileStore(join(folder, 'store'), {
      scope: 'every_machine',
      now: () => ({ bootId: bootId(), monotonicMs, wallMs }),
    }),
    host: {
      machineId: name,
      pidNamespace: 'pid:[1]',
      get bootId() {
        return bootId()
      },
    },
    observations: join(folder, `${name}-observations`),
    pass(ms) {
      monotonicMs += ms
      wallMs += ms
    },
    setWallClock(byMs) {
      wallMs += byMs
    },
    reboot() {
      boot += 1
      monotonicMs = 0
    },
  }
}

/** A process that surely is not there: the greatest pid that any Linux gives out is smaller. */
const GONE = { machineId: 'there', bootId: 'there-boot-1', pidNamespace: 'pid:[1]', pid: 4_194_305, startTime: '1' }

function twoMachines() {
  const [there, here] = [aMachine('there', 999_999), aMachine('here', 5)]
  const theirClaim = (process: WorkerIdentity | null = null) =>
    claimTarget(PR, { runId: 'far', mode: 'claim', ttlMs: TTL, process }, there)
  const ourClaim = () => claimTarget(PR, { runId: 'near', mode: 'claim', ttlMs: TTL }, here)
  return { there, here, theirClaim, ourClaim }
}

const DAY = 86_400_000

describe('a machine that fell silent', () => {
  it('is taken over by two one-shot claims of another, a term apart', async () => {
    const { there, here, theirClaim, ourClaim } = twoMachines()
    await theirClaim()
    expect(await ourClaim()).toMatchObject({ error: 'active_run_exists', observedForMs: 0, freeForYouInMs: TTL })
    here.pass(TTL)
    expect(await ourClaim()).toMatchObject({ status: 'claimed_new', token: 2 })
    expect(await guardTarget(PR, { runId: 'far', token: 1 }, there)).toMatchObject({ error: 'ownership_lost' })
  })

  it('is not taken over a millisecond sooner, nor when it renewed once in between', async () => {
    const { there, here, theirClaim, ourClaim } = twoMachines()
    await theirClaim()
    await ourClaim()
    here.pass(TTL - 1)
    expect(await ourClaim()).toMatchObject({ error: 'active_run_exists', freeForYouInMs: 1 })
    await renewTarget(PR, { runId: 'far' }, there)
    here.pass(1)
    expect(await ourClaim()).toMatchObject({ error: 'active_run_exists', freeForYouInMs: TTL })
  })

  it('is never proved dead from afar, although nothing here has the pid of its process', async () => {
    const { theirClaim, ourClaim } = twoMachines()
    await theirClaim(GONE)
    expect(await ourClaim()).toMatchObject({ error: 'active_run_exists', holder: { alive: 'unknown' } })
  })
})

describe('the wall clock', () => {
  it.each([
    ['forward', DAY],
    ['back', -DAY],
  ])('set %s where the lease was taken ends nothing and lengthens nothing', async (_, byMs) => {
    const { there, theirClaim } = twoMachines()
    await theirClaim()
    there.setWallClock(byMs)
    there.pass(TTL - 5_001)
    const looked = await assertTarget(PR, { runId: 'far', token: 1, renew: false }, there)
    expect(looked).toMatchObject({ status: 'owner_confirmed', endsInMs: 5_001 })
    there.pass(5_001)
    expect(await renewTarget(PR, { runId: 'far' }, there)).toMatchObject({ error: 'lease_expired' })
  })

  it.each([
    ['forward', DAY],
    ['back', -DAY],
  ])('set %s where the lease is watched changes neither when it ends', async (_, byMs) => {
    const { here, theirClaim, ourClaim } = twoMachines()
    await theirClaim()
    await ourClaim()
    here.setWallClock(byMs)
    here.pass(TTL - 1)
    expect(await ourClaim()).toMatchObject({ error: 'active_run_exists', freeForYouInMs: 1 })
    here.setWallClock(-byMs)
    here.pass(1)
    expect(await ourClaim()).toMatchObject({ status: 'claimed_new' })
  })
})

describe('a reboot of the observer', () => {
  it('costs exactly one more term', async () => {
    const { here, theirClaim, ourClaim } = twoMachines()
    await theirClaim()
    await ourClaim()
    here.pass(TTL - 1)
    here.reboot()
    expect(await ourClaim()).toMatchObject({ error: 'active_run_exists', observedForMs: 0, freeForYouInMs: TTL })
    here.pass(TTL - 1)
    expect(await ourClaim()).toMatchObject({ error: 'active_run_exists', freeForYouInMs: 1 })
    here.pass(1)
    expect(await ourClaim()).toMatchObject({ status: 'claimed_new', token: 2 })
  })
})

describe('a reboot of the holder', () => {
  it('makes its own lease worthless to it, and gives it a new token when it claims again', async () => {
    const { there, theirClaim } = twoMachines()
    await theirClaim()
    there.reboot()
    expect(await guardTarget(PR, { runId: 'far', token: 1 }, there)).toMatchObject({ error: 'lease_expired' })
    expect(await theirClaim()).toMatchObject({ status: 'claimed_new', token: 2 })
  })
})
