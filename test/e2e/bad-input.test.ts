/**
 * Bad input and a bad outside: a clear error with a stable code and exit code, one JSON object, no stack
 * trace, no secret, and nothing written.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Misbehaviour } from '../../lib/forge/misbehave.ts'
import { openStage, POLICY, type Said, type Seat, type Stage } from './stage.ts'

let stage: Stage
let seat: Seat
beforeAll(async () => {
  stage = await openStage({ issues: 4 })
  seat = await stage.checkout()
})
afterAll(() => stage.end())

function expectFailure(said: Said, exit: number, error: string): void {
  expect(said, said.stdout).toMatchObject({ exit, answer: { ok: false, error, message: expect.stringMatching(/\w/) } })
  const text = said.stdout + said.stderr
  expect(text).not.toMatch(/\n {4}at |internal_error/)
  for (const token of Object.values(stage.forge.tokens)) expect(text).not.toContain(token)
}

async function expectNothingWritten(): Promise<void> {
  expect((await seat.cli('ownership list')).answer).toMatchObject({ total: 0 })
  expect(await stage.forge.effects()).toEqual([])
}

describe('words that mean nothing here', () => {
  it.concurrent.for([
    ['next --pr 88x', 2, 'invalid_value'],
    ['next --issue 0', 2, 'invalid_value'],
    ['run --issue 1e3 --run-id r-1', 2, 'invalid_value'],
    ['ownership claim --repo ../x/y --pr 1 --run-id r-1', 2, 'invalid_value'],
    ['run --repo a/b/c --issue 1 --run-id r-1', 2, 'invalid_value'],
    ['worktree create --issue 1 --run-id ../r', 2, 'invalid_value'],
    ['run --isue 1', 2, 'unknown_option'],
    ['run --repo acme/nowhere --issue 1 --run-id r-1', 3, 'target_not_found'],
    ['next --repo acme/nowhere --pr 1', 3, 'target_not_found'],
    ['ownership claim --pr 999 --run-id r-1', 3, 'target_not_found'],
    ['gate status --pr 999', 3, 'target_not_found'],
    ['threads list --pr 999', 3, 'target_not_found'],
  ] as const)('are refused: %s', async ([line, exit, error]) => {
    expectFailure(await seat.cli(line), exit, error)
  })

  it('lead to a person when the pull request or issue does not exist', async () => {
    for (const target of ['--pr 999', '--issue 999']) {
      const { exit, answer } = await seat.cli(`run ${target} --run-id r-1`)
      expect({ exit, answer }).toMatchObject({ exit: 10, answer: { ok: false, error: 'person_needed' } })
    }
  })

  it('have written nothing in the end', expectNothingWritten)
})

describe('without a token', () => {
  it.for(['next --issue 1', 'run --issue 1 --run-id r-1'])('%s says so', async (line) => {
    expectFailure(await seat.cli(line, { env: { GH_TOKEN: undefined } }), 5, 'token_missing')
    await expectNothingWritten()
  })

  it('a wrong one is rejected', async () => {
    const said = await seat.cli('next --issue 1', { env: { GH_TOKEN: 'ghp_not_the_right_one' } })
    expectFailure(said, 5, 'token_rejected')
    expect(said.stdout).not.toContain('ghp_not_the_right_one')
  })
})

describe('a forge that', () => {
  it.for<[string, Misbehaviour, string]>([
    ['answers 502 for good', { do: 'bad_gateway', times: 99 }, 'github_failed'],
    ['answers with HTML', { do: 'html', times: 99 }, 'github_answer_invalid'],
    ['breaks off', { do: 'truncate', times: 99 }, 'github_answer_invalid'],
    ['refuses connections', { do: 'refuse_connection', times: 99 }, 'github_unreachable'],
  ])('%s leaves next without an answer', async ([, misbehaviour, error]) => {
    await stage.forge.misbehave({ ...misbehaviour, route: 'graphql' })
    const said = await seat.cli('next --issue 1 --run-id r-1')
    stage.forge.behave()

    expectFailure(said, 5, error)
    await expectNothingWritten()
  })

  it('wants an hour of rest is given it: next waits, and asks nothing meanwhile', async () => {
    // What is known of the quota is kept for all commands of the user, and here for this test alone.
    const env = { XDG_STATE_HOME: mkdtempSync(join(tmpdir(), 'dev-loops-state-')) }
    await stage.forge.misbehave({ do: 'rate_limit', retryAfterSeconds: 3600, times: 1, route: 'graphql' })
    const first = await seat.cli('next --issue 1 --run-id r-1', { env })
    const again = await seat.cli('next --issue 1 --run-id r-1', { env })
    stage.forge.behave()
    rmSync(env.XDG_STATE_HOME, { recursive: true, force: true })

    const waits = { exit: 4, answer: { ok: true, state: 'quota_spent', actor: 'wait', step: 'wait_for_quota' } }
    expect([first, again]).toMatchObject([waits, waits])
    await expectNothingWritten()
  })
})

describe('records that', () => {
  const folders: string[] = []
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  const aFolder = () => {
    const folder = mkdtempSync(join(tmpdir(), 'dev-loops-state-'))
    folders.push(folder)
    return folder
  }
  const CLAIM = 'ownership claim --issue 1 --run-id r-1 --state-dir'

  it('are cut off are named, kept and never overwritten', async () => {
    const state = aFolder()
    const { answer } = await seat.cli(`${CLAIM} ${state}`)
    const data = readdirSync(answer.filePath).find((name) => name.startsWith('data.')) ?? ''
    const file = join(answer.filePath, data)
    truncateSync(file, 40)
    const before = readFileSync(file, 'utf8')

    for (const line of [CLAIM, 'ownership status --issue 1 --state-dir', 'next --issue 1 --run-id r-1 --state-dir']) {
      const said = await seat.cli(`${line} ${state}`)
      expectFailure(said, 5, 'state_unreadable')
      expect(said.answer.message).toContain(file)
    }
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(readdirSync(answer.filePath).filter((name) => name.startsWith('head.'))).toHaveLength(1)
  })

  it('cannot be where a file stands fail with its name', async () => {
    const file = join(aFolder(), 'file')
    writeFileSync(file, '')
    expectFailure(await seat.cli(`${CLAIM} ${file}/below`), 5, 'store_unavailable')
  })

  it.runIf(canMount())('are on a disk that is full or read-only are not changed, and it is said', async () => {
    const state = aFolder()
    mount(['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', state])
    try {
      writeFileSync(join(state, 'ballast'), Buffer.alloc(48 * 1024))
      try {
        writeFileSync(join(state, 'more'), Buffer.alloc(64 * 1024))
      } catch {
        // That is the point.
      }
      expectFailure(await seat.cli(`${CLAIM} ${state}`), 5, 'store_unavailable')
      rmSync(join(state, 'ballast'))
      expect((await seat.cli(`ownership status --issue 1 --state-dir ${state}`)).answer).toMatchObject({
        status: 'no_owner_record',
      })

      expect((await seat.cli(`${CLAIM} ${state}`)).answer).toMatchObject({ ok: true, status: 'claimed_new' })
      mount(['-o', 'remount,ro', state])
      expectFailure(
        await seat.cli(`ownership release --issue 1 --run-id r-1 --state-dir ${state}`),
        5,
        'store_unavailable',
      )
      expect((await seat.cli(`ownership status --issue 1 --state-dir ${state}`)).answer).toMatchObject({
        holder: { runId: 'r-1' },
      })
    } finally {
      execFileSync('umount', [state])
    }
  })
})

describe('a configuration that is wrong', () => {
  it('in the checkout stops every command that changes something, and only warns in next', async () => {
    const here = await stage.checkout()
    writeFileSync(join(here.cwd, '.devloops'), 'version: 1\nwait:\n  pollIntervall: 5s\n')
    const target = `--issue ${here.issue} --run-id r-1`
    const lines = [
      `run ${target}`,
      `ownership claim ${target}`,
      `worktree create ${target}`,
      `git push ${target}`,
      `pr create ${target}`,
      'pr ready --pr 7 --run-id r-1',
      `pr merge --pr 7 --head ${'a'.repeat(40)} --run-id r-1`,
      'review request --pr 7 --run-id r-1',
      'threads resolve --pr 7 --answered --run-id r-1',
      'gate run --pr 7 --gate draft_gate --run-id r-1',
      `recover ${target}`,
    ]

    const said = await Promise.all(lines.map((line) => here.cli(line)))
    for (const [index, each] of said.entries()) {
      expect([lines[index], each.exit, each.answer.error]).toEqual([lines[index], 2, 'config_invalid'])
    }
    const next = await here.cli(`next ${target}`)
    expect(next).toMatchObject({ exit: 0, answer: { step: 'claim' } })
    expect(next.answer.warnings).toMatchObject([
      { key: 'wait.pollIntervall', nearest: expect.stringContaining('pollInterval') },
    ])
    await expectNothingWritten()
  })

  it('on the base branch lets nothing pass: a person is asked', async () => {
    const other = await openStage({ issues: 1, policy: 'version: 1\ngates: everything\n' })
    try {
      const here = await other.checkout()
      writeFileSync(join(here.cwd, '.devloops'), JSON.stringify(POLICY))
      const { exit, answer } = await here.cli('run --issue 1 --run-id r-1')
      expect({ exit, answer }).toMatchObject({
        exit: 10,
        answer: { error: 'person_needed', state: 'policy_unproved' },
      })
      expect(await other.forge.effects()).toEqual([])
    } finally {
      await other.end()
    }
  })
})

function mount(args: readonly string[]): void {
  execFileSync('mount', args, { stdio: 'ignore' })
}

/** Only root may, and not in every container; elsewhere a full disk is not tried. */
function canMount(): boolean {
  if (process.platform !== 'linux') return false
  const folder = mkdtempSync(join(tmpdir(), 'dev-loops-mount-'))
  mkdirSync(folder, { recursive: true })
  try {
    mount(['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder])
    execFileSync('umount', [folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
