/** Which runs count as left behind: rules over records, then the library and the command over a store. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { executeWith } from '../../lib/command/registry.ts'
import {
  claimRunnerOwnership,
  detectStaleRunner,
  readWorkerIdentity,
  recordExitSignalForRunner,
  releaseRunnerOwnership,
  resolveStaleRunnerMaxAgeMs,
  runDetectStaleRunner,
  STALE_RUNNER_DEFAULT_MAX_AGE_MS,
} from '../../lib/ownership/index.ts'
import type { Claim, Lease } from '../../lib/ownership/record.ts'
import type { Evidence } from '../../lib/ownership/rules/liveness.ts'
import { judgeRunner } from '../../lib/ownership/stale/rules/judge-runner.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import { aContext } from '../support/context.ts'
import { aClaim, aRecord } from './support.ts'

const T0 = Date.UTC(2030, 0, 1)
const MINUTE = 60_000
const LIMIT = { nowMs: T0, maxAgeMs: 30 * MINUTE }
const at = (agoMs: number) => new Date(T0 - agoMs).toISOString()

function seen(given: Partial<Evidence> = {}): Evidence {
  const now = { bootId: 'boot-1', monotonicMs: 10_000_000, wallMs: T0 }
  return { now, at: at(0), worker: 'unknown', sighting: null, stopSighting: null, ...given }
}

/** @param leftMs until it ends; below zero: it ended that long ago */
function aLease(leftMs: number, given: Partial<Lease> = {}): Lease {
  const ttlMs = 90_000
  return { ttlMs, bootId: 'boot-1', renewedAtMs: 10_000_000 + leftMs - ttlMs, parkedMs: null, ...given }
}

const WORKER = { machineId: 'm-1', bootId: 'boot-1', pidNamespace: 'pid:[1]', pid: 7, startTime: '1' }
const AGED = { claimedAt: at(300 * MINUTE), updatedAt: at(300 * MINUTE) }

function judge(claim: Partial<Claim>, evidence: Partial<Evidence> = {}) {
  return judgeRunner(
    aRecord({ activeRun: aClaim({ claimedAt: at(0), updatedAt: at(0), ...claim }) }),
    seen(evidence),
    LIMIT,
  )
}

describe('a claim that ends by itself', () => {
  it('is fresh at any age while its lease runs', () => {
    expect(judge({ ...AGED, lease: aLease(1) })).toEqual({ status: 'fresh_runner' })
  })

  it('is fresh at any age while it is parked for a long wait', () => {
    const parked = aLease(0, { parkedMs: 3_600_000 })
    expect(judge({ ...AGED, lease: parked })).toEqual({ status: 'fresh_runner' })
  })

  it('is stale as soon as its lease ran out, however young it is', () => {
    expect(judge({ lease: aLease(0) })).toMatchObject({
      status: 'stale_runner',
      staleRunner: { reason: 'lease_ran_out', maxAgeMs: 90_000, claimedAgeMs: 0 },
    })
  })

  it('is stale as soon as its process is dead, although its lease runs', () => {
    expect(judge({ lease: aLease(60_000), process: WORKER }, { worker: 'dead' })).toMatchObject({
      staleRunner: { reason: 'process_dead' },
    })
  })

  it('is not stale because nothing is known of its process', () => {
    expect(judge({ ...AGED, process: WORKER }, { worker: 'unknown' })).toEqual({ status: 'fresh_runner' })
  })

  it('is not stale because its record names no times', () => {
    expect(judge({ claimedAt: null, updatedAt: null, lease: aLease(1) })).toEqual({ status: 'fresh_runner' })
  })

  const foreign = { lease: aLease(0, { bootId: 'boot-of-another' }) }
  const watched = (ms: number) => ({ version: 'v', bootId: 'boot-1', firstSeenMs: 10_000_000 - ms })
  it.each([
    [null, 'fresh_runner'],
    [watched(89_999), 'fresh_runner'],
    [watched(90_000), 'stale_runner'],
    [{ ...watched(90_000), bootId: 'boot-0' }, 'fresh_runner'],
  ])('of another machine, watched as %j, is %s', (sighting, status) => {
    expect(judge(foreign, { sighting })).toMatchObject({ status })
  })
})

describe('a claim that never ends by itself', () => {
  it.each([
    ['both ages at the limit', 30, 30, 'fresh_runner'],
    ['claimed long ago and refreshed', 60, 1, 'fresh_runner'],
    ['both over the limit', 31, 31, 'stale_runner'],
    ['in the future', -60, -60, 'fresh_runner'],
  ])('%s is %s', (_, claimed, updated, status) => {
    expect(judge({ claimedAt: at(claimed * MINUTE), updatedAt: at(updated * MINUTE) })).toMatchObject({ status })
  })

  it.each([
    [{ claimedAt: null }, { claimedAt: '(corrupt)', claimedAgeMs: -1, updatedAgeMs: 0 }],
    [{ updatedAt: 'yesterday' }, { updatedAt: 'yesterday', claimedAgeMs: 0, updatedAgeMs: -1 }],
  ])('with %j is stale, and says that its times are corrupted', (times, shown) => {
    expect(judge(times)).toMatchObject({
      status: 'stale_runner',
      staleRunner: { ...shown, corruptedTimestamp: true, reason: 'corrupted_timestamp' },
    })
  })
})

describe('what comes before age and lease', () => {
  it('is that somebody holds the target: one that was released is not fresh', () => {
    expect(judgeRunner(aRecord({ token: 4 }), seen(), LIMIT)).toEqual({ status: 'no_owner_record' })
    expect(judgeRunner(null, seen(), LIMIT)).toEqual({ status: 'no_owner_record' })
  })
})

describe('the limit of age', () => {
  it.each([
    [{ staleRunnerMaxAgeMs: 1500.9 }, {}, 1500],
    [{ staleRunnerMaxAgeMs: 0 }, { PI_DEV_LOOP_STALE_RUNNER_MAX_AGE_MS: '70' }, 70],
    [{ staleRunnerMaxAgeMs: -1 }, { PI_DEV_LOOP_STALE_RUNNER_MAX_AGE_MS: 'soon' }, STALE_RUNNER_DEFAULT_MAX_AGE_MS],
    [{ staleRunnerMaxAgeMs: Number.NaN }, { PI_DEV_LOOP_STALE_RUNNER_MAX_AGE_MS: '0' }, 1_800_000],
    [{}, { PI_DEV_LOOP_STALE_RUNNER_MAX_AGE_MS: '70.5' }, 70],
    [{}, { PI_DEV_LOOP_STALE_RUNNER_MAX_AGE_MS: ' ' }, 1_800_000],
  ])('of %j in %j is %d', (options, env, expected) => {
    expect(resolveStaleRunnerMaxAgeMs(options, env)).toBe(expected)
  })
})

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'dev-loops-stale-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const pr88 = () => ({ repo: 'Acme/API', pr: 88, cwd, env: { HOME: cwd } })

describe('detectStaleRunner', () => {
  it('answers with the fields it always had, the repository as the caller wrote it', async () => {
    const now = '2026-03-01T10:00:00.000Z'
    await claimRunnerOwnership({ ...pr88(), runId: 'a', now })
    const found = await detectStaleRunner({ ...pr88(), now: Date.parse(now) + 2_000, maxAgeMs: 1_000 })
    const run = { runId: 'a', claimedAt: now, updatedAt: now }
    expect(found).toMatchObject({
      ok: false,
      error: 'stale_runner',
      status: 'stale_runner',
      repo: 'Acme/API',
      pr: 88,
      activeRun: run,
      staleRunner: { ...run, claimedAgeMs: 2_000, updatedAgeMs: 2_000, maxAgeMs: 1_000 },
      exitSignal: null,
      maxAgeMs: 1_000,
      token: 1,
      alive: 'unknown',
      message: expect.stringContaining('token 1'),
    })
  })

  it('finds the run stale whose process was killed, long before any term is over', async () => {
    const worker = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    await once(worker, 'spawn')
    const identity = readWorkerIdentity(worker.pid ?? 0)
    await claimRunnerOwnership({ ...pr88(), runId: 'a', ttlMs: 3_600_000, process: identity })
    expect(await detectStaleRunner(pr88())).toMatchObject({ ok: true, status: 'fresh_runner', alive: 'alive' })

    worker.kill('SIGKILL')
    await once(worker, 'exit')
    expect(await detectStaleRunner(pr88())).toMatchObject({
      status: 'stale_runner',
      alive: 'ended',
      maxAgeMs: 3_600_000,
    })
  })

  it('finds the lease of a silent machine stale by its own second look, and the record is not written', async () => {
    const { filePath } = await claimRunnerOwnership({ ...pr88(), runId: 'a', ttlMs: 1 })
    const store = openFileStore(join(cwd, '.dev-loops'), { scope: 'machine' })
    const key = 'github.com/acme/api/number/88'
    const stored = await store.read(key)
    const moved = JSON.parse(JSON.stringify(stored?.value).replace(/"bootId":"[^"]*"/, '"bootId":"elsewhere"'))
    await store.compareAndSwap(key, stored?.version ?? null, moved, {})
    const before = readdirSync(filePath ?? '')

    expect(await detectStaleRunner(pr88())).toMatchObject({ status: 'fresh_runner', alive: 'unknown' })
    await vi.waitFor(async () => expect(await detectStaleRunner(pr88())).toMatchObject({ status: 'stale_runner' }))
    expect(readdirSync(filePath ?? '')).toEqual(before)
  })

  it('names the requests to stop before it looks at age', async () => {
    await claimRunnerOwnership({ ...pr88(), runId: 'a', now: 0 })
    await recordExitSignalForRunner({ ...pr88(), runId: 'a', reason: 'wrong approach' })
    expect(await detectStaleRunner(pr88())).toMatchObject({
      error: 'exit_signal_recorded',
      exitSignal: { runId: 'a', signals: [{ runId: 'a', reason: 'wrong approach' }] },
      message: expect.stringContaining('wrong approach'),
    })
  })

  it('calls a released target free, not fresh', async () => {
    await claimRunnerOwnership({ ...pr88(), runId: 'a' })
    await releaseRunnerOwnership({ ...pr88(), runId: 'a' })
    expect(await detectStaleRunner(pr88())).toMatchObject({ ok: true, status: 'no_owner_record', activeRun: null })
  })

  it.each([{ repo: '' }, { pr: 0 }, { now: 'whenever' }])('refuses %j', async (wrong) => {
    await expect(detectStaleRunner({ ...pr88(), ...wrong })).rejects.toMatchObject({ code: 'invalid_value' })
  })
})

const scripts = new URL('../../scripts/', import.meta.url)

/** The command as it is called, and the function of the same name: both must say the same. */
async function detect(words: readonly string[], env: Record<string, string> = {}) {
  const context = aContext({ cwd, env: { HOME: cwd, ...env } })
  return executeWith(scripts, ['detect-stale-runner', '--repo', 'acme/api', '--pr', '88', ...words], context)
}

/** As the command sees it, outside a checkout. */
const asCommand = () => ({ ...pr88(), caller: 'command' }) as const

describe('the command detect-stale-runner', () => {
  it.each([
    [['--run-id', 'a'], {}],
    [[], { PI_SUBAGENT_RUN_ID: 'a' }],
  ])('tells a run that nobody holds what it believes to own: %j %j', async (words, env) => {
    expect(await detect(words, env)).toMatchObject({
      exit: 3,
      answer: { error: 'ownership_lost', status: 'ownership_lost', activeRun: null, runId: 'a', exitSignals: [] },
    })
  })

  it('tells a run that another one holds it before saying that the other is stale', async () => {
    await claimRunnerOwnership({ ...asCommand(), runId: 'b', now: 0 })
    expect(await detect(['--run-id', 'a'])).toMatchObject({
      exit: 3,
      answer: { error: 'ownership_lost', activeRun: { runId: 'b' } },
    })
    expect(await detect([])).toMatchObject({
      exit: 3,
      answer: {
        error: 'stale_runner',
        repo: 'acme/api',
        staleRunner: { runId: 'b', reason: 'too_old' },
        staleRunnerCheck: { ok: false, failures: [expect.stringContaining('run b')] },
      },
    })
  })

  it('ends with the code of a stop when its own run was asked to', async () => {
    await claimRunnerOwnership({ ...asCommand(), runId: 'a' })
    await recordExitSignalForRunner({ ...asCommand(), runId: 'a', reason: 'enough' })
    expect(await detect(['--run-id', 'a'])).toMatchObject({
      exit: 11,
      answer: { error: 'exit_signal_recorded', exitSignals: [{ reason: 'enough' }] },
    })
  })

  it('does not show a run what it was told in a claim that it gave back', async () => {
    await claimRunnerOwnership({ ...asCommand(), runId: 'a' })
    await recordExitSignalForRunner({ ...asCommand(), runId: 'a', reason: 'enough' })
    await releaseRunnerOwnership({ ...asCommand(), runId: 'a' })
    await claimRunnerOwnership({ ...asCommand(), runId: 'a' })
    expect(await detect(['--run-id', 'a'])).toMatchObject({ answer: { status: 'fresh_runner', exitSignals: [] } })
  })

  it('takes the limit of age from the line, then from the environment', async () => {
    await claimRunnerOwnership({ ...asCommand(), runId: 'a', now: Date.now() - 5_000 })
    const env = { PI_DEV_LOOP_STALE_RUNNER_MAX_AGE_MS: '1000' }
    expect(await detect([], env)).toMatchObject({ answer: { status: 'stale_runner', maxAgeMs: 1_000 } })
    expect(await detect(['--stale-runner-max-age-ms', '600000'], env)).toMatchObject({
      exit: 0,
      answer: { status: 'fresh_runner', maxAgeMs: 600_000, staleRunnerCheck: { ok: true, failures: [] } },
    })
  })

  it('answers as its function does', async () => {
    const claimed = await claimRunnerOwnership({ ...asCommand(), runId: 'a' })
    const called = await runDetectStaleRunner({ repo: 'ACME/api', pr: '88', runId: 'a' }, { env: { HOME: cwd }, cwd })
    expect(called).toEqual((await detect(['--run-id', 'a'])).answer)
    expect(called.filePath).toBe(claimed.filePath)
  })
})
