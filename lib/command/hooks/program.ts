/**
 * What the hook starts when somebody pushes: this node and the built command line, by their whole paths,
 * because a hook may run with next to no environment; and where the records are, if this shell says so.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GitError } from '../../errors.ts'
import type { HookProgram } from '../../git/hooks/script.ts'
import type { CommandContext } from '../define.ts'

const BUILT = 'cli/dev-loops.mjs'

/** Without them the hook of a shell that lacks them would look into other records, and find nobody there. */
const WHERE_RECORDS_ARE = ['DEV_LOOPS_STATE_DIR', 'DEV_LOOPS_STORE', 'GH_HOST', 'GITHUB_API_URL'] as const

export function hookProgram({ stateDir }: { readonly stateDir?: string | undefined }, context: CommandContext) {
  const env: Record<string, string> = {}
  for (const name of WHERE_RECORDS_ARE) {
    const value = context.env[name]
    if (value) env[name] = value
  }
  if (stateDir) env.DEV_LOOPS_STATE_DIR = resolve(context.cwd, stateDir)
  return { node: process.execPath, cli: builtCommandLine(), env } satisfies HookProgram
}

/**
 * @param from address of the module that asks: part of the build, or source beside a build
 * @throws GitError `git_failed` when there is no build
 */
function builtCommandLine(from: string = import.meta.url): string {
  const steps = from.endsWith('.ts') ? ['../../../dist/'] : ['./', '../', '../../', '../../../']
  for (const step of steps) {
    const file = fileURLToPath(new URL(step + BUILT, from))
    if (existsSync(file)) return file
  }
  throw new GitError('git_failed', `${BUILT} is missing from this installation of dev-loops; install it again`)
}
