/**
 * Installs, removes and shows the hook of this clone, and says whom else it concerns.
 */
import { join } from 'node:path'
import { findCommonGitDir } from '../../checkout.ts'
import { DevLoopsError, GitError, UsageError } from '../../errors.ts'
import {
  type HookChange,
  type HookState,
  type HookStatus,
  inspectHook,
  installHook,
  uninstallHook,
} from '../../git/hooks/install.ts'
import { type HookPlace, readHookPlaces } from '../../git/hooks/place.ts'
import { HOOK, type HookProgram } from '../../git/hooks/script.ts'
import { accept, type Outcome, type Refusal, refuse } from '../../outcome.ts'
import type { CommandContext } from '../define.ts'
import { hookProgram } from './program.ts'

export interface HookWords {
  readonly stateDir?: string | undefined
  readonly shared: boolean
  readonly dryRun: boolean
}

interface HookConcern {
  /** What `core.hooksPath` says; `null`: it is not set. */
  readonly hooksPath: string | null
  readonly reach: HookPlace['reach']
  readonly warnings: readonly string[]
}

export type TendedHook = HookChange & HookConcern

export interface ShownHook extends HookConcern {
  readonly status: HookStatus
  readonly folder: string
  readonly kept: string | null
  /** A folder that git does not use here and in which ours stands all the same. */
  readonly unused: string | null
}

/** @returns refused `precondition_failed` when other repositories use the folder and that was not asked for */
export async function putHook(words: HookWords, context: CommandContext): Promise<Outcome<TendedHook>> {
  const { used, program } = await open(words, context)
  const refused = refuseShared(used, words)
  if (refused) return refused
  const done = await inFolder(used.folder, () => installHook({ folder: used.folder, program, dryRun: words.dryRun }))
  return done.ok ? accept({ ...done.value, ...concernOf(used) }) : done
}

/** Also takes away what an earlier setting of `core.hooksPath` left unused. */
export async function takeHook(words: HookWords, context: CommandContext): Promise<Outcome<TendedHook>> {
  const { used, unused, program } = await open(words, context)
  const { status } = await look(used.folder, program)
  const refused = status === 'absent' ? null : refuseShared(used, words)
  if (refused) return refused

  const own = used.reach === 'shared' && !words.shared ? [] : [used.folder]
  let done: HookChange = { action: 'not_installed', hook: join(used.folder, HOOK), kept: null }
  for (const folder of unused === null ? own : [...own, unused]) {
    const taken = await inFolder(folder, () => uninstallHook({ folder, program, dryRun: words.dryRun }))
    if (!taken.ok) return taken
    if (taken.value.action === 'uninstalled') done = taken.value
  }
  return accept({ ...done, ...concernOf(used) })
}

export async function showHook(words: Pick<HookWords, 'stateDir'>, context: CommandContext): Promise<ShownHook> {
  const { used, unused, program } = await open(words, context)
  const { status, kept } = await look(used.folder, program)
  const isLeft = unused !== null && (await look(unused, program)).status !== 'absent'
  return { status, folder: used.folder, kept, unused: isLeft ? unused : null, ...concernOf(used) }
}

async function open(words: Pick<HookWords, 'stateDir'>, context: CommandContext) {
  const { cwd, env, signal } = context
  if (findCommonGitDir(cwd) === null) {
    throw new UsageError('not_a_checkout', 'this is no git repository; hooks belong to a clone, so change into one')
  }
  return { ...(await readHookPlaces({ cwd, env, signal })), program: hookProgram(words, context) }
}

function refuseShared({ folder, reach, configured }: HookPlace, { shared }: HookWords): Refusal | null {
  if (reach !== 'shared' || shared) return null
  const why = configured === null ? 'a link leads there' : `core.hooksPath (${configured.scope}) says so`
  const message = `hooks are taken from ${folder} (${why}), which other repositories use too; nothing was changed, add --shared to do it for all of them`
  return refuse('precondition_failed', message, { folder })
}

function concernOf({ reach, configured }: HookPlace): HookConcern {
  const warnings = reach === 'clone' ? [] : [WARNINGS[reach]]
  return { hooksPath: configured?.path ?? null, reach, warnings }
}

const WARNINGS = {
  worktree:
    'hooks_of_one_worktree: core.hooksPath names a folder of each worktree, so install it in the others as well',
  shared: 'hooks_of_other_repositories: each repository that takes its hooks from this folder runs it',
} as const

function look(folder: string, program: HookProgram): Promise<HookState> {
  return inFolder(folder, () => inspectHook(folder, program))
}

/** A folder that cannot be read or written is a fault of the outside, not of ours. */
async function inFolder<Result>(folder: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof DevLoopsError || !(cause instanceof Error) || !('syscall' in cause)) throw cause
    const message = `the folder of hooks ${folder} cannot be used: ${cause.message}`
    throw new GitError('git_failed', message, { folder }, { cause })
  }
}
