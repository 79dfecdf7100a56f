import { describe, expect, it } from 'vitest'
import { claimTarget, guardTarget, readOwnership, releaseTarget, signalExit } from '../../lib/ownership/service.ts'
import { aClock, anOwnership, PR } from './support.ts'

const TTL = 60_000

async function held(ttlMs: number | null = TTL) {
  const clock = aClock()
  const ownership = anOwnership({ clock })
  await claimTarget(PR, { runId: 'a', mode: 'claim', ttlMs }, ownership)
  return { clock, ownership, guard: (token?: number) => guardTarget(PR, { runId: 'a', token }, ownership) }
}

describe('a guard', () => {
  it('writes nothing while less than a third of the term is gone', async () => {
    const { clock, ownership, guard } = await held()
    clock.advance(TTL / 3 - 1)
    const { version } = await readOwnership(PR, ownership)
    expect(await guard(1)).toMatchObject({ status: 'may_act', endsInMs: (TTL * 2) / 3 + 1 })
    expect((await readOwnership(PR, ownership)).version).toBe(version)
  })

  it('renews what is due, so that two thirds of the term are left at least', async () => {
    const { clock, ownership, guard } = await held()
    clock.advance(TTL / 3)
    expect(await guard(1)).toMatchObject({ status: 'may_act', endsInMs: TTL })
    expect((await readOwnership(PR, ownership)).holder).toMatchObject({ endsInMs: TTL })
  })

  it('refuses when no more than the safety margin is left, although the lease still stands', async () => {
    const { clock, guard } = await held()
    clock.advance(TTL - 5_001)
    expect(await guard(1)).toMatchObject({ status: 'may_act' })
    clock.advance(TTL - 5_000)
    expect(await guard(1)).toMatchObject({ error: 'lease_expired', holder: { alive: 'alive' } })
  })

  it('never runs out of time for a claim without lease', async () => {
    const { clock, guard } = await held(null)
    clock.advance(100 * TTL)
    expect(await guard(1)).toMatchObject({ status: 'may_act', endsInMs: null })
  })

  it('refuses a run that was asked to stop, which an assertion confirms as owner', async () => {
    const { ownership, guard } = await held()
    await signalExit(PR, { runId: 'a', reason: 'enough' }, ownership)
    expect(await guard(1)).toMatchObject({ error: 'exit_signal_recorded', holder: { runId: 'a' } })
  })

  it('refuses an earlier claim of the same run, and nobody at all', async () => {
    const { ownership, guard } = await held()
    expect(await guard(0)).toMatchObject({ error: 'ownership_lost' })
    await releaseTarget(PR, { runId: 'a' }, ownership)
    expect(await guard()).toMatchObject({ error: 'ownership_missing' })
  })
})
