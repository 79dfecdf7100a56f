/**
 * Histories of concurrent calls: written by the processes that make the calls, read by the checker.
 *
 * A call is noted before it is made and its answer right after, one line each, with the monotonic
 * clock of the machine, which all its processes share. A process that is killed between the two leaves
 * a call without answer: it may have happened or not.
 */
import { appendFileSync, readFileSync } from 'node:fs'

interface Call<Op> {
  readonly id: string
  readonly worker: string
  readonly key: string
  readonly op: Op
  readonly calledAt: number
}

export interface Operation<Op, Result> extends Call<Op> {
  /** When the answer came; of a killed call: when its process was seen dead. */
  readonly returnedAt: number
  /** `null`: killed before the answer. */
  readonly result: Result | null
}

export interface Recorder<Op, Result> {
  record(key: string, op: Op, act: () => Promise<Result>): Promise<Result>
}

export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export function openRecorder<Op, Result>(file: string, worker: string): Recorder<Op, Result> {
  let calls = 0
  return {
    async record(key, op, act) {
      calls += 1
      const id = `${worker}#${calls}`
      appendFileSync(file, `${JSON.stringify({ id, worker, key, op, calledAt: clockMs() })}\n`)
      const result = await act()
      appendFileSync(file, `${JSON.stringify({ id, returnedAt: clockMs(), result })}\n`)
      return result
    },
  }
}

/** @param deadAt when a worker that left a call open was seen dead */
export function readHistory<Op, Result>(
  files: readonly string[],
  deadAt: (worker: string) => number,
): readonly Operation<Op, Result>[] {
  const calls: Call<Op>[] = []
  const answers = new Map<string, { returnedAt: number; result: Result }>()
  for (const line of files.flatMap(linesOf)) {
    if ('calledAt' in line) calls.push(line as unknown as Call<Op>)
    else answers.set(String(line.id), line as unknown as { returnedAt: number; result: Result })
  }
  return calls.map((call) => {
    const { returnedAt, result } = answers.get(call.id) ?? { returnedAt: deadAt(call.worker), result: null }
    return { ...call, returnedAt, result }
  })
}

/** The last line of a killed writer may be cut off; everything before it is whole. */
function linesOf(file: string): readonly Record<string, unknown>[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.slice(0, -1).map((line) => JSON.parse(line))
}
