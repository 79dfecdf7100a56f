/** Can the configuration be obeyed, and can the agents that it names be started? */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { formatProblem } from '../../config/problem.ts'
import type { LoadedConfig } from '../../config/resolved.ts'
import type { CommandContext } from '../define.ts'
import { type Check, fine, unknown, wrong } from './check.ts'

export function checkConfiguration({ problems, files }: Pick<LoadedConfig, 'problems' | 'files'>): Check {
  const [first, ...others] = problems
  if (first === undefined) {
    return fine('configuration', files.length === 0 ? 'nothing is configured; the defaults hold' : files.join(', '))
  }
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  return wrong(
    'configuration',
    `${formatProblem(first)}${more}`,
    'repair it; dev-loops config check lists every problem',
  )
}

export function checkAgent(
  role: 'developer' | 'reviewer',
  command: readonly string[] | null,
  { cwd, env }: Pick<CommandContext, 'cwd' | 'env'>,
): Check {
  const id = `agent_${role}` as const
  const key = `agents.${role}.command`
  const [program] = command ?? []
  if (program === undefined) {
    return unknown(id, 'none is configured', `for run and gates set ${key}, such as [claude, -p]; next works without`)
  }
  const found = findProgram(program, cwd, env.PATH ?? '')
  if (found !== null) return fine(id, `${program} (${found})`)
  return wrong(id, `${program} cannot be started: it is not on the path`, `install it, or change ${key}`)
}

/** @returns the file that would be started, as the system looks for it */
function findProgram(program: string, cwd: string, path: string): string | null {
  const folders = /[\\/]/.test(program) ? [''] : path.split(delimiter).filter((folder) => folder !== '')
  const extensions = process.platform === 'win32' ? ['', '.exe', '.cmd', '.bat'] : ['']
  const places = folders.flatMap((folder) => extensions.map((end) => resolve(cwd, join(folder, program + end))))
  return places.find(canBeStarted) ?? null
}

function canBeStarted(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
