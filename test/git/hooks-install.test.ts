import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Executed } from '../../lib/outcome.ts'
import { aContext } from '../support/context.ts'
import { aFolder, aWorld, git } from './support.ts'

const OWN = '#!/bin/sh\ntrue\n'

interface Desk {
  readonly checkout: string
  readonly hooks: string
  readonly folder: string
  call(line: string, cwd?: string): Promise<Executed>
}

function aDesk(env: Readonly<Record<string, string>> = {}): Desk {
  const { folder, checkout } = aWorld()
  const hooks = join(checkout, '.git', 'hooks')
  rmSync(hooks, { recursive: true, force: true })
  const given = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', ...env }
  return {
    checkout,
    hooks,
    folder,
    call: (line, cwd = checkout) => {
      const context = aContext({ cwd, env: given })
      return context.execute(['hooks', ...line.split(' ')], context)
    },
  }
}

/** Everything in a folder: names, modes, bytes, where links lead. */
function shown(folder: string): Readonly<Record<string, string>> | null {
  if (!existsSync(folder)) return null
  const entries = readdirSync(folder).map((name) => {
    const path = join(folder, name)
    const stats = lstatSync(path)
    const what = stats.isSymbolicLink() ? `-> ${readlinkSync(path)}` : readFileSync(path, 'utf8')
    return [name, `${stats.mode.toString(8)} ${what}`]
  })
  return Object.fromEntries(entries)
}

function writeHook(folder: string, text = OWN, mode = 0o755): string {
  mkdirSync(folder, { recursive: true })
  const hook = join(folder, 'pre-push')
  writeFileSync(hook, text)
  chmodSync(hook, mode)
  return hook
}

describe('hooks install, then uninstall', () => {
  it.each<[string, (hooks: string) => void]>([
    ['there was no folder', () => {}],
    ['there was an empty folder', (hooks) => mkdirSync(hooks)],
    ['there was a hook', (hooks) => writeHook(hooks)],
    ['there was a hook that is switched off', (hooks) => writeHook(hooks, OWN, 0o644)],
    [
      'there was a link to a hook elsewhere',
      (hooks) => {
        mkdirSync(hooks)
        symlinkSync('../../notes.txt', join(hooks, 'pre-push'))
      },
    ],
    [
      'there was a link that leads nowhere',
      (hooks) => {
        mkdirSync(hooks)
        symlinkSync('/nowhere/at/all', join(hooks, 'pre-push'))
      },
    ],
    ['there were other hooks', (hooks) => renameSync(writeHook(hooks), join(hooks, 'pre-commit'))],
  ])('leaves the folder as it was when %s', async (_, prepare) => {
    const { hooks, call } = aDesk()
    prepare(hooks)
    const before = shown(hooks)

    const installed = await call('install')
    expect(installed.answer).toMatchObject({ ok: true, status: 'installed', reach: 'clone', warnings: [] })
    expect(shown(hooks)).not.toEqual(before)
    expect((await call('uninstall')).answer).toMatchObject({ ok: true, status: 'uninstalled' })

    expect(shown(hooks)).toEqual(before)
  })

  it('changes nothing when told to only say what it would do', async () => {
    const { hooks, call } = aDesk()
    writeHook(hooks)
    const before = shown(hooks)

    const kept = join(hooks, 'pre-push.before-dev-loops')
    expect((await call('install --dry-run')).answer).toMatchObject({ status: 'planned', action: 'installed', kept })
    expect(shown(hooks)).toEqual(before)

    await call('install')
    const between = shown(hooks)
    expect((await call('uninstall --dry-run')).answer).toMatchObject({ status: 'planned', action: 'uninstalled' })
    expect(shown(hooks)).toEqual(between)
  })

  it('changes nothing the second time', async () => {
    const { hooks, call } = aDesk()
    writeHook(hooks)
    await call('install')
    const once = shown(hooks)

    expect((await call('install')).answer).toMatchObject({ status: 'already_installed' })
    expect(shown(hooks)).toEqual(once)
    await call('uninstall')
    expect((await call('uninstall')).answer).toMatchObject({ status: 'not_installed' })
  })

  it('renews a hook that looks for records elsewhere, and still gives back what was there', async () => {
    const { hooks, call, folder } = aDesk()
    writeHook(hooks)
    const before = shown(hooks)
    await call('install')

    const moved = `--state-dir ${join(folder, 'records')}`
    expect((await call(`status ${moved}`)).answer).toMatchObject({ status: 'outdated' })
    expect((await call(`install ${moved}`)).answer).toMatchObject({ status: 'updated' })
    expect((await call('uninstall')).answer).toMatchObject({ status: 'uninstalled' })
    expect(shown(hooks)).toEqual(before)
  })

  it('loses no hook when several install at once', async () => {
    const { hooks, call } = aDesk()
    writeHook(hooks)
    const before = shown(hooks)

    const answers = await Promise.all(Array.from({ length: 6 }, () => call('install')))

    expect(answers.map(({ answer }) => answer.ok)).toEqual(Array(6).fill(true))
    expect(Object.keys(shown(hooks) ?? {}).sort()).toEqual(['pre-push', 'pre-push.before-dev-loops'])
    await call('uninstall')
    expect(shown(hooks)).toEqual(before)
  })

  it('loses no hook when its installer is killed between its two steps', async () => {
    const { hooks, call } = aDesk()
    const hook = writeHook(hooks)
    const before = shown(hooks)
    linkSync(hook, join(hooks, 'pre-push.before-dev-loops'))
    writeFileSync(join(hooks, 'pre-push.dev-loops-new'), 'half')

    expect((await call('install')).answer).toMatchObject({ status: 'installed' })
    expect((await call('uninstall')).answer).toMatchObject({ status: 'uninstalled' })
    expect(shown(hooks)).toEqual(before)
  })
})

describe('what others did since', () => {
  it.each<[string, string, (hooks: string) => void]>([
    ['changed', 'changed ours', (hooks) => writeFileSync(join(hooks, 'pre-push'), 'exit 0\n', { flag: 'a' })],
    ['displaced', 'put their own in its place', (hooks) => writeHook(hooks, '#!/bin/sh\nexit 1\n')],
  ])('is left alone: %s', async (status, _, change) => {
    const { hooks, call } = aDesk()
    writeHook(hooks)
    await call('install')
    change(hooks)
    const before = shown(hooks)

    expect((await call('status')).answer).toMatchObject({ status })
    for (const line of ['install', 'uninstall']) {
      expect((await call(line)).answer).toMatchObject({ ok: false, error: 'precondition_failed' })
    }
    expect(shown(hooks)).toEqual(before)
  })

  it('does not take the hook from before away', async () => {
    const { hooks, call } = aDesk()
    writeHook(hooks)
    const before = shown(hooks)
    await call('install')
    rmSync(join(hooks, 'pre-push'))

    expect((await call('status')).answer).toMatchObject({ status: 'missing' })
    expect((await call('install')).answer).toMatchObject({ status: 'installed' })
    expect((await call('uninstall')).answer).toMatchObject({ status: 'uninstalled' })
    expect(shown(hooks)).toEqual(before)
  })
})

describe('core.hooksPath', () => {
  it('of this clone is followed', async () => {
    const { checkout, call, hooks } = aDesk()
    git(checkout, 'config', 'core.hooksPath', '.githooks')
    writeHook(join(checkout, '.githooks'))

    const { answer } = await call('install')

    const hook = join(checkout, '.githooks', 'pre-push')
    expect(answer).toMatchObject({ ok: true, status: 'installed', hook, reach: 'worktree', hooksPath: '.githooks' })
    expect(answer).toMatchObject({ warnings: [expect.stringContaining('hooks_of_one_worktree')] })
    expect(existsSync(hooks)).toBe(false)
  })

  it('of this clone is followed from a folder below, as git does', async () => {
    const { checkout, call } = aDesk()
    git(checkout, 'config', 'core.hooksPath', '.githooks')
    const below = join(checkout, 'deep')
    mkdirSync(below)

    const hook = join(checkout, '.githooks', 'pre-push')
    expect((await call('install', below)).answer).toMatchObject({ status: 'installed', hook })
  })

  it('that is the same for every worktree needs no warning', async () => {
    const { checkout, call } = aDesk()
    git(checkout, 'config', 'core.hooksPath', join(checkout, '.git', 'own-hooks'))
    expect((await call('install')).answer).toMatchObject({ status: 'installed', reach: 'clone', warnings: [] })
  })

  it.each([
    [
      'of the user',
      (desk: Desk, shared: string) =>
        git(desk.checkout, 'config', '-f', join(desk.folder, '.gitconfig'), 'core.hooksPath', shared),
    ],
    [
      'of this clone that leads out of it',
      (desk: Desk, shared: string) => git(desk.checkout, 'config', 'core.hooksPath', shared),
    ],
    ['that is a link out of the clone', (desk: Desk, shared: string) => symlinkSync(shared, desk.hooks)],
  ])('%s is not written to without being asked for', async (_, point) => {
    const desk = aDesk()
    const shared = join(desk.folder, 'shared hooks')
    writeHook(shared)
    point(desk, shared)
    const before = shown(shared)

    const refused = await desk.call('install')
    expect(refused.answer).toMatchObject({ ok: false, error: 'precondition_failed', folder: shared })
    expect(shown(shared)).toEqual(before)

    expect((await desk.call('install --shared')).answer).toMatchObject({
      status: 'installed',
      reach: 'shared',
      warnings: [expect.stringContaining('hooks_of_other_repositories')],
    })
    expect((await desk.call('uninstall')).answer).toMatchObject({ ok: false, error: 'precondition_failed' })
    expect((await desk.call('uninstall --shared')).answer).toMatchObject({ status: 'uninstalled' })
    expect(shown(shared)).toEqual(before)
  })

  it('set after the hook was installed shows the old one as unused, and both places are tidied', async () => {
    const { checkout, hooks, call } = aDesk()
    await call('install')
    git(checkout, 'config', 'core.hooksPath', '.githooks')

    expect((await call('status')).answer).toMatchObject({ status: 'absent', unused: hooks })
    expect((await call('uninstall')).answer).toMatchObject({ status: 'uninstalled' })
    expect(existsSync(hooks)).toBe(false)
  })
})

describe('outside of what can be changed', () => {
  it('a folder that is no repository is refused', async () => {
    const { call } = aDesk()
    expect((await call('install', aFolder())).answer).toMatchObject({ ok: false, error: 'not_a_checkout' })
  })

  it('a file in the place of the folder is named and left alone', async () => {
    const { hooks, call } = aDesk()
    writeFileSync(hooks, 'not a folder\n')

    const { answer, exit } = await call('install')

    expect([answer, exit]).toMatchObject([{ ok: false, error: 'git_failed' }, 5])
    expect(readFileSync(hooks, 'utf8')).toBe('not a folder\n')
  })
})
