/** The predecessor's command line: its words and fields, on our streams and exit codes. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listCommands } from '../../lib/command/overview.ts'
import { executeWith, loadCommand } from '../../lib/command/registry.ts'
import { runCommand } from '../../lib/command/run.ts'
import {
  assertRunnerOwnership,
  claimRunnerOwnership,
  loadRunnerCoordinationState,
  runPrRunnerCoordination,
} from '../../lib/ownership/index.ts'
import { aContext } from '../support/context.ts'
import { linkedWorktree } from '../support/linked-worktree.ts'

const scripts = new URL('../../scripts/', import.meta.url)

let home: string
let cwd: string
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'dev-loops-old-command-')))
  cwd = home
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function call(words: string, env: Record<string, string> = {}) {
  return executeWith(scripts, words.split(' '), aContext({ cwd, env: { HOME: home, ...env } }))
}

const ON = '--repo Acme/API --pr 88'
const coordinate = (word: string, more = '', env = {}) =>
  call(`pr-runner-coordination ${word} ${ON}${more === '' ? '' : ` ${more}`}`, env)

describe('pr-runner-coordination', () => {
  it('claims, shows, confirms, refuses, takes over and releases with its words', async () => {
    expect(await coordinate('status')).toMatchObject({
      exit: 0,
      answer: { ok: true, command: 'status', repo: 'acme/api', pr: 88, state: null },
    })
    expect(await coordinate('claim', '--run-id a')).toMatchObject({
      exit: 0,
      answer: { status: 'claimed_new', pr: 88 },
    })
    expect(await coordinate('claim', '--run-id a')).toMatchObject({ exit: 0, answer: { status: 'refreshed' } })
    expect(await coordinate('claim', '--run-id b')).toMatchObject({ exit: 3, answer: { error: 'active_run_exists' } })
    expect(await coordinate('takeover', '--run-id b')).toMatchObject({ answer: { status: 'taken_over' } })
    expect(await coordinate('assert', '--run-id a')).toMatchObject({ exit: 3, answer: { error: 'ownership_lost' } })
    expect(await coordinate('release', '--run-id b')).toMatchObject({ answer: { status: 'released' } })
    expect(await coordinate('release', '--run-id b')).toMatchObject({ exit: 0, answer: { status: 'release_noop' } })
    expect(await coordinate('status')).toMatchObject({
      answer: { state: { activeRun: null, previousRun: { runId: 'b' } } },
    })
  })

  it.each([
    ['', { status: 'no_owner_record' }, 0],
    [' --require-existing', { error: 'ownership_missing' }, 3],
  ])('asserts on a target without owner with "%s"', async (more, answer, exit) => {
    expect(await coordinate('assert', `--run-id a${more}`)).toMatchObject({ exit, answer })
  })

  it('takes the run from the environment, and names what is missing without one', async () => {
    expect(await coordinate('claim', '', { PI_SUBAGENT_RUN_ID: 'a' })).toMatchObject({ answer: { runId: 'a' } })
    expect(await coordinate('claim')).toMatchObject({ exit: 2, answer: { error: 'run_id_required', runId: null } })
  })

  it.each([
    ['pr-runner-coordination', 'the first word'],
    [`pr-runner-coordination ${ON}`, 'the first word'],
    [`pr-runner-coordination steal ${ON}`, 'status, claim, takeover, assert, release'],
    [`pr-runner-coordination claim release ${ON}`, '"release" is not expected'],
    [`pr-runner-coordination --command claim ${ON}`, 'unknown option "--command"'],
    ['pr-runner-coordination status --pr 88', '--repo'],
    ['pr-runner-coordination status --repo acme/api', '--pr'],
    ['pr-runner-coordination status --repo acme --pr 88', 'owner/name'],
  ])('refuses "%s" and says %s', async (words, said) => {
    expect(await call(words)).toMatchObject({ exit: 2, answer: { message: expect.stringContaining(said) } })
  })

  it('meets `ownership` in one record, inside a checkout and outside', async () => {
    for (const place of [home, linkedWorktree(home)]) {
      cwd = place
      await coordinate('claim', '--run-id a')
      expect(await call('ownership status --repo acme/api --pr 88')).toMatchObject({
        answer: { holder: { runId: 'a' } },
      })
    }
  })

  it('will not take over what a lease protects', async () => {
    await claimRunnerOwnership({
      repo: 'acme/api',
      pr: 88,
      runId: 'a',
      ttlMs: 60_000,
      cwd,
      env: { HOME: home },
      caller: 'command',
    })
    expect(await coordinate('takeover', '--run-id b')).toMatchObject({ exit: 3, answer: { error: 'lease_active' } })
  })

  it('answers as its function does', async () => {
    await coordinate('claim', '--run-id a')
    const options = { command: 'status', repo: 'acme/api', pr: 88 } as const
    const called = await runPrRunnerCoordination(options, { env: { HOME: home }, cwd })
    expect(called).toEqual((await coordinate('status')).answer)
  })
})

describe('a command that is kept for callers of the predecessor', () => {
  it('is marked as an alias in the list, with commands that exist', async () => {
    const listed = await listCommands(scripts)
    const aliases = listed.filter(({ aliasOf }) => aliasOf !== null)
    expect(aliases.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['detect-stale-runner', 'pr-runner-coordination']),
    )
    const names = listed.map(({ name }) => name)
    for (const { aliasOf } of aliases) expect(names).toEqual(expect.arrayContaining([...(aliasOf ?? [])]))
  })

  it('shows in its help the first word without a flag', async () => {
    const command = await loadCommand(scripts, 'pr-runner-coordination')
    const { text } = await runCommand(command, ['--help'], aContext())
    expect(text).toContain('dev-loops pr-runner-coordination status|claim|takeover|assert|release --repo')
    expect(text).not.toContain('--command')
  })
})

describe("the library's records", () => {
  it('are kept where configuration says', async () => {
    const records = join(home, 'elsewhere')
    mkdirSync(join(home, '.config/dev-loops'), { recursive: true })
    writeFileSync(join(home, '.config/dev-loops/config.yaml'), `version: 1\nstateDir: ${records}\n`)
    const options = { repo: 'acme/api', pr: 88, runId: 'a', cwd, env: { HOME: home } }

    const { filePath } = await claimRunnerOwnership(options)
    expect(filePath?.startsWith(records)).toBe(true)
    expect(await loadRunnerCoordinationState(options)).toMatchObject({ filePath, state: { activeRun: { runId: 'a' } } })
    expect(await call('ownership status --repo acme/api --pr 88')).toMatchObject({ answer: { holder: { runId: 'a' } } })
  })

  it.each([
    ['store', 'carrier-pigeon'],
    ['stateDir', '7'],
  ])('are not looked for elsewhere when %s is %s', async (key, value) => {
    mkdirSync(join(home, '.config/dev-loops'), { recursive: true })
    writeFileSync(join(home, '.config/dev-loops/config.yaml'), `version: 1\n${key}: ${value}\n`)
    const claiming = claimRunnerOwnership({ repo: 'acme/api', pr: 88, runId: 'a', cwd, env: { HOME: home } })
    await expect(claiming).rejects.toMatchObject({ code: 'config_invalid' })
    expect(await coordinate('status')).toMatchObject({ exit: 2, answer: { error: 'config_invalid' } })
    expect(await call('ownership status --repo acme/api --pr 88')).toMatchObject({ exit: 2 })
  })

  it('begin with what a predecessor left at the top of the worktree, also when asked from below', async () => {
    const worktree = linkedWorktree(home)
    const below = join(worktree, 'src/deep')
    const old = join(worktree, '.pi/runner-coordination/acme/api')
    for (const folder of [below, old]) mkdirSync(folder, { recursive: true })
    const activeRun = { runId: 'old', claimedAt: null, updatedAt: null }
    writeFileSync(
      join(old, 'pr-88.json'),
      JSON.stringify({ schemaVersion: 1, target: { repo: 'acme/api', pr: '88' }, activeRun }),
    )

    const asked = { repo: 'acme/api', pr: 88, runId: 'old', cwd: below, env: { HOME: home } }
    expect(await assertRunnerOwnership(asked)).toMatchObject({ status: 'owner_confirmed' })
  })
})
