/**
 * Does everybody get a turn when sixteen processes change one record all the time?
 *
 * Compared with one process that has the record for itself, right before: a change of one of sixteen may
 * take sixteen times as long, and some patience; and nobody may be served much more often than others.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { clockMs } from '../../lib/testing/history.ts'
import { bundleWorker } from '../support/store-processes.ts'
import { median, percentile } from './median.ts'

export interface ContentionBench {
  readonly processes: number
  /** Of a process that has the record for itself. */
  readonly aloneMedianMs: number
  readonly p99Ms: number
  /** `p99Ms` in units of `processes` × `aloneMedianMs`; the promise is 5. */
  readonly p99Share: number
  /** Changes of the busiest process for each of the slowest; the promise is 3. */
  readonly busiestToSlowest: number
}

const PROCESSES = 16
/** Alone and together by turns and on one record: a disk is not equally quick all the time, nor everywhere. */
const ROUNDS = 3
/** Together so long that a process's first change, for which it compiles everything, is rarer than one in a hundred. */
const SECONDS = { alone: 2, together: 8 }
/** Until all have started, on a busy machine too. */
const START_MS = 3_000

/** @returns of each figure the middle one of all rounds */
export async function benchContention(parent: string = tmpdir()): Promise<ContentionBench> {
  const folder = mkdtempSync(join(parent, 'dev-loops-bench-'))
  try {
    const script = bundleWorker(fileURLToPath(new URL('../fixtures/store/turn-worker.ts', import.meta.url)), folder)
    const rounds: ContentionBench[] = []
    for (let round = 1; round <= ROUNDS; round += 1) rounds.push(await benchRound(script, join(folder, String(round))))
    const middle = (figure: keyof ContentionBench) => median(rounds.map((round) => round[figure]))
    return {
      processes: PROCESSES,
      aloneMedianMs: middle('aloneMedianMs'),
      p99Ms: middle('p99Ms'),
      p99Share: middle('p99Share'),
      busiestToSlowest: middle('busiestToSlowest'),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function benchRound(script: string, folder: string): Promise<ContentionBench> {
  const [alone = []] = await runWorkers(script, folder, 1, SECONDS.alone)
  const together = await runWorkers(script, folder, PROCESSES, SECONDS.together)

  const aloneMedianMs = median(alone)
  const p99Ms = percentile(together.flat(), 0.99)
  const counts = together.map(({ length }) => length)
  return {
    processes: PROCESSES,
    aloneMedianMs,
    p99Ms,
    p99Share: p99Ms / (PROCESSES * aloneMedianMs),
    busiestToSlowest: Math.max(...counts) / Math.min(...counts),
  }
}

async function runWorkers(script: string, state: string, count: number, seconds: number): Promise<readonly number[][]> {
  const beginsAt = clockMs() + START_MS
  const words = [script, state, String(beginsAt), String(beginsAt + seconds * 1_000)]
  return Promise.all(Array.from({ length: count }, () => answerOf(words)))
}

function answerOf(words: readonly string[]): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', (more) => {
      text += more
    })
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`a worker ended with ${code}`)),
    )
  })
}
