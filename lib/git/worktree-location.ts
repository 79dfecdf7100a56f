/**
 * Where the worktree of a branch lies. Pure, and the same for every run, so that a restarted run finds
 * what the killed one left.
 */
import { isAbsolute, join, resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { encodeBranch } from './branch-name.ts'

export interface WorktreePlace {
  readonly host: string
  /** `owner/name` */
  readonly repo: string
  readonly branch: string
  /** The preference `worktree.dir`; relative to the checkout. `null`: not set. */
  readonly worktreeDir: string | null
  readonly checkout: string
}

/**
 * `<worktree.dir or $XDG_STATE_HOME/dev-loops/worktrees>/<host>/<owner>/<name>/<branch>`
 *
 * @throws UsageError `config_invalid` when neither a folder is configured nor a home is known
 */
export function worktreePath(place: WorktreePlace, env: Readonly<Record<string, string | undefined>>): string {
  const root = place.worktreeDir === null ? stateFolder(env) : resolve(place.checkout, place.worktreeDir)
  const host = place.host.replace(':', '+')
  return join(root, host, ...place.repo.split('/'), encodeBranch(place.branch))
}

function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const state = env.XDG_STATE_HOME
  if (state && isAbsolute(state)) return join(state, 'dev-loops', 'worktrees')
  if (env.HOME) return join(env.HOME, '.local', 'state', 'dev-loops', 'worktrees')
  throw new UsageError('config_invalid', 'no folder for worktrees is known; set worktree.dir, XDG_STATE_HOME or HOME')
}
