/**
 * In which folder does git look for hooks here, and who else uses that folder?
 *
 * Our own git calls run without hooks, so the configured folder is read as text. A folder outside of this
 * repository (a user's global one, or one that a link leads to) is used by other repositories as well.
 */
import { realpath } from 'node:fs/promises'
import { devNull } from 'node:os'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { type GitAccess, readGitLine, runGit } from '../run.ts'

/** Who runs the hooks of a folder: this clone with all of its worktrees, one worktree, or others as well. */
const HOOK_REACHES = ['clone', 'worktree', 'shared'] as const
type HookReach = (typeof HOOK_REACHES)[number]

export interface HookPlace {
  readonly folder: string
  readonly reach: HookReach
  /** What `core.hooksPath` says, and the scope that says it; `null` when it is not set. */
  readonly configured: { readonly path: string; readonly scope: string } | null
}

export interface HookPlaces {
  /** The folder that git uses here. */
  readonly used: HookPlace
  /** Another folder that git would use without the configuration, and in which ours may stand from before. */
  readonly unused: string | null
}

type Options = GitAccess & { readonly cwd: string }

export async function readHookPlaces(options: Options): Promise<HookPlaces> {
  const common = await real(resolve(options.cwd, await readGitLine(['rev-parse', '--git-common-dir'], options)))
  const own = await real(join(common, 'hooks'))
  const configured = await readConfigured(options)
  if (configured === null) {
    return { used: { folder: own, reach: isWithin(own, common) ? 'clone' : 'shared', configured }, unused: null }
  }
  const top = await readTop(options)
  const folder = await real(resolve(top, configured.path))
  const reach = reachOf(folder, { common, top, configured })
  return { used: { folder, reach, configured }, unused: folder === own ? null : own }
}

type Configured = NonNullable<HookPlace['configured']>

function reachOf(folder: string, { common, top, configured }: { common: string; top: string; configured: Configured }) {
  const inRepository = isWithin(folder, common) || isWithin(folder, top)
  if (!inRepository || (configured.scope !== 'local' && configured.scope !== 'worktree')) return 'shared'
  return isAbsolute(configured.path) && configured.scope === 'local' ? 'clone' : 'worktree'
}

/** The last value counts, but for the one that switches hooks off for our own calls. */
async function readConfigured(options: Options): Promise<Configured | null> {
  const args = ['config', '-z', '--show-scope', '--type=path', '--get-all', 'core.hooksPath']
  const fields = (await runGit(args, options)).stdout.split('\0')
  const values: Configured[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    values.push({ scope: fields[at] ?? '', path: fields[at + 1] ?? '' })
  }
  return values.filter(({ scope, path }) => scope !== 'command' || path !== devNull).at(-1) ?? null
}

/** Hooks run at the top of the worktree; in a bare repository, in the repository itself. */
async function readTop(options: Options): Promise<string> {
  const bare = (await readGitLine(['rev-parse', '--is-bare-repository'], options)) === 'true'
  return real(await readGitLine(['rev-parse', bare ? '--absolute-git-dir' : '--show-toplevel'], options))
}

/** Also of a path whose last parts do not exist yet. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    return dirname(path) === path ? path : join(await real(dirname(path)), basename(path))
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith('../') && !isAbsolute(way)
}
