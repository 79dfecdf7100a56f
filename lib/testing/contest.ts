/**
 * Real processes that use one store at the same time, while some are killed and others stopped.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DevLoopsError, StoreError } from '../errors.ts'
import { clockMs } from './history.ts'
import { type ContenderWords, type HistoryKind, historyFile, WORDS } from './module.ts'

export interface Seat {
  /** A made-up machine; not given: this one. */
  readonly host?: string
  /** Words before the command of the process, such as `['unshare', '--pid', '--fork', '--mount-proc']`. */
  readonly launcher?: readonly string[]
}

export interface ContestOptions {
  readonly words: Omit<ContenderWords, 'worker' | 'seed' | 'host'>
  /** One process in each; a killed one is replaced. */
  readonly seats: readonly Seat[]
  readonly seed: number
  /** Words that start one process. */
  readonly contender: readonly string[]
  readonly random: () => number
}

export interface Span {
  readonly from: number
  readonly to: number
}

interface Contender {
  readonly name: string
  readonly seat: Seat
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
  complaint: string
}

const BUILT = 'store-contender.mjs'

export class Contest {
  /** Of each process that was killed: before the signal was sent, and when it was seen dead. */
  readonly deaths = new Map<string, Span>()
  readonly pauses: (Span & { readonly worker: string })[] = []
  /** Without those of the end. */
  kills = 0
  readonly #living: Contender[] = []
  readonly #wakings: Promise<void>[] = []
  #started = 0

  constructor(readonly options: ContestOptions) {
    for (const seat of options.seats) this.#start(seat)
  }

  /** Waits until each has begun to use the store. */
  async ready(): Promise<void> {
    const { folder } = this.options.words
    const begun = ({ name }: Contender) => existsSync(historyFile(folder, 'register', name))
    while (!this.#living.every(begun)) {
      for (const contender of this.#living) requireAlive(contender)
      await pause(10)
    }
  }

  /** Kills one, whichever it is, and starts another in its place. */
  async killOne(): Promise<void> {
    const victim = this.#choose()
    if (victim === undefined) return
    await this.#kill(victim)
    this.kills += 1
    this.#start(victim.seat)
  }

  /** Stops one, whichever it is, and goes on at once; it is woken after so long. */
  pauseOne(ms: number): void {
    const victim = this.#choose()
    if (victim === undefined) return
    const from = clockMs()
    signal(victim, 'SIGSTOP')
    const woken = pause(ms).then(() => {
      signal(victim, 'SIGCONT')
      this.pauses.push({ worker: victim.name, from, to: clockMs() })
    })
    this.#wakings.push(woken)
  }

  /** Ends every process that is still there. @returns when the last was seen dead */
  async end(): Promise<number> {
    await Promise.all(this.#wakings)
    await Promise.all([...this.#living].map((contender) => this.#kill(contender)))
    return clockMs()
  }

  #choose(): Contender | undefined {
    for (const contender of this.#living) requireAlive(contender)
    return this.#living[Math.floor(this.options.random() * this.#living.length)]
  }

  #start(seat: Seat): void {
    this.#started += 1
    const name = `run-${this.#started}`
    const seed = this.options.seed * 1_000 + this.#started
    const words: ContenderWords = { ...this.options.words, worker: name, host: seat.host, seed }
    const [program = '', ...args] = [...(seat.launcher ?? []), process.execPath, ...this.options.contender]
    const child = spawn(program, args, {
      env: { ...process.env, [WORDS]: JSON.stringify(words) },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const contender: Contender = { name, seat, child, ended: once(child, 'exit'), complaint: '' }
    child.stderr?.on('data', (text) => {
      contender.complaint += text
    })
    this.#living.push(contender)
  }

  async #kill(contender: Contender): Promise<void> {
    this.#living.splice(this.#living.indexOf(contender), 1)
    const from = clockMs()
    signal(contender, 'SIGKILL')
    await contender.ended
    this.deaths.set(contender.name, { from, to: clockMs() })
  }
}

function requireAlive({ name, child, complaint }: Contender): void {
  if (isRunning(child)) return
  const how = child.signalCode ?? `exit ${child.exitCode}`
  throw new StoreError(
    'store_unavailable',
    `${name}, a process that uses the store, ended by itself (${how}): ${complaint}`,
  )
}

/** Behind a launcher the process is the launcher's child, and that one is meant. */
function signal({ seat, child }: Contender, name: NodeJS.Signals): void {
  if (!isRunning(child)) return
  const pid = seat.launcher === undefined ? child.pid : childOf(child.pid ?? 0)
  if (pid !== undefined) process.kill(pid, name)
  else child.kill(name)
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

function childOf(pid: number): number | undefined {
  const file = `/proc/${pid}/task/${pid}/children`
  const [first] = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : []
  return first ? Number(first) : undefined
}

/** The built file of the package, or the source through tsx. @throws DevLoopsError `precondition_failed` without either */
export function contenderCommand(from: string = import.meta.url): readonly string[] {
  if (from.endsWith('.ts')) {
    return ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('./contender.ts', from))]
  }
  for (const up of ['./', '../', '../../', '../../../']) {
    const file = fileURLToPath(new URL(up + BUILT, from))
    if (existsSync(file)) return [file]
  }
  throw new DevLoopsError('precondition_failed', `${BUILT} is missing from this installation; install dev-loops again`)
}

export function historiesIn(folder: string, kind: HistoryKind): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(`history.${kind}.`))
    .map((name) => join(folder, name))
}
