/**
 * The predecessor kept a record in each folder that it was started in, so there may be several of one pull
 * request: in worktrees, and in clones. None of them may go on giving it away once we do.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  assertRunnerOwnership,
  claimRunnerOwnership,
  loadRunnerCoordinationState,
  releaseRunnerOwnership,
} from '../../lib/ownership/index.ts'
import { linkedWorktree } from '../support/linked-worktree.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'dev-loops-copies-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = '2026-03-01T10:00:00.000Z'

/** @param runId `null`: nobody held it */
function leave(top: string, runId: string | null): string {
  const file = join(top, '.pi/runner-coordination/acme/api/pr-88.json')
  mkdirSync(dirname(file), { recursive: true })
  const activeRun = runId === null ? null : { runId, claimedAt: at, updatedAt: at }
  writeFileSync(
    file,
    JSON.stringify({ schemaVersion: 2, target: { repo: 'acme/api', pr: 88 }, activeRun, history: [] }),
  )
  return file
}

const versionOf = (file: string) => JSON.parse(readFileSync(file, 'utf8')).schemaVersion

function asked(cwd: string, runId: string, env: Record<string, string> = {}) {
  return { repo: 'acme/api', pr: 88, runId, cwd, env: { HOME: folder, ...env } }
}

describe('several records of a predecessor in one clone', () => {
  it('keep the target taken as long as any of them names a run', async () => {
    const worktree = linkedWorktree(folder)
    const free = leave(worktree, null)
    const held = leave(join(folder, 'clone'), 'old')

    expect(await claimRunnerOwnership(asked(worktree, 'a'))).toMatchObject({
      error: 'active_run_exists',
      activeRun: { runId: 'old' },
    })
    expect(await claimRunnerOwnership({ ...asked(worktree, 'a'), mode: 'takeover' })).toMatchObject({
      status: 'taken_over',
    })
    expect([versionOf(free), versionOf(held)]).toEqual([3, 3])
  })

  it('are put out of use when the target is given to somebody, also when they came after our record', async () => {
    const worktree = linkedWorktree(folder)
    await claimRunnerOwnership({ ...asked(worktree, 'a'), ttlMs: 60_000 })
    const file = leave(worktree, 'old')

    expect(await assertRunnerOwnership(asked(worktree, 'a'))).toMatchObject({ status: 'owner_confirmed' })
    await releaseRunnerOwnership(asked(worktree, 'a'))
    expect(versionOf(file)).toBe(2)
    expect(await claimRunnerOwnership(asked(worktree, 'b'))).toMatchObject({ status: 'claimed_new', token: 2 })
    expect(versionOf(file)).toBe(3)
    expect(versionOf(`${file}.imported`)).toBe(2)
  })

  it('that cannot be read by anybody do not stand in the way of a record of ours', async () => {
    const worktree = linkedWorktree(folder)
    await claimRunnerOwnership(asked(worktree, 'a'))
    await releaseRunnerOwnership(asked(worktree, 'a'))
    writeFileSync(leave(worktree, 'old'), '{"schemaVer')
    expect(await claimRunnerOwnership(asked(worktree, 'b'))).toMatchObject({ status: 'claimed_new' })
  })
})

describe('records of a predecessor in two clones that share a git remote as store', () => {
  let remote: string
  let store: Record<string, string>
  let clones: readonly [string, string]
  beforeEach(() => {
    remote = join(folder, 'records.git')
    execFileSync('git', ['init', '--quiet', '--bare', remote])
    store = { DEV_LOOPS_STORE: `git+${pathToFileURL(remote).href}` }
    clones = [join(folder, 'one'), join(folder, 'two')]
    for (const clone of clones) execFileSync('git', ['init', '--quiet', clone])
  })

  it('are imported from the first that writes, and put out of use in the second before it owns anything', async () => {
    const [one, two] = clones
    const [first, second] = [leave(one, 'old-one'), leave(two, 'old-two')]

    expect(await claimRunnerOwnership(asked(one, 'a', store))).toMatchObject({
      error: 'active_run_exists',
      activeRun: { runId: 'old-one' },
      scope: 'every_machine',
    })
    const taken = await claimRunnerOwnership({ ...asked(one, 'a', store), mode: 'takeover' })
    expect(taken).toMatchObject({ status: 'taken_over', token: 2, previousRun: { runId: 'old-one' } })
    expect([versionOf(first), versionOf(second)]).toEqual([3, 2])

    expect(await loadRunnerCoordinationState(asked(two, 'b', store))).toMatchObject({
      state: { activeRun: { runId: 'a' } },
    })
    await releaseRunnerOwnership(asked(one, 'a', store))
    expect(await claimRunnerOwnership(asked(two, 'b', store))).toMatchObject({ status: 'claimed_new', token: 3 })
    expect(versionOf(second)).toBe(3)
    expect(existsSync(`${second}.imported`)).toBe(true)
  })
})
