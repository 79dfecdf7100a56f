import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  assertRunnerOwnership,
  claimRunnerOwnership,
  createRunnerCoordinationState,
  defaultRunnerCoordinationFilePathForTarget,
  ensureAsyncRunnerOwnership,
  loadRunnerCoordinationState,
  normalizeRunnerCoordinationState,
  recordExitSignalForRunner,
  releaseRunnerOwnership,
} from '../../lib/ownership/index.ts'

const NOW = '2026-03-01T10:00:00.000Z'
const env = {}
let cwd: string

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'dev-loops-predecessor-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const pr88 = () => ({ repo: 'Acme/API', pr: 88, cwd, env })
const oldFile = () => join(cwd, '.pi/runner-coordination/acme/api/pr-88.json')

function writeOld(record: object | string, file = oldFile()): string {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof record === 'string' ? record : JSON.stringify(record))
  return file
}

const OLD = {
  schemaVersion: 2,
  target: { repo: 'acme/api', pr: 88 },
  activeRun: { runId: 'old', claimedAt: NOW, updatedAt: NOW },
  previousRun: null,
  history: [{ type: 'claim', runId: 'old', at: NOW }],
  exitSignals: [],
}

describe("the predecessor's calls", () => {
  it('claim, confirm, refuse, take over and release with its words and fields', async () => {
    const claimed = await claimRunnerOwnership({ ...pr88(), runId: ' a ', now: NOW })
    expect(claimed).toMatchObject({
      ok: true,
      status: 'claimed_new',
      repo: 'acme/api',
      pr: 88,
      runId: 'a',
      activeRun: { runId: 'a', claimedAt: NOW, updatedAt: NOW },
      previousRun: null,
      exitSignals: [],
      token: 1,
      expiresAt: null,
      scope: 'machine',
    })
    expect(await assertRunnerOwnership({ ...pr88(), runId: 'a' })).toMatchObject({ status: 'owner_confirmed' })
    expect(await claimRunnerOwnership({ ...pr88(), runId: 'b' })).toMatchObject({
      ok: false,
      error: 'active_run_exists',
      activeRun: { runId: 'a' },
      exitSignals: [],
    })
    expect(await claimRunnerOwnership({ ...pr88(), runId: 'b', mode: 'takeover', now: NOW })).toMatchObject({
      status: 'taken_over',
      previousRun: { runId: 'a', replacedAt: NOW, replacedByRunId: 'b' },
    })
    expect(await releaseRunnerOwnership({ ...pr88(), runId: 'a' })).toMatchObject({ error: 'ownership_lost' })
    expect(await releaseRunnerOwnership({ ...pr88(), runId: 'b', now: NOW })).toMatchObject({
      status: 'released',
      activeRun: null,
      previousRun: { runId: 'b', replacedAt: NOW, replacedByRunId: null },
    })
  })

  it('show an active run with exactly the three fields it always had', async () => {
    const { activeRun } = await claimRunnerOwnership({ ...pr88(), runId: 'a', now: NOW })
    expect(activeRun).toEqual({ runId: 'a', claimedAt: NOW, updatedAt: NOW })
  })

  it.each([
    ['claim', claimRunnerOwnership],
    ['assert', assertRunnerOwnership],
    ['release', releaseRunnerOwnership],
    ['exit signal', recordExitSignalForRunner],
  ])('refuse %s without a run id and touch nothing', async (_, call) => {
    expect(await call({ ...pr88(), runId: '  ' })).toMatchObject({
      ok: false,
      error: 'run_id_required',
      activeRun: null,
    })
    expect(existsSync(join(cwd, '.dev-loops'))).toBe(false)
  })

  it.each([
    ['../x/y', 88],
    ['a/b/c', 88],
    ['acme', 88],
    ['acme/api', 0],
    ['acme/api', '88x'],
    ['acme/api', 1.5],
    ['acme/api', ''],
  ])('refuse the target %s %s before any file is touched', async (repo, pr) => {
    await expect(claimRunnerOwnership({ ...pr88(), repo, pr, runId: 'a' })).rejects.toMatchObject({
      code: 'invalid_value',
    })
    expect(existsSync(join(cwd, '.dev-loops'))).toBe(false)
  })

  it("keep the record under the caller's folder when that is no checkout, and name its place", async () => {
    const { filePath } = await claimRunnerOwnership({ ...pr88(), runId: 'a' })
    expect(filePath).toBe(defaultRunnerCoordinationFilePathForTarget({ repo: 'acme/api', pr: 88 }, cwd))
    expect(filePath?.startsWith(join(cwd, '.dev-loops'))).toBe(true)
    expect(existsSync(filePath ?? '')).toBe(true)
  })

  it('write nothing on assert', async () => {
    const { filePath } = await claimRunnerOwnership({ ...pr88(), runId: 'a' })
    const before = readdirSync(filePath ?? '')
    await assertRunnerOwnership({ ...pr88(), runId: 'a' })
    expect(readdirSync(filePath ?? '')).toEqual(before)
  })

  it('load null for a target that nobody claimed, else the record', async () => {
    expect(await loadRunnerCoordinationState(pr88())).toMatchObject({ state: null })
    await claimRunnerOwnership({ ...pr88(), runId: 'a', now: NOW })
    expect((await loadRunnerCoordinationState(pr88())).state).toEqual({
      ...createRunnerCoordinationState({ repo: 'acme/api', pr: 88, runId: 'a', now: NOW }),
    })
  })

  it('read back the state they create', () => {
    const state = createRunnerCoordinationState({ repo: 'acme/api', pr: 88, runId: 'a', now: NOW })
    expect(normalizeRunnerCoordinationState(state, { repo: 'ACME/api', pr: '88' })).toEqual(state)
    expect(() => normalizeRunnerCoordinationState(state, { pr: 89 })).toThrow(/pull request 88, not 89/)
    expect(() => normalizeRunnerCoordinationState(state, { repo: 'acme/web' })).toThrow(/acme\/api, not acme\/web/)
  })
})

describe('ensureAsyncRunnerOwnership', () => {
  const managed = { PI_SUBAGENT_RUN_ID: ' a ' }

  it('does nothing for a caller that is no managed run', async () => {
    const answer = await ensureAsyncRunnerOwnership({ ...pr88(), env: {} })
    expect(answer).toMatchObject({ ok: true, status: 'skipped_no_async_run_id', runId: null, activeRun: null })
    expect(existsSync(join(cwd, '.dev-loops'))).toBe(false)
  })

  it.each([
    [{}, { status: 'claimed_new', runId: 'a' }],
    [{ requireExisting: true }, { status: 'claimed_new' }],
    [{ claimIfMissing: false }, { status: 'no_owner_record' }],
    [{ claimIfMissing: false, requireExisting: true }, { error: 'ownership_missing' }],
  ])('with %j on a free target answers as the predecessor did', async (given, expected) => {
    expect(await ensureAsyncRunnerOwnership({ ...pr88(), env: managed, ...given })).toMatchObject(expected)
  })

  it('passes on that another run holds the target', async () => {
    await claimRunnerOwnership({ ...pr88(), runId: 'b' })
    expect(await ensureAsyncRunnerOwnership({ ...pr88(), env: managed })).toMatchObject({ error: 'ownership_lost' })
  })
})

describe("a predecessor's file", () => {
  it('counts before anything of ours was written, and reading leaves it alone', async () => {
    const file = writeOld(OLD)
    expect(await assertRunnerOwnership({ ...pr88(), runId: 'old' })).toMatchObject({ status: 'owner_confirmed' })
    expect(await claimRunnerOwnership({ ...pr88(), runId: 'b' })).toMatchObject({ error: 'active_run_exists' })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(OLD)
  })

  it('is kept as .imported at the first change, and what stands in its place the predecessor refuses', async () => {
    const file = writeOld(OLD)
    expect(await claimRunnerOwnership({ ...pr88(), runId: 'b', mode: 'takeover' })).toMatchObject({
      status: 'taken_over',
      token: 2,
      previousRun: { runId: 'old' },
    })
    expect(JSON.parse(readFileSync(`${file}.imported`, 'utf8'))).toEqual(OLD)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schemaVersion: 3 })
    expect(existsSync(`${file}.lock`)).toBe(false)
  })

  it('is imported after a crash between sealing it and our first commit', async () => {
    const file = writeOld(OLD)
    await claimRunnerOwnership({ ...pr88(), runId: 'b', mode: 'takeover' })
    // What such a crash leaves: the seal, the kept file, and no record of ours.
    rmSync(join(cwd, '.dev-loops', 'records'), { recursive: true })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schemaVersion: 3 })
    expect(await claimRunnerOwnership({ ...pr88(), runId: 'b' })).toMatchObject({
      error: 'active_run_exists',
      activeRun: { runId: 'old' },
    })
  })

  it('that was sealed for another store does not come back to life here', async () => {
    writeOld(OLD)
    await claimRunnerOwnership({ ...pr88(), runId: 'b', mode: 'takeover' })
    const elsewhere = { ...pr88(), env: { DEV_LOOPS_STATE_DIR: join(cwd, 'fresh') } }
    expect(await claimRunnerOwnership({ ...elsewhere, runId: 'c' })).toMatchObject({ status: 'claimed_new', token: 1 })
  })

  it('may be named outright', async () => {
    const filePath = writeOld(OLD, join(cwd, 'kept', 'somewhere.json'))
    const answer = await claimRunnerOwnership({ ...pr88(), runId: 'b', filePath })
    expect(answer).toMatchObject({ error: 'active_run_exists', activeRun: { runId: 'old' } })
  })

  it.each([
    ['half a file', '{"schemaVersion":2,"tar'],
    ["another target's", { ...OLD, target: { repo: 'acme/api', pr: 9 } }],
    ['one of the future', { ...OLD, schemaVersion: 9 }],
  ])('that is %s is named, kept and never written over', async (_, record) => {
    const file = writeOld(record)
    const before = readFileSync(file, 'utf8')
    const claiming = claimRunnerOwnership({ ...pr88(), runId: 'b' })
    await expect(claiming).rejects.toMatchObject({
      code: 'state_unreadable',
      message: expect.stringContaining(file),
    })
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(existsSync(join(cwd, '.dev-loops', 'records'))).toBe(false)
  })

  it('is not taken over while the old tool holds its lock', async () => {
    const file = writeOld({ ...OLD, activeRun: null })
    mkdirSync(`${file}.lock`)
    await expect(claimRunnerOwnership({ ...pr88(), runId: 'b' })).rejects.toMatchObject({ code: 'store_contended' })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schemaVersion: 2 })
  })

  it('is taken over past a lock that a dead process left long ago', async () => {
    const file = writeOld({ ...OLD, activeRun: null })
    mkdirSync(`${file}.lock`)
    const longAgo = new Date(Date.now() - 3_600_000)
    utimesSync(`${file}.lock`, longAgo, longAgo)
    expect(await claimRunnerOwnership({ ...pr88(), runId: 'b' })).toMatchObject({ status: 'claimed_new' })
  })
})
