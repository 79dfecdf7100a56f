import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LocateOptions, locateState, originSlug } from '../../lib/store/location.ts'
import { openStore } from '../../lib/store/open.ts'
import { slugOfUrl } from '../../lib/store/remotes.ts'

let root = ''
let repo = ''
const env = { HOME: '/home/nobody' }
const userState = '/home/nobody/.local/state/dev-loops'

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'dev-loops-location-')))
  repo = join(root, 'checkout')
  git(root, 'init', '--quiet', repo)
  git(repo, 'remote', 'add', 'origin', 'https://forge.example/acme/api.git')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** No user or system configuration, so that nobody's abbreviations change the answer. */
const cleanEnv = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }

function git(cwd: string, ...args: string[]): string {
  const person = ['-c', 'user.name=Nobody', '-c', 'user.email=nobody@forge.example']
  return execFileSync('git', [...person, ...args], {
    cwd,
    env: cleanEnv,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

function locate(options: Partial<LocateOptions> = {}) {
  return locateState({ cwd: repo, env, target: { repo: 'acme/api' }, ...options })
}

describe('the place of a checkout', () => {
  it('is its git directory, also from a folder inside', () => {
    mkdirSync(join(repo, 'src/deep'), { recursive: true })
    const expected = {
      folder: join(repo, '.git/dev-loops'),
      scope: 'clone',
      commonGitDir: join(repo, '.git'),
      reason: 'common_git_dir',
    }
    expect(locate()).toEqual(expected)
    expect(locate({ cwd: join(repo, 'src/deep') })).toEqual(expected)
  })

  it('is the same for every linked worktree, also below one that was moved', () => {
    git(repo, 'commit', '--quiet', '--allow-empty', '-m', 'first')
    git(repo, 'worktree', 'add', '--quiet', join(root, 'linked'))
    mkdirSync(join(root, 'linked/src'))
    expect(locate({ cwd: join(root, 'linked/src') }).folder).toBe(join(repo, '.git/dev-loops'))

    git(repo, 'worktree', 'move', join(root, 'linked'), join(root, 'elsewhere'))
    expect(locate({ cwd: join(root, 'elsewhere') }).folder).toBe(join(repo, '.git/dev-loops'))
  })

  it('is the bare repository that a worktree belongs to', () => {
    git(repo, 'commit', '--quiet', '--allow-empty', '-m', 'first')
    git(root, 'clone', '--quiet', '--bare', repo, join(root, 'bare.git'))
    git(join(root, 'bare.git'), 'worktree', 'add', '--quiet', join(root, 'of-bare'))
    expect(locate({ cwd: join(root, 'of-bare'), target: undefined }).folder).toBe(join(root, 'bare.git/dev-loops'))
    expect(locate({ cwd: join(root, 'bare.git'), target: undefined }).folder).toBe(join(root, 'bare.git/dev-loops'))
  })

  it('is no folder that is merely called .git', () => {
    mkdirSync(join(repo, 'src/.git'), { recursive: true })
    expect(locate({ cwd: join(repo, 'src') }).folder).toBe(join(repo, '.git/dev-loops'))
  })

  it('holds records that git never sees', async () => {
    await openStore(locate()).compareAndSwap('key', null, 1, 'first')
    expect(git(repo, 'status', '--porcelain', '--ignored')).toBe('')
  })
})

describe('the place of a target', () => {
  it.each(['acme/api', 'ACME/Api'])('is the checkout that has %s as a remote, whatever its case', (name) => {
    expect(locate({ target: { repo: name } }).reason).toBe('common_git_dir')
  })

  it('is the user’s state folder when the checkout has no such remote', () => {
    expect(locate({ target: { repo: 'acme/other' } })).toEqual({
      folder: userState,
      scope: 'machine',
      commonGitDir: join(repo, '.git'),
      reason: 'not_a_remote',
    })
  })

  it('is the user’s state folder outside a checkout', () => {
    expect(locate({ cwd: root })).toEqual({
      folder: userState,
      scope: 'machine',
      commonGitDir: null,
      reason: 'no_checkout',
    })
  })

  it('is the current folder when a library call is made outside a checkout', () => {
    expect(locate({ cwd: root, caller: 'library' }).folder).toBe(join(root, '.dev-loops'))
    expect(locate({ caller: 'library' }).reason).toBe('common_git_dir')
  })

  it.each(['upstream', 'a "quoted" name'])('is the checkout when only the remote %s fits', (name) => {
    const quoted = name.replaceAll('"', '\\"')
    writeFileSync(join(repo, '.git/config'), `[core]\n[remote "${quoted}"]\n\turl = git@forge.example:acme/fork.git\n`)
    expect(locate({ target: { repo: 'acme/fork' } }).reason).toBe('common_git_dir')
  })

  it('is the checkout when the remote stands in an included file', () => {
    writeFileSync(join(repo, '.git/more'), '[remote "team"]\n\turl = https://forge.example/acme/shared\n')
    git(repo, 'config', 'include.path', 'more')
    expect(locate({ target: { repo: 'acme/shared' } }).reason).toBe('common_git_dir')
    expect(locate({ target: { repo: 'acme/other' } }).reason).toBe('not_a_remote')
  })

  it('is the checkout when the address is an abbreviation that git spells out', () => {
    git(repo, 'config', 'url.https://forge.example/acme/.insteadOf', 'work:')
    git(repo, 'remote', 'add', 'short', 'work:web')
    expect(locate({ target: { repo: 'acme/web' } }).reason).toBe('common_git_dir')
  })
})

describe('a place that was asked for', () => {
  it('wins over the checkout: the option first, then the environment', () => {
    const asked = { ...env, DEV_LOOPS_STATE_DIR: '/from/environment' }
    expect(locate({ env: asked })).toMatchObject({
      folder: '/from/environment',
      scope: 'machine',
      reason: 'environment',
    })
    expect(locate({ env: asked, stateDir: '/from/option' })).toMatchObject({
      folder: '/from/option',
      reason: 'state_dir_given',
    })
  })

  it('is counted from the current folder, or from the home folder', () => {
    expect(locate({ stateDir: 'here' }).folder).toBe(join(repo, 'here'))
    expect(locate({ stateDir: '~/there' }).folder).toBe('/home/nobody/there')
  })

  it('may be the state folder of the user, unless it is no absolute path', () => {
    expect(locate({ cwd: root, env: { ...env, XDG_STATE_HOME: '/xdg' } }).folder).toBe('/xdg/dev-loops')
    expect(locate({ cwd: root, env: { ...env, XDG_STATE_HOME: 'xdg' } }).folder).toBe(userState)
  })

  it.each(['', undefined])('is none when it is %j', (nothing) => {
    expect(locate({ stateDir: nothing, env: { ...env, DEV_LOOPS_STATE_DIR: nothing } }).reason).toBe('common_git_dir')
  })

  it.each(['postgres://host/db', 'git+https://forge.example/acme/api'])('cannot be %s', (stateDir) => {
    expect(() => locate({ stateDir })).toThrowError(expect.objectContaining({ code: 'invalid_value' }))
  })
})

describe('the slug of an address', () => {
  it.each([
    ['https://forge.example/acme/api.git', 'acme/api'],
    ['https://someone:secret@forge.example:8443/Acme/API/', 'acme/api'],
    ['http://127.0.0.1:4100/acme/api.git', 'acme/api'],
    ['ssh://git@forge.example:22/acme/api.git', 'acme/api'],
    ['git@forge.example:acme/api.git', 'acme/api'],
    ['forge:acme/api', 'acme/api'],
    ['file:///srv/git/acme/api.git', 'acme/api'],
    ['/srv/git/acme/api.git/', 'acme/api'],
    ['../git/acme/api', 'acme/api'],
    ['C:\\git\\acme\\api', 'acme/api'],
    ['https://forge.example/group/acme/api.js', 'acme/api.js'],
    ['work:api', null],
    ['https://forge.example/api', null],
    ['../..', null],
    ['', null],
  ])('of %s is %s', (url, slug) => {
    expect(slugOfUrl(url)).toBe(slug)
  })
})

describe('the origin of a checkout', () => {
  it('is read from the remote of that name only', () => {
    expect(originSlug(repo)).toBe('acme/api')
    git(repo, 'remote', 'rename', 'origin', 'other')
    expect(originSlug(repo)).toBeNull()
    expect(originSlug(root)).toBeNull()
  })
})
