/**
 * Runs a check command on one commit, in a clone that is thrown away.
 *
 * The command gets a process group of its own, which is ended whole: at the time limit, when the
 * forge stops, and after the command itself has ended, so that nothing it started stays behind. It
 * gets no token and nothing else of the forge's environment.
 */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { git } from '../git/bare.ts'

export interface CommandResult {
  readonly ended: 'passed' | 'failed' | 'timed_out' | 'cancelled' | 'not_started'
  readonly exitCode: number | null
  readonly output: string
}

interface CommandCall {
  readonly gitDir: string
  readonly oid: string
  readonly command: readonly string[]
  readonly timeLimitMs: number
  readonly signal: AbortSignal
  /** Called once the command runs, with its process group and the folder it may write to. */
  readonly onStarted: (started: { readonly pid: number; readonly folder: string }) => void
}

/** GitHub's limit for the text of a check run is 65,535 characters. */
const MAX_OUTPUT = 60_000

export async function runCommand(call: CommandCall): Promise<CommandResult> {
  const scratch = await mkdtemp(join(tmpdir(), 'forge-check-'))
  try {
    const tree = join(scratch, 'tree')
    await mkdir(join(scratch, 'home'))
    await git(call.gitDir, ['clone', '--quiet', '--shared', '--no-checkout', call.gitDir, tree], { cwd: scratch })
    await git(call.gitDir, ['checkout', '--quiet', '--detach', call.oid], { cwd: tree })
    return await spawnIn(tree, { ...call, scratch })
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

function spawnIn(cwd: string, call: CommandCall & { scratch: string }): Promise<CommandResult> {
  const [program = '', ...args] = call.command
  const home = join(call.scratch, 'home')
  const env = { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: home, LANG: 'C.UTF-8', CI: 'true' }
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let ended: 'timed_out' | 'cancelled' | null = null
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-MAX_OUTPUT)
    }
    const end = (reason: 'timed_out' | 'cancelled') => {
      ended ??= reason
      killGroup(child.pid)
    }
    if (child.pid !== undefined) call.onStarted({ pid: child.pid, folder: call.scratch })
    const timer = setTimeout(() => end('timed_out'), call.timeLimitMs)
    const onAbort = () => end('cancelled')
    if (call.signal.aborted) onAbort()
    call.signal.addEventListener('abort', onAbort)
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)

    const finish = (result: CommandResult) => {
      clearTimeout(timer)
      call.signal.removeEventListener('abort', onAbort)
      resolve(result)
    }
    child.on('error', (error) => finish({ ended: 'not_started', exitCode: null, output: error.message }))
    child.on('exit', () => killGroup(child.pid))
    child.on('close', (exitCode) =>
      finish({ ended: ended ?? (exitCode === 0 ? 'passed' : 'failed'), exitCode, output }),
    )
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group has gone already.
  }
}
