/**
 * Where are the records of a target kept?
 *
 * In the common git directory of the clone that has the target's repository as a remote: all its
 * worktrees share that place and nothing in it is ever committed. Any other target's records are kept
 * in the user's state folder, so that the same target has the same place from wherever one asks.
 */
import { isAbsolute, join, resolve } from 'node:path'
import { findCommonGitDir } from '../checkout.ts'
import { UsageError } from '../errors.ts'
import type { Target } from '../target.ts'
import { within } from '../within.ts'
import { hasRemote, originSlugOf } from './remotes.ts'
import type { StoreScope } from './store.ts'

type LocationReason =
  | 'state_dir_given'
  | 'environment'
  | 'common_git_dir'
  | 'not_a_remote'
  | 'no_checkout'
  | 'library_folder'

export interface StateLocation {
  readonly folder: string
  readonly scope: StoreScope
  /** Of the checkout around `cwd`, whether or not the records are in it. */
  readonly commonGitDir: string | null
  readonly reason: LocationReason
}

export interface LocateOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** From `--state-dir` or configuration; wins over `DEV_LOOPS_STATE_DIR`. */
  readonly stateDir?: string | undefined
  /** Without one the checkout itself is meant. */
  readonly target?: Pick<Target, 'repo'> | undefined
  /** When it is known already: that of the checkout around `cwd`. */
  readonly commonGitDir?: string | undefined
  /** Where to go without a checkout: `library` keeps `./.dev-loops`, as callers of the package expect. */
  readonly caller?: 'command' | 'library'
}

/** @throws UsageError `invalid_value` for a state folder that is an address */
export function locateState(options: LocateOptions): StateLocation {
  const commonGitDir = options.commonGitDir ?? findCommonGitDir(options.cwd)
  const { folder, reason } = chooseFolder(options, commonGitDir)
  return { folder, reason, commonGitDir, scope: reason === 'common_git_dir' ? 'clone' : 'machine' }
}

/**
 * The `owner/name` of this checkout's remote `origin`, lower case; null when there is none.
 *
 * @param known the common git directory of the checkout around `cwd`, when it was looked for already
 */
export function originSlug(cwd: string, known?: string): string | null {
  const commonGitDir = known ?? findCommonGitDir(cwd)
  return commonGitDir === null ? null : originSlugOf(commonGitDir)
}

type Chosen = Pick<StateLocation, 'folder' | 'reason'>

function chooseFolder(options: LocateOptions, commonGitDir: string | null): Chosen {
  const { cwd, env, stateDir, target, caller = 'command' } = options
  if (stateDir) return { folder: folderAt(stateDir, cwd, env), reason: 'state_dir_given' }
  if (env.DEV_LOOPS_STATE_DIR) return { folder: folderAt(env.DEV_LOOPS_STATE_DIR, cwd, env), reason: 'environment' }

  if (commonGitDir !== null) {
    const own = target === undefined || hasRemote(commonGitDir, target.repo)
    if (own) return { folder: within(commonGitDir, 'dev-loops'), reason: 'common_git_dir' }
    return { folder: userStateFolder(env), reason: 'not_a_remote' }
  }
  if (caller === 'library') return { folder: resolve(cwd, '.dev-loops'), reason: 'library_folder' }
  return { folder: userStateFolder(env), reason: 'no_checkout' }
}

function folderAt(text: string, cwd: string, env: LocateOptions['env']): string {
  if (/^(git\+|[a-z][a-z0-9+.-]+:\/\/)/i.test(text)) {
    const message =
      'a state dir is a folder; records are kept at an address with store: git+<address> in the configuration'
    throw new UsageError('invalid_value', message, { what: 'state folder' })
  }
  return text === '~' || text.startsWith('~/') ? join(homeOf(env), text.slice(1)) : resolve(cwd, text)
}

/**
 * What belongs to the user and to no target. The XDG rules say that a path which is not absolute is to be
 * ignored.
 */
export function userStateFolder(env: LocateOptions['env']): string {
  const given = env.XDG_STATE_HOME
  return join(given && isAbsolute(given) ? given : join(homeOf(env), '.local', 'state'), 'dev-loops')
}

function homeOf(env: LocateOptions['env']): string {
  return env.HOME || process.getBuiltinModule('node:os').homedir()
}
