/**
 * git on the forge's own bare repositories: one call, no shell, no configuration of this machine.
 */
import { appendFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { GitError } from '../../errors.ts'

export interface GitResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

interface GitCall {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

const TIMEOUT_MS = 60_000

/** Nothing of the person's own git configuration may change what a repository of the forge does. */
export const GIT_ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
} as const

export function bareFolder(folder: string, slug: string): string {
  return join(folder, 'repos', `${slug}.git`)
}

/** @returns the result whatever the exit code, for calls whose exit code is the answer */
export async function tryGit(gitDir: string, args: readonly string[], call: GitCall = {}): Promise<GitResult> {
  const result = await execa('git', [...args], {
    cwd: call.cwd ?? gitDir,
    env: { ...GIT_ENVIRONMENT, ...(call.cwd === undefined ? { GIT_DIR: gitDir } : {}), ...call.env },
    ...(call.input === undefined ? {} : { input: call.input }),
    timeout: TIMEOUT_MS,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 64 * 1024 * 1024,
  })
  return {
    exitCode: result.exitCode ?? 128,
    stdout: result.stdout ?? '',
    stderr: result.stderr || (result.shortMessage ?? ''),
  }
}

/** @throws GitError `git_failed` unless git ends with 0 */
export async function git(gitDir: string, args: readonly string[], call: GitCall = {}): Promise<string> {
  const result = await tryGit(gitDir, args, call)
  if (result.exitCode !== 0) {
    throw new GitError('git_failed', `git ${args[0]} failed in ${gitDir}: ${result.stderr.trim()}`, { args })
  }
  return result.stdout
}

/** GitHub's: atomic pushes, partial clones, and nobody writes the heads of pull requests. */
const SETTINGS = `[http]
\treceivepack = true
[receive]
\tadvertiseAtomic = true
\tdenyDeleteCurrent = refuse
\thideRefs = refs/pull
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[gc]
\tauto = 0
`

/** The settings are put behind git's own, which starts git once instead of once for each. */
export async function createBare(gitDir: string, defaultBranch: string): Promise<void> {
  await mkdir(dirname(gitDir), { recursive: true })
  await git(gitDir, ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, gitDir], {
    cwd: dirname(gitDir),
  })
  await appendFile(join(gitDir, 'config'), SETTINGS)
}
