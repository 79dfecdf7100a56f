/**
 * Two runners and one target: the second is refused, or takes over with a reason, and then the first stops.
 * However a runner ends, its agent ends with it and nobody has to wait for a lease.
 */
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listGroup } from '../../lib/dispatch/agent/process-group.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import { until } from '../forge/with-forge.ts'
import {
  aPullRequest,
  type Call,
  fixture,
  leftRunning,
  openStage,
  own,
  pidsIn,
  type Seat,
  type Stage,
} from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ issues: 8 })
})
afterAll(() => stage.end())

const LIVELY = { DEV_LOOPS_LEASE_RUN_TTL: '6s', DEV_LOOPS_LEASE_RUN_RENEW_EVERY: '200ms' }

interface AtWork {
  readonly seat: Seat
  readonly first: Call
  readonly target: string
}

/** A first runner whose agent works and will not end by itself. */
async function aRunnerAtWork(): Promise<AtWork> {
  const seat = await stage.checkout({ developer: fixture('never-ends'), env: LIVELY })
  const target = `--issue ${seat.issue}`
  const first = seat.start(`run ${target} --run-id first`)
  await first.when('agent works on implement')
  expect(await living(seat)).toBe(2)
  return { seat, first, target }
}

/** Supervisor and agent, once both are there. */
async function living(seat: Seat): Promise<number> {
  const both = async () => leftRunning(await pidsIn(seat)).length >= 2
  await until('the agent lives', both)
  return leftRunning(await pidsIn(seat)).length
}

async function expectNothingLeft(seat: Seat, target: string): Promise<void> {
  expect(leftRunning(await pidsIn(seat))).toEqual([])
  expect((await seat.cli(`ownership status ${target}`)).answer).toMatchObject({ status: 'free', holder: null })
}

/** The kinds of changes that the journal of a record tells of. */
async function journaled(record: string): Promise<readonly unknown[]> {
  const store = openFileStore(dirname(dirname(record)), { scope: 'clone' })
  const key = (await store.list('')).find((candidate) => store.placeOf?.(candidate) === record)
  return (await store.journal(key ?? '', 0)).map(({ entry }) => Object(entry).type)
}

describe('a second runner', () => {
  it('is refused while the first works, and has no effect', async () => {
    const { seat, first, target } = await aRunnerAtWork()
    const before = await stage.forge.effects()

    const claim = await seat.cli(`ownership claim ${target} --run-id second`)
    const run = await seat.cli(`run ${target} --run-id second`)

    const refusal = { exit: 3, answer: { ok: false, error: 'active_run_exists' } }
    expect([claim, run]).toMatchObject([refusal, refusal])
    expect(run.answer.message).toContain('run first holds')
    expect(await stage.forge.effects()).toEqual(before)
    first.child.kill('SIGINT')
    expect(await first.ended).toMatchObject({ exit: 11, answer: { error: 'cancelled' } })
    await expectNothingLeft(seat, target)
  })

  it('is told the holder of the branch when the pull request itself is not claimed yet', async () => {
    const seat = await stage.checkout({ developer: fixture('commits-without-push'), reviewer: own('finds-nothing') })
    const { number, branch } = await aPullRequest(seat, { body: `Closes #${seat.issue}` })
    await seat.cli(`ownership claim --issue ${seat.issue} --run-id first`)
    await seat.cli(`ownership claim --branch ${branch} --run-id first`)
    await seat.untilChecked(number)
    const before = await stage.forge.effects()

    const claim = await seat.cli(`ownership claim --pr ${number} --run-id second`)
    const run = await seat.cli(`run --pr ${number} --run-id second`)

    expect(claim).toMatchObject({ exit: 3, answer: { error: 'active_run_exists', holder: { runId: 'first' } } })
    expect(run).toMatchObject({ exit: 3, answer: { error: 'active_run_exists', state: 'branch_held_by_other' } })
    expect(run.answer.message).toContain('run first holds')
    expect(await stage.forge.effects()).toEqual(before)
    expect((await seat.cli(`ownership status --pr ${number}`)).answer).toMatchObject({ status: 'no_owner_record' })
  })

  it('that takes over with a reason makes the first stop, and its agent end', async () => {
    const { seat, first, target } = await aRunnerAtWork()

    const plain = await seat.cli(`ownership takeover ${target} --run-id second`)
    const forced = await seat.cli(`ownership takeover ${target} --run-id second --force --reason stuck`)
    const ended = await first.ended

    expect(plain).toMatchObject({ exit: 3, answer: { error: 'lease_active' } })
    expect(forced).toMatchObject({ exit: 0, answer: { status: 'taken_over' } })
    expect(ended).toMatchObject({ exit: 11, answer: { ok: false } })
    expect(ended.answer.message).toContain('run second holds')
    expect(leftRunning(await pidsIn(seat))).toEqual([])
    expect((await seat.cli(`ownership assert ${target} --run-id second`)).exit).toBe(0)
    expect(await seat.cli(`next ${target} --run-id first`)).toMatchObject({ exit: 11, answer: { state: 'displaced' } })
  })
})

describe('a runner', () => {
  it('that is asked to stop answers, ends its agent and gives the target back', async () => {
    const { seat, first, target } = await aRunnerAtWork()

    const asked = await seat.cli([
      'ownership',
      'signal-exit',
      ...target.split(' '),
      '--run-id',
      'first',
      '--reason',
      'wrong approach',
    ])
    const { exit, answer } = await first.ended

    expect({ exit, answer }).toMatchObject({ exit: 11, answer: { error: 'exit_signal_recorded' } })
    await expectNothingLeft(seat, target)
    expect(await journaled(asked.answer.filePath)).toEqual(
      expect.arrayContaining(['exit_signal', 'stop_acknowledged', 'release']),
    )
  })

  it('ends its agent and gives the target back on SIGTERM', async () => {
    const { seat, first, target } = await aRunnerAtWork()

    first.child.kill('SIGTERM')
    const { exit, answer } = await first.ended

    expect({ exit, answer }).toMatchObject({ exit: 11, answer: { error: 'cancelled' } })
    await expectNothingLeft(seat, target)
  })

  it('that is killed takes its agent along, and the next one recovers and goes on', async () => {
    const { seat, first, target } = await aRunnerAtWork()

    first.child.kill('SIGKILL')
    await first.ended
    const groups = await pidsIn(seat)
    await until('the group of the agent has ended', async () => groups.every((group) => listGroup(group).length === 0))
    const developer = JSON.stringify(fixture('does-nothing'))
    const second = await seat.cli(`run ${target} --run-id second`, {
      env: { DEV_LOOPS_AGENTS_DEVELOPER_COMMAND: developer },
    })

    // The agent that was killed was the first of two tries.
    expect(second).toMatchObject({ exit: 10, answer: { evidence: ['budget_spent: implement 2 of 2', 'no_commit'] } })
    const steps = second.answer.turns.map(({ step }: { step: string }) => step)
    expect(steps).toEqual(['claim', 'recover', 'implement'])
  })
})
