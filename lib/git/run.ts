/**
 * The one place where git is started: argument array, no shell, no hooks, no prompt, always a limit.
 *
 * Paths in git's answers are read as UTF-8; a name that is not shows replacement characters, so such
 * names are only ever shown or counted, never handed back to git.
 */
import { GitError } from '../errors.ts'
import { withoutSecrets } from '../redact.ts'
import { credentialSettings, type RemoteAccess, type Setting, secretsOf } from './credentials.ts'
import { gitEnvironment, gitSettings } from './environment.ts'
import { type EndedBy, watchGroup } from './group.ts'

/** What a call to git is given besides its arguments; functions of this room hand it through. */
export interface GitAccess {
  /** Token for the remote; without it git uses what the person has set up. */
  readonly access?: RemoteAccess | null | undefined
  readonly signal?: AbortSignal | undefined
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

export interface GitOptions extends GitAccess {
  readonly cwd: string
  readonly timeoutMs?: number
  readonly input?: string
  /** Exit codes that are an answer, not a failure. */
  readonly okCodes?: readonly number[]
  /** Variables for this call alone, such as an identity. */
  readonly extraEnv?: Readonly<Record<string, string>>
  /** Configuration for this call alone that must not be an argument, such as an address. */
  readonly settings?: readonly Setting[]
}

export interface GitResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const LOCAL_TIMEOUT_MS = 60_000
const REMOTE_TIMEOUT_MS = 120_000
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024
const REMOTE_COMMANDS: ReadonlySet<string> = new Set(['ls-remote', 'fetch', 'push', 'clone'])

/**
 * @param args the git command and its arguments; text from outside stands after `--` or in `key=value`
 * @throws GitError `git_failed` with the command, exit code and what git said, all without secrets
 */
export async function runGit(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const { execa } = await import('execa')
  const reachesRemote = REMOTE_COMMANDS.has(args[0] ?? '')
  const timeoutMs = options.timeoutMs ?? (reachesRemote ? REMOTE_TIMEOUT_MS : LOCAL_TIMEOUT_MS)

  if (options.signal?.aborted) throw failure(args, options, { endedBy: 'cancel', timeoutMs })
  const child = execa('git', [...gitSettings(), ...args], {
    cwd: options.cwd,
    env: gitEnvironment(options.env ?? process.env, {
      reachesRemote,
      credentials: reachesRemote ? credentialSettings(options.access) : [],
      settings: options.settings ?? [],
      extra: options.extraEnv ?? {},
    }),
    extendEnv: false,
    input: options.input ?? '',
    detached: process.platform !== 'win32',
    maxBuffer: MAX_OUTPUT_BYTES,
    stripFinalNewline: false,
    reject: false,
  })
  const watch = watchGroup(child, timeoutMs, options.signal)
  const result = await child
  watch.stop()

  const { exitCode } = result
  if (watch.endedBy() === null && exitCode !== undefined && (options.okCodes ?? [0]).includes(exitCode)) {
    return { stdout: result.stdout, stderr: result.stderr, exitCode }
  }
  throw failure(args, options, { ...result, endedBy: watch.endedBy(), timeoutMs })
}

/** Runs git for the one line that it prints. */
export async function readGitLine(args: readonly string[], options: GitOptions): Promise<string> {
  const { stdout } = await runGit(args, options)
  return stdout.replace(/\r?\n$/, '')
}

interface Failed {
  readonly exitCode?: number | undefined
  readonly stderr?: string | undefined
  readonly endedBy: EndedBy | null
  readonly code?: string | undefined
  readonly timeoutMs: number
}

function failure(args: readonly string[], options: GitOptions, failed: Failed): GitError {
  const command = withoutSecrets(`git ${args.join(' ')}`, secretsOf(options.access))
  const said = withoutSecrets(failed.stderr ?? '', secretsOf(options.access))
    .trim()
    .slice(-2000)

  return new GitError('git_failed', `${command.slice(0, 200)} ${how(failed)}${said ? `: ${reasonIn(said)}` : ''}`, {
    command,
    cwd: options.cwd,
    exitCode: failed.exitCode ?? null,
    timedOut: failed.endedBy === 'time',
    cancelled: failed.endedBy === 'cancel',
    crashed: failed.endedBy === null && failed.exitCode === undefined && failed.code === undefined,
    stderr: said,
  })
}

function how(failed: Failed): string {
  if (failed.endedBy === 'time') return `did not end within ${Math.ceil(failed.timeoutMs / 1000)} s and was stopped`
  if (failed.endedBy === 'cancel') return 'was stopped because the work was cancelled'
  if (failed.code === 'ENOENT') return 'could not be started; is git installed, and does the folder exist?'
  return failed.exitCode === undefined ? 'was ended from outside' : `failed with exit code ${failed.exitCode}`
}

/** Advice may follow what went wrong. */
function reasonIn(said: string): string {
  const lines = said.split('\n')
  return lines.findLast((line) => line.startsWith('fatal: ')) ?? lines.at(-1) ?? ''
}
