/**
 * Real repositories for the tests of this room: a bare one as the remote, a clone as the checkout, and a
 * second clone for somebody else. Configuration of the machine is shut out.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface World {
  readonly folder: string
  readonly remote: string
  readonly checkout: string
  readonly stranger: string
  readonly worktrees: string
}

/** Gone after the test that asked for it. */
export function aFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dev-loops-git-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

let template: World | null = null

/** A remote whose `main` has two files, `app.txt` and `notes.txt`, of several lines each. */
export function aWorld(): World {
  template ??= makeWorld()
  const folder = aFolder()
  cpSync(template.folder, folder, { recursive: true })
  const world = worldIn(folder)
  for (const clone of [world.checkout, world.stranger]) {
    const config = join(clone, '.git', 'config')
    writeFileSync(config, readFileSync(config, 'utf8').replaceAll(template.folder, folder))
  }
  return world
}

function worldIn(folder: string): World {
  return {
    folder,
    remote: join(folder, 'remote.git'),
    checkout: join(folder, 'checkout'),
    stranger: join(folder, 'stranger'),
    worktrees: join(folder, 'worktrees'),
  }
}

/**
 * Made once in a process and copied for each test: git is started a dozen times for it. It is left to the
 * end of the run, when the temporary folder of all tests is removed.
 */
function makeWorld(): World {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dev-loops-git-template-')))
  const world = worldIn(folder)
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', world.remote)
  git(folder, 'clone', '--quiet', world.remote, world.checkout)
  git(world.checkout, 'checkout', '--quiet', '-b', 'main')
  actAs(world.checkout, 'worker')
  commit(world.checkout, { 'app.txt': 'one\ntwo\nthree\n', 'notes.txt': 'first\nsecond\n' })
  git(world.checkout, 'push', '--quiet', 'origin', 'main')
  git(folder, 'clone', '--quiet', world.remote, world.stranger)
  actAs(world.stranger, 'stranger')
  return world
}

export function git(cwd: string, ...args: string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', LC_ALL: 'C' }
  return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}

/** Replaces the whole history of a branch that is checked out by one commit with the same files. */
export function replaceHistory(cwd: string, branch: string): void {
  git(cwd, 'checkout', '--quiet', '--orphan', 'replaced')
  git(cwd, 'commit', '--quiet', '-m', 'All anew')
  git(cwd, 'checkout', '--quiet', '-B', branch)
}

export function write(cwd: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), content)
  }
}

/** @returns the new commit */
export function commit(cwd: string, files: Readonly<Record<string, string>>, message = 'Change files'): string {
  write(cwd, files)
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '--allow-empty', '-m', message)
  return git(cwd, 'rev-parse', 'HEAD')
}

/** Somebody else commits on top of what the remote's branch holds, and pushes. */
export function strangerPushes(world: World, branch: string, files: Readonly<Record<string, string>>): string {
  git(world.stranger, 'fetch', '--quiet', 'origin')
  git(world.stranger, 'checkout', '--quiet', '-B', branch, `origin/${branch}`)
  const sha = commit(world.stranger, files, 'A change by somebody else')
  git(world.stranger, 'push', '--quiet', 'origin', branch)
  return sha
}

export function remoteHead(world: World, branch: string): string | null {
  const line = git(world.folder, 'ls-remote', world.remote, `refs/heads/${branch}`)
  return line === '' ? null : (line.split('\t')[0] ?? null)
}

function actAs(cwd: string, name: string): void {
  git(cwd, 'config', 'user.name', name)
  git(cwd, 'config', 'user.email', `${name}@example.test`)
}
