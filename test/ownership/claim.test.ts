import { describe, expect, it } from 'vitest'
import { readHostIdentity, readWorkerIdentity } from '../../lib/ownership/host.ts'
import type { ClaimRequest } from '../../lib/ownership/rules/claim.ts'
import { claimTarget, releaseTarget } from '../../lib/ownership/service.ts'
import { aClock, anOwnership, HERE, PR } from './support.ts'

const worker = { ...HERE, pid: process.pid, startTime: '1' }

function asks(runId: string, given: Partial<ClaimRequest> = {}): ClaimRequest {
  return { runId, mode: 'claim', ttlMs: 60_000, ...given }
}

describe('claim', () => {
  it('gives a free target the token after the last one that was ever given out', async () => {
    const ownership = anOwnership()
    expect(await claimTarget(PR, asks('a'), ownership)).toMatchObject({ status: 'claimed_new', token: 1 })
    await releaseTarget(PR, { runId: 'a' }, ownership)
    expect(await claimTarget(PR, asks('b'), ownership)).toMatchObject({ status: 'claimed_new', token: 2 })
  })

  it('refuses a second run while the first one holds, and says for how long', async () => {
    const clock = aClock()
    const ownership = anOwnership({ clock })
    await claimTarget(PR, asks('a'), ownership)
    clock.advance(20_000)
    expect(await claimTarget(PR, asks('b'), ownership)).toMatchObject({
      error: 'active_run_exists',
      holder: { runId: 'a', token: 1, alive: 'alive', endsInMs: 40_000 },
      freeForYouInMs: 40_000,
      activeRun: { runId: 'a' },
    })
  })

  it('refreshes the holder and keeps its token', async () => {
    const clock = aClock()
    const ownership = anOwnership({ clock })
    await claimTarget(PR, asks('a'), ownership)
    clock.advance(50_000)
    const answer = await claimTarget(PR, asks('a', { ttlMs: undefined }), ownership)
    expect(answer).toMatchObject({ status: 'refreshed', token: 1, endsInMs: 60_000 })
  })

  it('gives another run the target at the very end of the lease, not a millisecond before', async () => {
    const clock = aClock()
    const ownership = anOwnership({ clock })
    await claimTarget(PR, asks('a'), ownership)
    clock.advance(59_999)
    expect(await claimTarget(PR, asks('b'), ownership)).toMatchObject({ error: 'active_run_exists' })
    clock.advance(1)
    expect(await claimTarget(PR, asks('b'), ownership)).toMatchObject({
      status: 'claimed_new',
      token: 2,
      previousRun: { runId: 'a', replacedByRunId: 'b' },
    })
  })

  it('gives the same run a new token once its lease has run out, because others may have been told "free"', async () => {
    const clock = aClock()
    const ownership = anOwnership({ clock })
    await claimTarget(PR, asks('a'), ownership)
    clock.advance(60_000)
    expect(await claimTarget(PR, asks('a'), ownership)).toMatchObject({ status: 'claimed_new', token: 2 })
  })

  it('never ends by itself with neither lease nor process', async () => {
    const clock = aClock()
    const ownership = anOwnership({ clock })
    await claimTarget(PR, asks('a', { ttlMs: null }), ownership)
    clock.advance(365 * 86_400_000)
    expect(await claimTarget(PR, asks('b'), ownership)).toMatchObject({
      error: 'active_run_exists',
      freeForYouInMs: null,
    })
  })

  it('ends with a process that is proved dead, before its lease does', async () => {
    const ownership = anOwnership()
    // Its start time is not the one of the process that has this pid now.
    await claimTarget(PR, asks('a', { process: { ...worker, startTime: 'long ago' } }), {
      ...ownership,
      host: { machineId: null, bootId: 'elsewhere', pidNamespace: null },
    })
    const rebooted = { ...HERE, bootId: 'boot-2' }
    const answer = await claimTarget(PR, asks('b'), { ...ownership, host: rebooted })
    expect(answer).toMatchObject({ status: 'claimed_new', token: 2 })
  })

  it.runIf(process.platform === 'linux')(
    'tells the new owner its own end, not that of the claim it replaced',
    async () => {
      const ownership = anOwnership({ host: readHostIdentity() })
      const dead = { ...ownership.host, pid: 2 ** 22 + 1, startTime: '1' }
      await claimTarget(PR, asks('a', { process: dead }), ownership)
      const answer = await claimTarget(PR, asks('b', { process: readWorkerIdentity(process.pid) }), ownership)
      expect(answer).toMatchObject({ status: 'claimed_new', endsInMs: 60_000 })
    },
  )

  it('refuses a second living process under the same run id, because they would share a token', async () => {
    const ownership = anOwnership()
    await claimTarget(PR, asks('a', { process: { ...worker, bootId: 'boot-x' } }), ownership)
    const second = await claimTarget(PR, asks('a', { process: { ...worker, pid: 2 ** 22 + 1 } }), {
      ...ownership,
      host: { ...HERE, machineId: 'm-2' },
    })
    expect(second).toMatchObject({ error: 'active_run_exists' })
  })

  it('keeps exit signals and history to the last fifty', async () => {
    const ownership = anOwnership()
    for (let round = 0; round < 60; round += 1) await claimTarget(PR, asks('a'), ownership)
    const stored = await ownership.store.read('github.com/acme/api/number/88')
    expect(stored?.value).toMatchObject({ history: { length: 50 } })
    expect(await ownership.store.journal('github.com/acme/api/number/88', 0)).toHaveLength(60)
  })
})

describe('takeover', () => {
  it('displaces a claim that has neither lease nor process', async () => {
    const ownership = anOwnership()
    await claimTarget(PR, asks('a', { ttlMs: null }), ownership)
    expect(await claimTarget(PR, asks('b', { mode: 'takeover' }), ownership)).toMatchObject({
      status: 'taken_over',
      token: 2,
      previousRun: { runId: 'a', replacedByRunId: 'b' },
    })
  })

  it('is refused with holder and token while a lease protects the claim', async () => {
    const ownership = anOwnership()
    await claimTarget(PR, asks('a'), ownership)
    expect(await claimTarget(PR, asks('b', { mode: 'takeover' }), ownership)).toMatchObject({
      error: 'lease_active',
      token: 1,
      holder: { runId: 'a', token: 1 },
    })
  })

  it('takes "cannot be known" for alive: a process of another machine protects its claim', async () => {
    const ownership = anOwnership()
    const elsewhere = { machineId: 'm-9', bootId: 'boot-9', pidNamespace: 'pid:[9]', pid: 7, startTime: '1' }
    await claimTarget(PR, asks('a', { ttlMs: null, process: elsewhere }), ownership)
    expect(await claimTarget(PR, asks('b', { mode: 'takeover' }), ownership)).toMatchObject({
      error: 'lease_active',
      holder: { alive: 'unknown' },
    })
  })

  it.each([
    ['without a reason', { force: true }, { error: 'usage' }],
    ['with a reason', { force: true, reason: 'stuck' }, { status: 'taken_over', token: 2 }],
  ])('displaces a living run by force %s only as the table says', async (_, given, expected) => {
    const ownership = anOwnership()
    await claimTarget(PR, asks('a'), ownership)
    expect(await claimTarget(PR, asks('b', { mode: 'takeover', ...given }), ownership)).toMatchObject(expected)
  })

  it.each([
    [1, { status: 'taken_over' }],
    [0, { error: 'stale_token' }],
    [2, { error: 'stale_token' }],
  ])('with expected token %i of 1 answers what it saw', async (expectedToken, expected) => {
    const ownership = anOwnership()
    await claimTarget(PR, asks('a', { ttlMs: null }), ownership)
    const answer = await claimTarget(PR, asks('b', { mode: 'takeover', expectedToken }), ownership)
    expect(answer).toMatchObject(expected)
  })

  it('does not let force pass over an expected token that no longer fits', async () => {
    const ownership = anOwnership()
    await claimTarget(PR, asks('a'), ownership)
    const request = asks('b', { mode: 'takeover', expectedToken: 0, force: true, reason: 'stuck' })
    expect(await claimTarget(PR, request, ownership)).toMatchObject({ error: 'stale_token' })
  })
})
