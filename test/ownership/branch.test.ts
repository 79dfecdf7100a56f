import { describe, expect, it } from 'vitest'
import { claimWithBranch } from '../../lib/ownership/claim-with-branch.ts'
import { assertTarget, claimTarget, readOwnership, releaseTarget, renewTarget } from '../../lib/ownership/service.ts'
import { aClock, anOwnership, PR } from './support.ts'

const HEAD = { repo: 'acme/api', branch: 'dev-loops/issue-12' }
const BRANCH = { host: PR.host, ...HEAD }
const TTL = 60_000

function asks(runId: string, mode: 'claim' | 'takeover' = 'claim') {
  return { runId, mode, ttlMs: TTL }
}

describe('a pull request and its head branch', () => {
  it('are taken together', async () => {
    const ownership = anOwnership()
    expect(await claimWithBranch(PR, HEAD, asks('a'), ownership)).toMatchObject({ status: 'claimed_new' })
    expect((await readOwnership(BRANCH, ownership)).holder).toMatchObject({ runId: 'a' })
  })

  it('are refused together, naming the run that holds the branch, and nothing is left behind', async () => {
    const ownership = anOwnership()
    await claimTarget(BRANCH, asks('a'), ownership)
    expect(await claimWithBranch(PR, HEAD, asks('b'), ownership)).toMatchObject({
      error: 'active_run_exists',
      holder: { runId: 'a' },
      target: 'acme/api@dev-loops/issue-12',
    })
    expect(await readOwnership(PR, ownership)).toMatchObject({ record: null })
  })

  it('leave the branch free when the number is refused', async () => {
    const ownership = anOwnership()
    await claimTarget(PR, asks('a'), ownership)
    expect(await claimWithBranch(PR, HEAD, asks('b'), ownership)).toMatchObject({ error: 'active_run_exists' })
    expect(await readOwnership(BRANCH, ownership)).toMatchObject({ holder: null })
  })

  it('keep the branch that the run held before when the number is refused', async () => {
    const ownership = anOwnership()
    await claimTarget(PR, asks('a'), ownership)
    await claimTarget(BRANCH, asks('b'), ownership)
    await claimWithBranch(PR, HEAD, asks('b'), ownership)
    expect((await readOwnership(BRANCH, ownership)).holder).toMatchObject({ runId: 'b' })
  })

  it('are renewed and released together', async () => {
    const clock = aClock()
    const ownership = anOwnership({ clock })
    await claimWithBranch(PR, HEAD, asks('a'), ownership)
    clock.advance(40_000)
    await renewTarget(PR, { runId: 'a' }, ownership)
    expect((await readOwnership(BRANCH, ownership)).holder).toMatchObject({ endsInMs: TTL })
    clock.advance(40_000)
    await assertTarget(PR, { runId: 'a' }, ownership)
    expect((await readOwnership(BRANCH, ownership)).holder).toMatchObject({ endsInMs: TTL })
    await releaseTarget(PR, { runId: 'a' }, ownership)
    expect((await readOwnership(BRANCH, ownership)).holder).toBeNull()
  })

  it('warn the holder of the number when the branch was lost meanwhile', async () => {
    const ownership = anOwnership()
    await claimWithBranch(PR, HEAD, asks('a'), ownership)
    const takeover = { ...asks('b', 'takeover'), force: true, reason: 'test' }
    await claimTarget(BRANCH, takeover, ownership)
    expect(await renewTarget(PR, { runId: 'a' }, ownership)).toMatchObject({
      ok: true,
      warnings: [expect.stringContaining('branch_not_held')],
    })
  })

  it('are taken over together once both claims have ended', async () => {
    const clock = aClock()
    const ownership = anOwnership({ clock })
    await claimWithBranch(PR, HEAD, asks('a'), ownership)
    clock.advance(TTL)
    expect(await claimWithBranch(PR, HEAD, asks('b', 'takeover'), ownership)).toMatchObject({ status: 'taken_over' })
    expect((await readOwnership(BRANCH, ownership)).holder).toMatchObject({ runId: 'b' })
  })

  it('are not taken over while a third run lives on the branch, and the displaced run keeps the number', async () => {
    const ownership = anOwnership()
    await claimTarget(PR, { runId: 'a', mode: 'claim', ttlMs: null }, ownership)
    await claimTarget(BRANCH, asks('c'), ownership)
    expect(await claimWithBranch(PR, HEAD, asks('b', 'takeover'), ownership)).toMatchObject({
      error: 'lease_active',
      holder: { runId: 'c' },
    })
    expect((await readOwnership(PR, ownership)).holder).toMatchObject({ runId: 'a', token: 1 })
  })
})
