import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aContext } from '../support/context.ts'

let cwd: string
let env: Record<string, string>

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'dev-loops-ownership-'))
  // No token can be found: gh is not on the path and has no configuration.
  env = { DEV_LOOPS_STATE_DIR: join(cwd, 'state'), HOME: cwd, PATH: '', GH_CONFIG_DIR: cwd }
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

async function run(line: string, more: Partial<Parameters<typeof aContext>[0]> = {}) {
  const context = aContext({ cwd, env, ...more })
  return context.execute(line.split(' '))
}

const ISSUE = '--repo acme/api --issue 12'

describe('ownership commands', () => {
  it('take, refuse, confirm, show, list and release a target', async () => {
    expect(await run(`ownership claim ${ISSUE} --run-id a`)).toMatchObject({
      exit: 0,
      answer: { ok: true, status: 'claimed_new', issue: 12, token: 1, endsInMs: 900_000, scope: 'machine' },
    })
    expect(await run(`ownership claim ${ISSUE} --run-id b`)).toMatchObject({
      exit: 3,
      answer: { error: 'active_run_exists', holder: { runId: 'a' } },
    })
    expect(await run(`ownership assert ${ISSUE} --run-id a`)).toMatchObject({
      exit: 0,
      answer: { status: 'owner_confirmed' },
    })
    expect(await run(`ownership status ${ISSUE}`)).toMatchObject({
      exit: 0,
      answer: { status: 'held', holder: { runId: 'a', alive: 'alive' }, state: { schemaVersion: 3 } },
    })
    expect(await run('ownership list --repo acme/api')).toMatchObject({
      answer: { total: 1, owners: [{ target: 'acme/api#12', token: 1 }] },
    })
    expect(await run(`ownership release ${ISSUE} --run-id a`)).toMatchObject({ answer: { status: 'released' } })
    expect(await run('ownership list --repo acme/api')).toMatchObject({ answer: { total: 0 } })
  })

  it.each([
    [`ownership claim ${ISSUE}`, 2, 'run_id_required'],
    ['ownership claim --repo acme/api --run-id a', 2, 'usage'],
    ['ownership claim --repo acme/api --pr 88x --run-id a', 2, 'invalid_value'],
    ['ownership claim --repo ../x/y --pr 88 --run-id a', 2, 'invalid_value'],
    ['ownership claim --repo acme/api --lease .hidden --run-id a', 2, 'invalid_value'],
    ['ownership claim --repo acme/api --lease x --branch y --run-id a', 2, 'usage'],
    [`ownership park ${ISSUE} --run-id a`, 2, 'usage'],
    [`ownership guard ${ISSUE} --run-id a`, 3, 'ownership_missing'],
    [`ownership acknowledge ${ISSUE} --run-id a`, 3, 'ownership_missing'],
    [`ownership claim ${ISSUE} --run-id a --worker-pid 4194305`, 2, 'invalid_value'],
    [`ownership takeover ${ISSUE} --run-id a --force`, 2, 'usage'],
    [`ownership renew ${ISSUE} --run-id a`, 3, 'ownership_missing'],
    [`ownership assert ${ISSUE} --run-id a --require-existing`, 3, 'ownership_missing'],
    [`ownership signal-exit ${ISSUE} --run-id a`, 3, 'ownership_missing'],
    ['ownership status --issue 12', 2, 'not_a_checkout'],
  ])('refuse "%s" with exit %i and %s, and write nothing', async (line, exit, error) => {
    expect(await run(line)).toMatchObject({ exit, answer: { ok: false, error } })
    expect(await run('ownership list')).toMatchObject({ answer: { total: 0 } })
  })

  it.each([
    [{ DEV_LOOPS_RUN_ID: 'ours', PI_SUBAGENT_RUN_ID: 'theirs' }, 'ours'],
    [{ PI_SUBAGENT_RUN_ID: 'theirs' }, 'theirs'],
  ])('take the run id from %j: %s', async (given, runId) => {
    const answered = await run(`ownership claim ${ISSUE}`, { env: { ...env, ...given } })
    expect(answered).toMatchObject({ answer: { runId } })
  })

  it('say that the head branch was not checked when there is no token', async () => {
    expect(await run('ownership claim --repo acme/api --pr 88 --run-id a')).toMatchObject({
      exit: 0,
      answer: { status: 'claimed_new', pr: 88, warnings: [expect.stringContaining('branch_not_checked')] },
    })
  })

  it('take the term of a claim from the configuration, and nothing while that is wrong', async () => {
    execFileSync('git', ['init', '--quiet', cwd])
    writeFileSync(join(cwd, '.devloops'), 'version: 1\nlease:\n  commandTtl: 7m\n')
    expect(await run(`ownership claim ${ISSUE} --run-id a`)).toMatchObject({ answer: { endsInMs: 420_000 } })
    writeFileSync(join(cwd, '.devloops'), 'version: 1\nlease:\n  commandTtl: seven\n')
    expect(await run(`ownership takeover ${ISSUE} --run-id a`)).toMatchObject({
      exit: 2,
      answer: { error: 'config_invalid' },
    })
    expect(await run(`ownership release ${ISSUE} --run-id a`)).toMatchObject({ answer: { status: 'released' } })
  })

  it('hold a branch like any other target', async () => {
    await run('ownership claim --repo acme/api --branch dev-loops/issue-12 --run-id a')
    expect(await run('ownership status --repo acme/api --branch dev-loops/issue-12')).toMatchObject({
      answer: { target: 'acme/api@dev-loops/issue-12', holder: { runId: 'a' } },
    })
  })

  it('hold anything else that needs a single holder, by a name', async () => {
    const conductor = '--repo acme/api --lease conductor'
    await run(`ownership claim ${conductor} --run-id a`)
    expect(await run(`ownership claim ${conductor} --run-id b`)).toMatchObject({
      exit: 3,
      answer: { error: 'active_run_exists', target: 'acme/api!conductor', lease: 'conductor' },
    })
    expect(await run('ownership claim --repo acme/api --lease merge/main --run-id b')).toMatchObject({ exit: 0 })
    expect(await run('ownership list')).toMatchObject({
      answer: { owners: [{ target: 'acme/api!conductor' }, { target: 'acme/api!merge/main' }] },
    })
    expect(await run(`ownership park ${conductor} --run-id a --for 1h`)).toMatchObject({
      answer: { status: 'parked', endsInMs: 65 * 60_000 },
    })
    expect(await run(`ownership renew ${conductor} --run-id a`)).toMatchObject({ answer: { endsInMs: 900_000 } })
  })

  it('carry a request to stop to the run, its answer back, and its end with the release', async () => {
    await run(`ownership claim ${ISSUE} --run-id a`)
    await run(`ownership signal-exit ${ISSUE} --run-id a --reason wrong`)
    expect(await run(`ownership guard ${ISSUE} --run-id a`)).toMatchObject({
      exit: 11,
      answer: { error: 'exit_signal_recorded' },
    })
    expect(await run(`ownership acknowledge ${ISSUE} --run-id a`)).toMatchObject({ answer: { status: 'acknowledged' } })
    expect(await run(`ownership status ${ISSUE}`)).toMatchObject({
      answer: { holder: { stopRequested: { reason: 'wrong', permitsTakeover: false } } },
    })
    await run(`ownership release ${ISSUE} --run-id a`)
    await run(`ownership claim ${ISSUE} --run-id a`)
    expect(await run(`ownership guard ${ISSUE} --run-id a`)).toMatchObject({ exit: 0, answer: { status: 'may_act' } })
  })

  it('take a target from a living run that leaves a request to stop unanswered', async () => {
    await run(`ownership claim ${ISSUE} --run-id a`)
    await run(`ownership signal-exit ${ISSUE} --run-id a --term 1ms`)
    expect(await run(`ownership claim ${ISSUE} --run-id b`)).toMatchObject({ exit: 3 })
    const takeover = () => run(`ownership takeover ${ISSUE} --run-id b`)
    await expect.poll(takeover).toMatchObject({ answer: { status: 'taken_over' } })
  })

  it.each(['guard', 'assert', 'renew', 'acknowledge', 'release'])(
    'refuse to %s by the token of an earlier claim of the same run',
    async (name) => {
      await run(`ownership claim ${ISSUE} --run-id a`)
      await run(`ownership release ${ISSUE} --run-id a`)
      await run(`ownership claim ${ISSUE} --run-id a`)
      const answered = await run(`ownership ${name} ${ISSUE} --run-id a --expected-token 1`)
      expect(answered).toMatchObject({ exit: 3, answer: { error: 'ownership_lost' } })
    },
  )

  it('take over with the token that was seen, and not with an older one', async () => {
    await run(`ownership claim ${ISSUE} --run-id a`)
    const takeover = `ownership takeover ${ISSUE} --run-id b --reason stuck --force`
    expect(await run(`${takeover} --expected-token 0`)).toMatchObject({ exit: 3, answer: { error: 'stale_token' } })
    expect(await run(`${takeover} --expected-token 1`)).toMatchObject({ answer: { status: 'taken_over', token: 2 } })
  })

  it('list a record that cannot be read beside the others', async () => {
    await run(`ownership claim ${ISSUE} --run-id a`)
    await run('ownership claim --repo acme/api --issue 13 --run-id a')
    const { answer } = await run('ownership status --repo acme/api --issue 13')
    const { filePath } = answer as unknown as { filePath: string }
    damage(filePath)
    expect(await run(`ownership status --repo acme/api --issue 13`)).toMatchObject({
      exit: 5,
      answer: { error: 'state_unreadable' },
    })
    expect(await run('ownership list')).toMatchObject({
      answer: { total: 2, owners: [{ problem: null }, { problem: expect.any(String) }] },
    })
  })
})

describe('claim --wait', () => {
  it('takes the target when its holder dies', async () => {
    const worker = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
    await once(worker, 'spawn')
    await run(`ownership claim ${ISSUE} --run-id a --worker-pid ${worker.pid}`)

    const progress = () => worker.kill('SIGKILL')
    const answered = await run(`ownership claim ${ISSUE} --run-id b --wait --wait-limit 20s`, { progress })
    expect(answered).toMatchObject({ exit: 0, answer: { status: 'claimed_new', token: 2 } })
  })

  it('takes the target when its lease runs out', async () => {
    await run(`ownership claim ${ISSUE} --run-id a --ttl 300ms`)
    const answered = await run(`ownership claim ${ISSUE} --run-id b --wait --wait-limit 20s`)
    expect(answered).toMatchObject({ exit: 0, answer: { status: 'claimed_new', token: 2 } })
  })

  it('ends with the refusal when its limit is over', async () => {
    await run(`ownership claim ${ISSUE} --run-id a`)
    expect(await run(`ownership claim ${ISSUE} --run-id b --wait --wait-limit 1ms`)).toMatchObject({
      exit: 3,
      answer: { error: 'active_run_exists' },
    })
  })

  it('ends when it is told to stop', async () => {
    await run(`ownership claim ${ISSUE} --run-id a`)
    const stop = new AbortController()
    const answered = run(`ownership claim ${ISSUE} --run-id b --wait`, {
      signal: stop.signal,
      progress: () => stop.abort(),
    })
    expect(await answered).toMatchObject({ exit: 11, answer: { error: 'cancelled' } })
  })
})

describe('what the fast commands load', () => {
  const script = (name: string) => new URL(`../../scripts/ownership/${name}.ts`, import.meta.url).pathname
  const spy = new URL('../fixtures/ownership/loaded-modules.mjs', import.meta.url).pathname

  it.each([
    ['status', []],
    ['assert', ['--run-id', 'a']],
    ['renew', ['--run-id', 'a']],
    ['claim', ['--help']],
  ])('%s needs no package of others, and starts no process', async (name, words) => {
    await run(`ownership claim ${ISSUE} --run-id a`)
    const target = name === 'claim' ? [] : ISSUE.split(' ')
    const listing = join(cwd, 'loaded.txt')
    const argv = ['--import', 'tsx', '--import', spy, script(name), ...target, ...words]
    execFileSync(process.execPath, argv, { env: { ...env, LOADED_MODULES: listing } })
    const loaded = readFileSync(listing, 'utf8').trim().split('\n')
    expect(loaded.some((url) => url.includes(`/ownership/${name}.ts`))).toBe(true)
    expect(loaded.filter((url) => url.includes('/node_modules/') || url === 'node:child_process')).toEqual([])
  })
})

/** Cuts off the newest version of a record, as a full disk might. */
function damage(folder: string): void {
  const data = readdirSync(folder).find((name) => name.startsWith('data.'))
  if (data === undefined) throw new Error(`no data in ${folder}`)
  truncateSync(join(folder, data), 20)
}
