import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkAgent } from '../../../lib/command/doctor/configuration.ts'
import { judgePermission, judgePolicy, judgeScopes } from '../../../lib/command/doctor/github.ts'
import { checkClaims, checkWorktrees } from '../../../lib/command/doctor/leftovers.ts'
import { checkNode, judgeGit } from '../../../lib/command/doctor/versions.ts'
import type { RepositoryFact } from '../../../lib/facts/pull-request.ts'
import type { OwnedWorktree } from '../../../lib/git/list-worktrees.ts'
import type { ListedOwnership } from '../../../lib/ownership/service.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-doctor-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('versions', () => {
  it.each([
    ['20.18.3', false],
    ['20.19.0', true],
    ['22.1.0', true],
    ['18.20.0', false],
  ])('Node %s: %s', (version, ok) => expect(checkNode(version).ok).toBe(ok))

  it.each([
    [{ version: '2.39.5', supported: true }, true],
    [{ version: '2.20.0', supported: false }, false],
    [{ version: null, supported: null }, null],
  ])('git %j: %s', (version, ok) => expect(judgeGit(version, 'install it').ok).toBe(ok))
})

describe('checkAgent', () => {
  const at = (path: string) => ({ cwd: folder, env: { PATH: path } })

  it('calls an agent that nobody configured unknown, because next works without one', () => {
    expect(checkAgent('developer', null, at(''))).toMatchObject({ id: 'agent_developer', ok: null })
  })

  it('finds a program on the path, and none that may not be started', () => {
    mkdirSync(join(folder, 'bin'))
    writeFileSync(join(folder, 'bin', 'agent'), '', { mode: 0o755 })
    expect(checkAgent('reviewer', ['agent', '-p'], at(join(folder, 'bin')))).toMatchObject({ ok: true })
    chmodSync(join(folder, 'bin', 'agent'), 0o644)
    expect(checkAgent('reviewer', ['agent', '-p'], at(join(folder, 'bin')))).toMatchObject({
      ok: false,
      fix: expect.stringContaining('agents.reviewer.command'),
    })
  })

  it('looks for a program with a folder in its name beside the command, not on the path', () => {
    writeFileSync(join(folder, 'agent'), '', { mode: 0o755 })
    expect(checkAgent('developer', ['./agent'], at('')).ok).toBe(true)
    expect(checkAgent('developer', ['agent'], at('')).ok).toBe(false)
  })
})

describe('what the token may do', () => {
  it.each([
    [['repo', 'read:org'], true],
    [['public_repo'], true],
    [['read:org'], false],
    [[], false],
    [null, null],
  ])('scopes %j: %s', (scopes, ok) => expect(judgeScopes(scopes).ok).toBe(ok))

  it.each([
    ['ADMIN', true],
    ['WRITE', true],
    ['TRIAGE', false],
    ['READ', false],
    [null, null],
  ] as const)('permission %s: %s', (viewerPermission, ok) => {
    const repository: RepositoryFact = {
      id: 'R_1',
      host: 'github.com',
      repo: 'acme/api',
      defaultBranch: 'main',
      viewer: 'worker',
      viewerPermission,
    }
    expect(judgePermission(repository).ok).toBe(ok)
  })
})

describe('judgePolicy', () => {
  it('names file, branch and digest of the policy that holds', () => {
    const file = { status: 'present', path: '.devloops', text: 'version: 1\n', oid: 'a1' } as const
    expect(judgePolicy(file, 'main')).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^\.devloops on main, digest [0-9a-f]{12}$/),
    })
  })

  it('proposes to write one where there is none, and calls that no failure', () => {
    expect(judgePolicy({ status: 'absent' }, 'main')).toMatchObject({
      ok: true,
      fix: expect.stringContaining('config init'),
    })
  })

  it.each([
    { status: 'unreadable', reason: 'it is a folder' } as const,
    { status: 'present', path: '.devloops', text: 'version: 1\nreveiw: {}\n', oid: 'a1' } as const,
  ])('says that nothing passes under %j', (file) => {
    expect(judgePolicy(file, 'main')).toMatchObject({ ok: false, detail: expect.stringContaining('nothing passes') })
  })
})

describe('leftovers', () => {
  const claimBy = (runId: string, alive: 'alive' | 'ended' | 'unknown'): ListedOwnership => ({
    key: 'github.com/acme/api/number/12',
    target: { host: 'github.com', repo: 'acme/api', number: 12 },
    record: null,
    version: '1.a',
    problem: null,
    holder: { runId, token: 1, alive, endsInMs: null, since: null, process: null, stopRequested: null },
  })
  const worktree = (given: Partial<OwnedWorktree>): OwnedWorktree => ({
    path: '/home/dev/tree',
    branch: 'work',
    head: null,
    main: false,
    locked: false,
    initializing: false,
    prunable: false,
    owner: null,
    ...given,
  })
  const owner = {
    schemaVersion: 1,
    runId: 'a',
    branch: 'work',
    base: 'main',
    remote: 'origin',
    startedFrom: 'x',
    adopted: [],
  } as const

  it.each(['alive', 'unknown'] as const)('leaves a claim alone whose holder is %s', (alive) => {
    expect(checkClaims([claimBy('a', alive)])).toMatchObject({ ok: true, fix: null })
  })

  it('names the command that gives back a claim whose holder has ended', () => {
    expect(checkClaims([claimBy('a', 'ended')])).toMatchObject({
      ok: false,
      fix: expect.stringContaining('dev-loops ownership release --repo acme/api --pr 12 --run-id a'),
    })
  })

  it('names a record that cannot be read before anything else', () => {
    const damaged = { ...claimBy('a', 'ended'), holder: null, problem: '/state/records/x is damaged' }
    expect(checkClaims([claimBy('a', 'ended'), damaged])).toMatchObject({
      ok: false,
      detail: '/state/records/x is damaged',
    })
  })

  it.each([
    ['of a run that still holds something', worktree({ owner }), [claimBy('a', 'alive')], true],
    ['of a run that has ended', worktree({ owner }), [claimBy('a', 'ended')], false],
    ['of a run that gave its target back', worktree({ owner }), [], null],
    ['made by hand', worktree({}), [], true],
    ['the main one', worktree({ main: true, owner }), [], true],
    ['of a killed gate', worktree({ path: '/scratch/dev-loops-look-1/checkout' }), [], false],
    [
      'of a gate that may be at work',
      worktree({ path: '/scratch/dev-loops-look-1/checkout' }),
      [claimBy('b', 'alive')],
      true,
    ],
  ] as const)('worktree %s', (_, tree, listed, ok) => expect(checkWorktrees([tree], listed).ok).toBe(ok))

  it('names a worktree of a dead run before one that waits for the next run', () => {
    const waiting = worktree({ owner: { ...owner, runId: 'b' }, path: '/waiting' })
    const check = checkWorktrees([waiting, worktree({ owner, path: '/dead' })], [claimBy('a', 'ended')])
    expect(check).toMatchObject({ ok: false, detail: expect.stringMatching(/^\/dead .*1 more/) })
  })

  it('tells a registration without a folder from a folder', () => {
    expect(checkWorktrees([worktree({ owner, prunable: true })], [])).toMatchObject({
      ok: false,
      fix: 'git worktree prune',
    })
  })

  it('knows nothing of worktrees outside a checkout', () => {
    expect(checkWorktrees(null, []).ok).toBeNull()
  })
})
