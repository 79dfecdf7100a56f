import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY, DEFAULT_PREFERENCE } from '../../lib/config/defaults.generated.ts'
import { loadConfig, requireValid } from '../../lib/config/load.ts'
import { canGiveUpPrivileges, libModule, runWithoutPrivileges } from '../support/without-privileges.ts'
import { aGitDir, aPlace } from './folder.ts'

describe('configuration', () => {
  it('is the shipped defaults where nothing was said', async () => {
    const { repository, env } = aPlace()
    const loaded = await loadConfig({ cwd: repository, env })
    expect(loaded).toMatchObject({ config: DEFAULT_PREFERENCE, localPolicy: DEFAULT_POLICY, origins: {}, problems: [] })
  })

  it('comes from the strongest layer that says something', async () => {
    const { repository, env, write } = aPlace()
    const file = (value: number) => `version: 1\nwait: {pollInterval: ${value}s, reviewLimit: ${value}m}\n`
    const flags = { 'wait.pollInterval': '4s' }
    const variables = { ...env, DEV_LOOPS_WAIT_POLL_INTERVAL: '3s' }
    const pollInterval = async (request: object) =>
      (await loadConfig({ cwd: repository, env, ...request })).config.wait.pollIntervalMs

    expect(await pollInterval({})).toBe(60_000)
    write('.config/dev-loops/config.yaml', file(1))
    expect(await pollInterval({})).toBe(1_000)
    write('repository/.devloops', file(2))
    expect(await pollInterval({})).toBe(2_000)
    expect(await pollInterval({ env: variables })).toBe(3_000)
    expect(await pollInterval({ env: variables, flags })).toBe(4_000)
  })

  it('merges sections key by key and replaces lists', async () => {
    const { repository, env, write } = aPlace()
    write('.config/dev-loops/config.yaml', 'version: 1\nagents: {promptVia: file, environment: [PATH, HOME]}\n')
    write('repository/.devloops', 'version: 1\nagents: {environment: [LANG]}\n')
    const { config } = await loadConfig({ cwd: repository, env })
    expect(config.agents).toEqual({ ...DEFAULT_PREFERENCE.agents, promptVia: 'file', environment: ['LANG'] })
  })

  it('names layer, file and line of each key that was set', async () => {
    const { repository, env, write } = aPlace()
    const user = write('.config/dev-loops/config.json', '{\n  "version": 1,\n  "branch": {"prefix": "x/"}\n}')
    const { origins } = await loadConfig({ cwd: repository, env: { ...env, DEV_LOOPS_WAIT_CHECKS_LIMIT: '1m' } })
    expect(origins).toEqual({
      'branch.prefix': { layer: 'user', source: user, line: 3, column: 14, value: 'x/' },
      'wait.checksLimit': {
        layer: 'environment',
        source: 'DEV_LOOPS_WAIT_CHECKS_LIMIT',
        line: null,
        column: null,
        value: '1m',
      },
    })
  })

  it('is the same from any folder of the checkout', async () => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops.yml', 'version: 1\nstateDir: state\n')
    mkdirSync(join(repository, 'a/b'), { recursive: true })
    const { config, checkout } = await loadConfig({ cwd: join(repository, 'a/b'), env })
    expect(config.stateDir).toBe(join(repository, 'state'))
    expect(checkout).toEqual({ top: repository, commonGitDir: join(repository, '.git') })
  })

  it('of a linked worktree is read at the top of that worktree', async () => {
    const { home, repository, env, write } = aPlace()
    aGitDir(join(repository, '.git/worktrees/w'))
    writeFileSync(join(repository, '.git/worktrees/w/commondir'), '../..\n')
    write('w/.git', `gitdir: ${repository}/.git/worktrees/w\n`)
    write('repository/.devloops', 'version: 1\nbranch: {prefix: main/}\n')
    write('w/.devloops', 'version: 1\nbranch: {prefix: linked/}\n')
    const { config, checkout } = await loadConfig({ cwd: join(home, 'w'), env })
    expect(config.branch.prefix).toBe('linked/')
    expect(checkout?.commonGitDir).toBe(join(repository, '.git'))
  })

  it('outside a checkout is that of the user', async () => {
    const { home, env, write } = aPlace()
    write('.config/dev-loops/config.yml', 'version: 1\nstateDir: ~/records\n')
    const { config, checkout } = await loadConfig({ cwd: home, env })
    expect(config.stateDir).toBe(join(home, 'records'))
    expect(checkout).toBeNull()
  })

  it('keeps the value of the layer below where a key has a problem', async () => {
    const { repository, env, write } = aPlace()
    write('.config/dev-loops/config.yaml', 'version: 1\nwait: {pollInterval: 5s}\n')
    write('repository/.devloops', 'version: 1\nwait: {pollInterval: 5, checksLimit: 9m}\n')
    const { config, problems } = await loadConfig({ cwd: repository, env })
    expect(config.wait).toMatchObject({ pollIntervalMs: 5_000, checksLimitMs: 540_000 })
    expect(problems).toMatchObject([{ key: 'wait.pollInterval', layer: 'repository' }])
  })

  it('shows the policy that the checkout asks for', async () => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\nautonomy: {stopAt: []}\n')
    const { localPolicy, config } = await loadConfig({ cwd: repository, env })
    expect(localPolicy.autonomy.stopAt).toEqual([])
    expect(config).not.toHaveProperty('autonomy')
  })
})

describe('a problem of configuration', () => {
  it('is policy outside the repository', async () => {
    const { repository, env, write } = aPlace()
    write('.config/dev-loops/config.yaml', 'version: 1\nautonomy: {stopAt: []}\n')
    const variables = { ...env, DEV_LOOPS_GATES_DRAFT_REQUIRE_CI: 'false' }
    const loaded = await loadConfig({ cwd: repository, env: variables, flags: { 'checks.whenNone': 'pass' } })
    expect(loaded.problems).toMatchObject([
      { layer: 'user', key: 'autonomy.stopAt', line: 2 },
      { layer: 'environment', key: 'gates.draft.requireCi', source: 'DEV_LOOPS_GATES_DRAFT_REQUIRE_CI' },
      { layer: 'flag', key: 'checks.whenNone' },
    ])
    expect(loaded.localPolicy).toEqual(DEFAULT_POLICY)
  })

  it.each([
    ['.devloops', '.devloops.yaml'],
    ['.devloops.yml', '.devloops.json'],
  ])('is %s beside %s, and then neither is read', async (first, second) => {
    const { repository, env, write } = aPlace()
    write(`repository/${first}`, 'version: 1\nbranch: {prefix: a/}\n')
    write(`repository/${second}`, '{"version": 1, "branch": {"prefix": "b/"}}')
    const { config, problems } = await loadConfig({ cwd: repository, env })
    expect(problems).toMatchObject([{ key: null, message: expect.stringContaining(`${first} and ${second}`) }])
    expect(config.branch.prefix).toBe('dev-loops/')
  })

  it.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link to nothing that ends', (path: string) => symlinkSync('/dev/zero', path)],
    ['a link to itself', (path: string) => symlinkSync(path, path)],
    ['no text', (path: string) => writeFileSync(path, Buffer.from([0x76, 0xff, 0xfe]))],
    ['too large', (path: string) => writeFileSync(path, 'x'.repeat(300_000))],
  ])('is a file that is %s', async (_, make) => {
    const { repository, env } = aPlace()
    make(join(repository, '.devloops'))
    const { problems } = await loadConfig({ cwd: repository, env })
    expect(problems).toMatchObject([{ source: join(repository, '.devloops'), key: null }])
  })

  it.skipIf(!canGiveUpPrivileges)('is a file that may not be read', async () => {
    const { repository, env, write } = aPlace()
    chmodSync(write('repository/.devloops', 'version: 1\n'), 0)
    const problems = await runWithoutPrivileges(`
      import { loadConfig } from ${libModule('config/load.ts')}
      console.log(JSON.stringify((await loadConfig(${JSON.stringify({ cwd: repository, env })})).problems))
    `)
    expect(problems).toMatchObject([{ message: expect.stringContaining('EACCES') }])
  })

  it.skipIf(!canGiveUpPrivileges)('is a folder for this user’s file that nobody may look into', async () => {
    const { repository, env, write } = aPlace()
    const closed = join(write('.config/dev-loops/config.yaml', 'version: 1\n'), '../..')
    chmodSync(closed, 0)
    const problems = await runWithoutPrivileges(`
      import { loadConfig } from ${libModule('config/load.ts')}
      console.log(JSON.stringify((await loadConfig(${JSON.stringify({ cwd: repository, env })})).problems))
    `)
    chmodSync(closed, 0o700)
    const source = join(closed, 'dev-loops')
    expect(problems).toMatchObject([{ source, layer: 'user', message: expect.stringContaining('permissions') }])
  })

  it('is a misspelt variable in a section of ours', async () => {
    const { repository, env } = aPlace()
    const { problems } = await loadConfig({ cwd: repository, env: { ...env, DEV_LOOPS_WAIT_POLL_INTERVALL: '5s' } })
    expect(problems).toMatchObject([{ nearest: 'DEV_LOOPS_WAIT_POLL_INTERVAL' }])
  })

  it('is not a variable of ours that is no key', async () => {
    const { repository, env } = aPlace()
    const { problems } = await loadConfig({
      cwd: repository,
      env: { ...env, DEV_LOOPS_RUN_ID: 'r-1', DEV_LOOPS_X: '1' },
    })
    expect(problems).toEqual([])
  })

  it('is a renewal that leaves no room for a failed one, reported where it was asked for', async () => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\nlease:\n  runTtl: 30s\n')
    const { config, problems } = await loadConfig({ cwd: repository, env })
    expect(problems).toMatchObject([{ key: 'lease.runRenewEvery', line: 3 }])
    expect(config.lease).toEqual(DEFAULT_PREFERENCE.lease)
  })

  it('stops whoever requires a valid configuration, with every problem named', async () => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\nrveiew: {}\nmrege: {}\n')
    const loaded = await loadConfig({ cwd: repository, env })
    expect(() => requireValid(loaded)).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        message: expect.stringMatching(/\.devloops:2:1: unknown key "rveiew"; did you mean "review"\? \(and 1 more/),
        details: { problems: loaded.problems },
      }),
    )
  })
})

describe('a variable', () => {
  it.each([
    ['DEV_LOOPS_AGENTS_DEVELOPER_COMMAND', '["claude","-p"]', ['claude', '-p']],
    ['DEV_LOOPS_AGENTS_DEVELOPER_COMMAND', 'null', null],
  ])('%s=%s holds JSON where the key is no text', async (name, text, command) => {
    const { repository, env } = aPlace()
    const { config, problems } = await loadConfig({ cwd: repository, env: { ...env, [name]: text } })
    expect(problems).toEqual([])
    expect(config.agents.developer.command).toEqual(command)
  })

  it.each(['42', 'true', '"x"'])('holds the text %s itself where the key is text', async (text) => {
    const { repository, env } = aPlace()
    const { config } = await loadConfig({ cwd: repository, env: { ...env, DEV_LOOPS_STATE_DIR: text } })
    expect(config.stateDir).toBe(join(repository, text))
  })

  it('is not split into words', async () => {
    const { repository, env } = aPlace()
    const variables = { ...env, DEV_LOOPS_AGENTS_DEVELOPER_COMMAND: 'claude -p' }
    const { problems } = await loadConfig({ cwd: repository, env: variables })
    expect(problems).toMatchObject([{ key: 'agents.developer.command' }])
  })

  it('that is empty is not set', async () => {
    const { repository, env } = aPlace()
    const { problems, config } = await loadConfig({ cwd: repository, env: { ...env, DEV_LOOPS_BRANCH_PREFIX: '' } })
    expect([problems, config.branch.prefix]).toEqual([[], 'dev-loops/'])
  })
})
