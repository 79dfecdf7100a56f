/** A run as others see it on the list of workers: at work, killed, and gone. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workersKey } from '../../lib/dispatch/workers/service.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import { until } from '../forge/with-forge.ts'
import { fixture, openStage, type Seat, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ issues: 3 })
})
afterAll(() => stage.end())

const LIVELY = { DEV_LOOPS_LEASE_RUN_TTL: '6s', DEV_LOOPS_LEASE_RUN_RENEW_EVERY: '200ms' }

async function workers(seat: Seat): Promise<readonly Record<string, unknown>[]> {
  const { answer } = await seat.cli('worker list')
  return answer.workers
}

async function aRunAtWork() {
  const seat = await stage.checkout({ developer: fixture('never-ends'), env: LIVELY })
  const run = seat.start(`run --issue ${seat.issue} --run-id first`)
  await run.when('agent works on implement')
  await until('the run is listed', async () => (await workers(seat)).length === 1)
  return { seat, run }
}

describe('a run', () => {
  it('is listed with what it does while it works, and leaves nothing when it is interrupted', async () => {
    const { seat, run } = await aRunAtWork()
    expect(await workers(seat)).toMatchObject([
      { status: 'active', alive: 'alive', command: 'run', runId: 'first', target: `acme/ledger#${seat.issue}` },
    ])
    run.child.kill('SIGINT')
    expect(await run.ended).toMatchObject({ exit: 11 })
    expect(await workers(seat)).toEqual([])
  })

  it('that is killed is shown as crashed at once, although its term is not over', async () => {
    const { seat, run } = await aRunAtWork()
    run.child.kill('SIGKILL')
    await run.ended
    expect(await workers(seat)).toMatchObject([{ status: 'crashed', alive: 'dead', runId: 'first' }])
    expect(await seat.cli(`detect-stale-runner --repo acme/ledger --pr ${seat.issue}`)).toMatchObject({
      exit: 3,
      answer: { error: 'stale_runner', staleRunner: { runId: 'first', reason: 'process_dead' } },
    })
  })

  it('works although the list cannot be read, and says so in its answer', async () => {
    const seat = await stage.checkout({ developer: fixture('never-ends'), env: LIVELY })
    const { answer } = await seat.cli('worker list')
    const store = openFileStore(join(seat.cwd, '.git/dev-loops'), { scope: 'clone' })
    await store.compareAndSwap(workersKey({ host: seat.forge.host, repo: 'acme/ledger' }), null, 'damaged', {})
    const run = seat.start(`run --issue ${seat.issue} --run-id first`)
    await run.when('agent works on implement')
    run.child.kill('SIGINT')
    const warning = expect.stringContaining(`worker_not_registered: ${answer.filePath}`)
    expect(await run.ended).toMatchObject({ exit: 11, answer: { warnings: [warning] } })
  })
})
