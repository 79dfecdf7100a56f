/**
 * Real processes fight for pull requests in one file store while some are killed and others paused.
 *
 *   npx tsx test/chaos/ownership-chaos.ts [--seconds 20] [--workers 8] [--pulls 4] [--seed 1]
 *
 * Their histories must be linearizable against a model that knows nothing of the product, every call of
 * a living process that was not itself paused is answered within two seconds, and at the end, with all
 * of them dead, another run is granted every pull request within two seconds of the claim's end.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { openContest, perform, randomFrom } from '../fixtures/ownership/contender.ts'
import { clockMs, type Operation, openRecorder, readHistory } from '../support/history.ts'
import { checkHistory, type Verdict } from '../support/history-checker.ts'
import { type Deaths, type OwnerOp, type OwnerResult, ownerModel } from '../support/history-ownership.ts'

export interface ChaosOptions {
  readonly seconds: number
  readonly workers: number
  readonly pulls: number
  readonly seed: number
}

export interface ChaosReport {
  readonly operations: number
  readonly unanswered: number
  readonly kills: number
  readonly pauses: number
  /** One for each pull request. */
  readonly verdicts: readonly Verdict<OwnerOp, OwnerResult>[]
  /** Of all calls whose process was neither killed nor paused during them. */
  readonly slowestAnswerMs: number
  /** The first call on each pull request after each kill and pause, by a process that lived on. */
  readonly slowestAfterDisturbanceMs: number
  /** From the last death to the grant of the last pull request to another run; leases take up to 0.8 s of it. */
  readonly slowestGrantMs: number
  readonly said: Readonly<Record<string, number>>
}

type Done = Operation<OwnerOp, OwnerResult>

interface Contender {
  readonly run: string
  readonly child: ChildProcess
}

interface Span {
  readonly run: string
  readonly from: number
  readonly to: number
}

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const root = mkdtempSync(join(tmpdir(), 'dev-loops-chaos-'))
  const contest = new Contest(root, options)
  try {
    await contest.start()
    await contest.disturb()
    const slowestGrantMs = await contest.outlive()
    return contest.report(slowestGrantMs)
  } finally {
    await contest.end()
    rmSync(root, { recursive: true, force: true })
  }
}

class Contest {
  readonly #living: Contender[] = []
  readonly #deaths = new Map<string, { from: number; to: number }>()
  readonly #pauses: Span[] = []
  readonly #random: () => number
  #started = 0

  constructor(
    readonly root: string,
    readonly options: ChaosOptions,
  ) {
    this.#random = randomFrom(options.seed)
  }

  /** Bundled once, so that a new process starts in the time of a bare one. */
  async start(): Promise<void> {
    const entryPoint = fileURLToPath(new URL('../fixtures/ownership/contender.ts', import.meta.url))
    const outfile = join(this.root, 'contender.mjs')
    await build({
      entryPoints: [entryPoint],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    })
    for (let count = 0; count < this.options.workers; count += 1) this.#spawn()
  }

  async disturb(): Promise<void> {
    const endsAt = clockMs() + this.options.seconds * 1_000
    while (clockMs() < endsAt) {
      await pause(60 + this.#random() * 120)
      const victim = this.#living[Math.floor(this.#random() * this.#living.length)]
      if (victim === undefined) continue
      if (this.#random() < 0.5) await this.#kill(victim).then(() => this.#spawn())
      else this.#pauses.push(await this.#pauseFor(victim, 50 + this.#random() * 550))
    }
  }

  /** With everybody dead, one more run must get every pull request. @returns the longest it took */
  async outlive(): Promise<number> {
    const endedAt = await this.end()
    const ownership = openContest(join(this.root, 'state'))
    const recorder = openRecorder<OwnerOp, OwnerResult>(this.#historyFile('survivor'), 'survivor')
    const waits = []
    for (let number = 1; number <= this.options.pulls; number += 1)
      waits.push(this.#survive(number, ownership, recorder))
    const grantedAt = Math.max(...(await Promise.all(waits)))
    return grantedAt - endedAt
  }

  async #survive(
    number: number,
    ownership: ReturnType<typeof openContest>,
    recorder: ReturnType<typeof openRecorder<OwnerOp, OwnerResult>>,
  ): Promise<number> {
    const ask = (kind: OwnerOp['kind']) => {
      const op: OwnerOp = { kind, run: 'survivor', ttlMs: 60_000 }
      return recorder.record(String(number), op, () => perform(number, op, ownership))
    }
    for (let tries = 0; tries < 600; tries += 1) {
      // A claim with neither lease nor process never ends by itself; it is taken over.
      const { said } = await ask(tries % 2 === 0 ? 'claim' : 'takeover')
      if (said === 'claimed_new' || said === 'taken_over') return clockMs()
      await pause(20)
    }
    return Number.POSITIVE_INFINITY
  }

  report(slowestGrantMs: number): ChaosReport {
    const history = this.#history()
    const answered = history.filter((operation) => operation.result !== null)
    const undisturbed = answered.filter((operation) => !this.#wasPaused(operation))
    return {
      operations: history.length,
      unanswered: history.length - answered.length,
      kills: this.#deaths.size,
      pauses: this.#pauses.length,
      verdicts: this.#keys().map((key) => this.#check(history, key)),
      slowestAnswerMs: Math.max(...undisturbed.map(duration)),
      slowestAfterDisturbanceMs: this.#slowestAfterDisturbance(undisturbed),
      slowestGrantMs,
      said: countBy(answered, ({ op, result }) => `${op.kind}: ${result?.said}`),
    }
  }

  /** Ends every process that is still there. @returns when the last was seen dead */
  async end(): Promise<number> {
    await Promise.all([...this.#living].map((contender) => this.#kill(contender)))
    return clockMs()
  }

  #spawn(): void {
    this.#started += 1
    const run = `run-${this.#started}`
    const words = {
      folder: join(this.root, 'state'),
      historyFile: this.#historyFile(run),
      run,
      seed: this.options.seed * 1_000 + this.#started,
      pulls: this.options.pulls,
    }
    const child = spawn(process.execPath, [join(this.root, 'contender.mjs')], {
      env: { ...process.env, CONTENDER: JSON.stringify(words) },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    this.#living.push({ run, child })
  }

  async #kill({ run, child }: Contender): Promise<void> {
    this.#living.splice(
      this.#living.findIndex((each) => each.run === run),
      1,
    )
    const from = clockMs()
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }
    this.#deaths.set(run, { from, to: clockMs() })
  }

  async #pauseFor({ run, child }: Contender, ms: number): Promise<Span> {
    const from = clockMs()
    child.kill('SIGSTOP')
    await pause(ms)
    child.kill('SIGCONT')
    return { run, from, to: clockMs() }
  }

  #historyFile(run: string): string {
    return join(this.root, `history.${run}.jsonl`)
  }

  #history(): readonly Done[] {
    const files = readdirSync(this.root).filter((name) => name.startsWith('history.'))
    const deadAt = (run: string) => this.#deaths.get(run)?.to ?? Number.POSITIVE_INFINITY
    return readHistory(
      files.map((name) => join(this.root, name)),
      deadAt,
    )
  }

  #keys(): readonly string[] {
    return Array.from({ length: this.options.pulls }, (_, index) => String(index + 1))
  }

  #check(history: readonly Done[], key: string): Verdict<OwnerOp, OwnerResult> {
    const deaths: Deaths = this.#deaths
    return checkHistory(
      history.filter((operation) => operation.key === key),
      ownerModel(deaths),
    )
  }

  #wasPaused({ worker, calledAt, returnedAt }: Done): boolean {
    return this.#pauses.some(({ run, from, to }) => run === worker && from <= returnedAt && calledAt <= to)
  }

  #slowestAfterDisturbance(undisturbed: readonly Done[]): number {
    const instants = [...this.#pauses.map(({ from }) => from), ...[...this.#deaths.values()].map(({ from }) => from)]
    const firsts = instants.flatMap((instant) =>
      this.#keys().flatMap((key) => {
        const later = undisturbed.filter((each) => each.key === key && each.calledAt >= instant)
        return later.length === 0 ? [] : [later.reduce((a, b) => (a.calledAt <= b.calledAt ? a : b))]
      }),
    )
    return Math.max(...firsts.map(duration))
  }
}

function duration({ calledAt, returnedAt }: Done): number {
  return returnedAt - calledAt
}

function countBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1
  return Object.fromEntries(Object.entries(counts).sort())
}

function optionsFrom(argv: readonly string[]): ChaosOptions {
  const read = (name: string, fallback: number) => {
    const at = argv.indexOf(`--${name}`)
    return at < 0 ? fallback : Number(argv[at + 1])
  }
  return { seconds: read('seconds', 20), workers: read('workers', 8), pulls: read('pulls', 4), seed: read('seed', 1) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report = await runChaos(optionsFrom(process.argv.slice(2)))
  console.log(JSON.stringify(report, null, 2))
  const holds =
    report.verdicts.every(({ linearizable }) => linearizable) &&
    Math.max(report.slowestAnswerMs, report.slowestAfterDisturbanceMs, report.slowestGrantMs) < 2_000
  console.log(holds ? 'all bounds hold' : 'A BOUND IS BROKEN')
  process.exitCode = holds ? 0 : 1
}
