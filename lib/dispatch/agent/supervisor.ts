/**
 * The process between a runner and its agent: leads the agent's process group, and ends that group when
 * the time is up or the runner is no more.
 *
 * The runner cannot do this itself, because `kill -9` leaves it no last instant; but the kernel closes
 * its end of our channel in any case. This is a program of its own, started and never imported. Until the
 * runner has sent its order, which it does after it wrote down who we are, no agent exists.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { OutputLog } from './output-log.ts'
import { listGroup, signalGroup } from './process-group.ts'
import { CHANNEL_FD, type EndReason, type Order, type Report } from './protocol.ts'

const POLL_MS = 50
/** For what still stands in the agent's output pipes after it ended. */
const DRAIN_MS = 1000
const LONGEST_TIMER_MS = 2_147_483_647

const channel = new Socket({ fd: CHANNEL_FD, allowHalfOpen: true })
let endGroup: (reason: EndReason) => void = () => process.exit(0)

// Asked to end is not the same as ended: first the group goes, then we.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => endGroup('asked'))
process.on('uncaughtException', () => signalGroup(process.pid, 'SIGKILL'))
channel.on('error', () => endGroup('runner_gone'))
channel.on('end', () => endGroup('runner_gone'))
createInterface({ input: channel }).once('line', (line) => supervise(JSON.parse(line)))

function supervise(order: Order): void {
  const log = new OutputLog(order.logFile, order.logLimitBytes)
  const agent = tryStart(order, log)
  if (agent !== null) watch(agent, order, log)
}

function watch(agent: ChildProcess, order: Order, log: OutputLog): void {
  agent.stdout?.on('data', (chunk: Buffer) => log.write(chunk))
  agent.stderr?.on('data', (chunk: Buffer) => log.write(chunk))

  let endedFor: EndReason | null = null
  let sweeping = false
  let leftBehind = 0
  const timeLimit = setTimeout(() => endGroup('time_limit'), Math.min(order.timeLimitMs, LONGEST_TIMER_MS))

  endGroup = (reason) => {
    if (!sweeping) endedFor = reason
    void sweep()
  }
  agent.once('error', (error) => notStarted(error, log))
  agent.once('exit', () => {
    leftBehind = listGroup(process.pid, process.pid).length
    void sweep()
  })

  /** Asks the group to end, waits for it, kills what is left, and reports. */
  async function sweep(): Promise<void> {
    if (sweeping) return
    sweeping = true
    clearTimeout(timeLimit)
    if (!isEmpty(agent)) signalGroup(process.pid, 'SIGTERM')
    await waitUntil(() => isEmpty(agent), order.graceMs)
    killOthers()
    await waitUntil(() => isEmpty(agent), DRAIN_MS)
    await waitUntil(() => isDrained(agent), DRAIN_MS)
    log.close()

    const { exitCode, signalCode } = agent
    const ended = exitCode !== null || signalCode !== null
    leave({ kind: 'ended', exit: exitCode, signal: ended ? signalCode : 'SIGKILL', endedFor, leftBehind })
  }
}

/** Some failures to start are thrown at once, such as that of a command that is too long. */
function tryStart(order: Order, log: OutputLog): ChildProcess | null {
  try {
    return startProcess(order)
  } catch (error) {
    notStarted(error instanceof Error ? error : new Error(String(error)), log)
    return null
  }
}

function notStarted(error: NodeJS.ErrnoException, log: OutputLog): void {
  log.close()
  leave({ kind: 'not_started', code: error.code ?? 'unknown', message: error.message })
}

function startProcess({ argv, cwd, stdinFile }: Order): ChildProcess {
  const [file = '', ...args] = argv
  const stdin = stdinFile === null ? 'ignore' : openSync(stdinFile, 'r')
  return spawn(file, args, { cwd, stdio: [stdin, 'pipe', 'pipe'] })
}

function isEmpty(agent: ChildProcess): boolean {
  const agentEnded = agent.exitCode !== null || agent.signalCode !== null
  return agentEnded && listGroup(process.pid, process.pid).length === 0
}

function isDrained({ stdout, stderr }: ChildProcess): boolean {
  return (stdout?.readableEnded ?? true) && (stderr?.readableEnded ?? true)
}

/** One by one: the group as a whole would take us along before our report. */
function killOthers(): void {
  for (const pid of listGroup(process.pid, process.pid)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended in the meantime.
    }
  }
}

/** Tells the runner, if there is one, and goes; what was forked during the killing goes with us. */
function leave(report: Report): void {
  const go = () => {
    if (listGroup(process.pid, process.pid).length > 0) signalGroup(process.pid, 'SIGKILL')
    process.exit(0)
  }
  channel.end(`${JSON.stringify(report)}\n`, go)
  channel.once('error', go)
  setTimeout(go, DRAIN_MS)
}

async function waitUntil(isTrue: () => boolean, limitMs: number): Promise<void> {
  const until = performance.now() + limitMs
  while (!isTrue() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
}
