/**
 * Runs an agent or a reviewer to its end: any command, in its own process group, with a time limit.
 *
 * What it says on its output is kept for people and decides nothing. The group is led by a supervisor
 * (see supervisor.ts), so that it also ends when this process is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, rm, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import { AgentError } from '../../errors.ts'
import type { Identity } from '../../git/identity.ts'
import { makeFolder } from '../../make-folder.ts'
import { agentEnvironment } from './environment.ts'
import { type ProcessIdentity, readProcessIdentity, signalGroup } from './process-group.ts'
import { CHANNEL_FD, GRACE_MS, type Order, type Report } from './protocol.ts'
import { type ResultFile, readResultFile } from './result-file.ts'
import { supervisorCommand } from './supervisor-command.ts'

export interface AgentRequest {
  /** The command; `{promptFile}` in an argument becomes the prompt's path. */
  readonly argv: readonly string[]
  readonly prompt: string
  readonly promptVia: 'stdin' | 'file'
  readonly cwd: string
  /** The environment to choose from, and the names chosen beside the usual ones. */
  readonly env: { readonly inherited: Readonly<Record<string, string | undefined>>; readonly pass: readonly string[] }
  /** Who commits in the worktree; see `readIdentity`. */
  readonly identity: Identity | null
  readonly timeLimitMs: number
  readonly graceMs?: number
  /** Absolute; the prompt is kept beside it. */
  readonly logFile: string
  readonly logLimitBytes?: number
  /** Absolute; what is there from an earlier try is deleted first. */
  readonly resultFile: string
  readonly signal: AbortSignal
  /** Awaited before the agent exists: write down who it will be, so that a restart can end it. */
  onStarted(identity: ProcessIdentity): void | Promise<void>
}

export interface AgentRun {
  /** `null`: ended by a signal. */
  readonly exit: number | null
  readonly signal: string | null
  readonly timedOut: boolean
  readonly cancelled: boolean
  /** Processes it left behind, which were ended. */
  readonly leftBehind: number
  readonly durationMs: number
  readonly logFile: string
  readonly outputTail: string
  /** Parsed JSON of the result file, not checked further. */
  readonly result: unknown
  /** Why there is no result; `null` when there is one. */
  readonly resultProblem: ResultFile['problem']
}

const LOG_LIMIT_BYTES = 4 * 1024 * 1024
const TAIL_BYTES = 8 * 1024
/** How much later than the supervisor should have ended everything this process does it itself. */
const BACKSTOP_MS = 10_000

/**
 * @throws AgentError `agent_failed` when the command cannot be started or its supervisor was killed; and
 *   whatever `onStarted` throws, with nothing left running
 */
export async function startAgent(request: AgentRequest): Promise<AgentRun> {
  if (request.signal.aborted) throw new AgentError('cancelled', 'the work was cancelled before the agent was started')
  const startedMs = performance.now()
  const { order, env } = await prepare(request)
  const report = await supervise(order, env, request)
  if (report.kind === 'not_started') throw notStarted(report, request)

  const { result, problem } = await readResultFile(request.resultFile)
  return {
    exit: report.exit,
    signal: report.signal,
    timedOut: report.endedFor === 'time_limit',
    cancelled: request.signal.aborted,
    leftBehind: report.leftBehind,
    durationMs: Math.round(performance.now() - startedMs),
    logFile: request.logFile,
    outputTail: await readTail(request.logFile),
    result,
    resultProblem: problem,
  }
}

async function prepare(request: AgentRequest): Promise<{ order: Order; env: Record<string, string> }> {
  const { logFile, resultFile, env, identity } = request
  const promptFile = `${logFile}.prompt.md`
  const ghConfigDir = `${logFile}.gh`
  await rm(resultFile, { force: true, recursive: true })
  await rm(ghConfigDir, { force: true, recursive: true })
  for (const folder of [dirname(logFile), dirname(resultFile), ghConfigDir]) makeFolder(folder)
  await writeFile(promptFile, request.prompt, { mode: 0o600 })

  return {
    env: {
      ...agentEnvironment(env.inherited, { pass: env.pass, ghConfigDir, identity }),
      DEV_LOOPS_RESULT: resultFile,
      DEV_LOOPS_PROMPT_FILE: promptFile,
    },
    order: {
      argv: argvWith(promptFile, request),
      cwd: request.cwd,
      stdinFile: request.promptVia === 'stdin' ? promptFile : null,
      logFile,
      logLimitBytes: request.logLimitBytes ?? LOG_LIMIT_BYTES,
      timeLimitMs: request.timeLimitMs,
      graceMs: request.graceMs ?? GRACE_MS,
    },
  }
}

/** By file the path is the last argument, unless the command says where it goes. */
function argvWith(promptFile: string, { argv, promptVia }: AgentRequest): readonly string[] {
  const named = argv.map((argument) => argument.replaceAll('{promptFile}', promptFile))
  const isNamed = argv.some((argument) => argument.includes('{promptFile}'))
  return promptVia === 'file' && !isNamed ? [...named, promptFile] : named
}

async function supervise(order: Order, env: Record<string, string>, request: AgentRequest): Promise<Report> {
  const log = await open(order.logFile, 'a', 0o600)
  const supervisor = spawn(process.execPath, [...supervisorCommand()], {
    cwd: '/',
    env,
    detached: true,
    stdio: ['ignore', 'ignore', log.fd, 'pipe'],
  })
  const exited = new Promise((resolve) => supervisor.once('exit', resolve).once('error', resolve))
  await once(supervisor, 'spawn').finally(() => log.close())
  const channel = channelOf(supervisor)
  const report = readReport(channel)

  const stop = () => channel.end()
  const backstop = setTimeout(() => endBy(supervisor), order.timeLimitMs + order.graceMs + BACKSTOP_MS)
  request.signal.addEventListener('abort', stop, { once: true })
  try {
    await announce(supervisor, request)
    if (channel.writable) channel.write(`${JSON.stringify(order)}\n`)
    return await conclude(await report, supervisor, request)
  } finally {
    request.signal.removeEventListener('abort', stop)
    // Closing our end makes the supervisor end whatever there is; only then is nothing left running.
    channel.destroy()
    await exited
    clearTimeout(backstop)
  }
}

async function announce(supervisor: ChildProcess, request: AgentRequest): Promise<void> {
  const identity = supervisor.pid === undefined ? null : readProcessIdentity(supervisor.pid)
  if (identity === null)
    throw new AgentError('agent_failed', 'the supervisor of the agent ended at once', { logFile: request.logFile })
  await request.onStarted(identity)
}

function conclude(report: Report | null, supervisor: ChildProcess, { signal, logFile }: AgentRequest): Report {
  if (report !== null) return report
  // Without its report the supervisor was killed; its group has our attention, since nobody else's.
  endBy(supervisor)
  if (signal.aborted) return { kind: 'ended', exit: null, signal: null, endedFor: 'asked', leftBehind: 0 }
  throw new AgentError('agent_failed', 'the supervisor of the agent was ended from outside; see the log', { logFile })
}

function endBy(supervisor: ChildProcess): void {
  if (supervisor.pid !== undefined) signalGroup(supervisor.pid, 'SIGKILL')
}

function channelOf(supervisor: ChildProcess): Socket {
  const channel = supervisor.stdio[CHANNEL_FD] as Socket
  // A write to a supervisor that is gone shows as a missing report.
  channel.on('error', () => {})
  return channel
}

async function readReport(channel: Socket): Promise<Report | null> {
  let text = ''
  channel.setEncoding('utf8')
  channel.on('data', (chunk: string) => {
    text += chunk
  })
  await new Promise((resolve) => {
    channel.once('end', resolve)
    channel.once('close', resolve)
  })
  return text.endsWith('\n') ? JSON.parse(text) : null
}

function notStarted(
  { code, message }: { code: string; message: string },
  { argv, cwd, logFile }: AgentRequest,
): AgentError {
  const hint = code === 'ENOENT' ? 'is it installed, on PATH, and does the folder exist?' : message
  return new AgentError('agent_failed', `${argv[0] ?? 'the agent'} could not be started (${code}); ${hint}`, {
    argv0: argv[0] ?? null,
    cwd,
    code,
    logFile,
  })
}

async function readTail(file: string): Promise<string> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const start = Math.max(0, size - TAIL_BYTES)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start)
    return buffer.subarray(0, bytesRead).toString('utf8')
  } finally {
    await handle.close()
  }
}
