/**
 * Histories of concurrent calls: written by the processes that make the calls, read by the checker.
 *
 * A call is noted before it is made and its answer right after, one line each, with the monotonic clock
 * of the machine, which all its processes share. Three ends are told apart. An answer. No answer: the
 * process was killed or the call failed, so it may have happened, or happen yet. And a failure that
 * proves that nothing happened, which takes the call out of the history.
 */
import { appendFileSync, readFileSync } from 'node:fs'

interface Call<Op> {
  readonly id: string
  readonly worker: string
  /** What the call is about: histories of different keys are checked apart. */
  readonly key: string
  readonly op: Op
  readonly calledAt: number
}

export interface Operation<Op, Result> extends Call<Op> {
  /** When the answer came; of a call without answer: when it can no longer take effect. */
  readonly returnedAt: number
  /** `null`: nobody knows whether it happened. */
  readonly result: Result | null
  /** Code or message of the failure, when it ended in one. */
  readonly failure?: string
}

export interface Recorder<Op, Result> {
  /** Passes on what `act` answers or throws. */
  record(key: string, op: Op, act: () => Promise<Result>): Promise<Result>
}

export interface RecorderOptions {
  /** Whether a failure proves that the call changed nothing; without it no failure does. */
  readonly changedNothing?: (error: unknown) => boolean
}

/** Milliseconds since the start of the machine, the same for all its processes. */
export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/**
 * Begins the part of a history that this process writes.
 *
 * @param file   of this process alone; made when it is not there
 * @param worker name of this process in the history, used by no other
 */
export function recordHistory<Op, Result>(
  file: string,
  worker: string,
  options: RecorderOptions = {},
): Recorder<Op, Result> {
  const { changedNothing = () => false } = options
  const note = (line: object) => appendFileSync(file, `${JSON.stringify(line)}\n`)
  let calls = 0

  return {
    async record(key, op, act) {
      calls += 1
      const id = `${worker}#${calls}`
      note({ id, worker, key, op, calledAt: clockMs() })
      try {
        const result = await act()
        note({ id, returnedAt: clockMs(), result })
        return result
      } catch (error) {
        note({
          id,
          failedAt: clockMs(),
          failure: nameOf(error),
          why: String(error),
          changedNothing: changedNothing(error),
        })
        throw error
      }
    },
  }
}

type End =
  | { readonly returnedAt: number; readonly result: unknown }
  | { readonly failedAt: number; readonly failure: string; readonly changedNothing: boolean }

/**
 * Joins the parts of all processes, in no particular order.
 *
 * @param openUntil when a call of `worker` that was never answered can no longer take effect: for a store
 *   on this machine when its process was seen dead. Without an instant it never can't, which is always
 *   right and makes the check say less.
 */
export function readHistory<Op, Result>(
  files: readonly string[],
  openUntil: (worker: string) => number = () => Number.POSITIVE_INFINITY,
): readonly Operation<Op, Result>[] {
  const calls: Call<Op>[] = []
  const ends = new Map<string, End>()
  for (const line of files.flatMap(linesOf)) {
    if ('calledAt' in line) calls.push(line as unknown as Call<Op>)
    else ends.set(String(line.id), line as unknown as End)
  }
  return calls.flatMap((call): Operation<Op, Result>[] => {
    const end = ends.get(call.id)
    if (end === undefined) return [{ ...call, returnedAt: openUntil(call.worker), result: null }]
    if ('returnedAt' in end) return [{ ...call, returnedAt: end.returnedAt, result: end.result as Result }]
    if (end.changedNothing) return []
    return [{ ...call, returnedAt: openUntil(call.worker), result: null, failure: end.failure }]
  })
}

export interface Failure {
  readonly failure: string
  /** Proved, so that the call is no part of the history. */
  readonly changedNothing: boolean
}

/** Every call that ended in a failure. */
export function readFailures(files: readonly string[]): readonly Failure[] {
  const lines = files.flatMap(linesOf).filter((line) => 'failedAt' in line)
  return lines.map(({ failure, changedNothing }) => ({
    failure: String(failure),
    changedNothing: changedNothing === true,
  }))
}

/** The last line of a killed writer may be cut off; everything before it is whole. */
function linesOf(file: string): readonly Record<string, unknown>[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.slice(0, -1).map((line) => JSON.parse(line))
}

/** The code of the error, and of the system's below it: what can be counted. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, details } = error as { code?: unknown; details?: { errno?: unknown } }
  const named = [code, details?.errno].filter((part) => typeof part === 'string')
  return named.length > 0 ? named.join(' ') : error.message
}
