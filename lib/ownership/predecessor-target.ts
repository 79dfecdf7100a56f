/**
 * Parameters of the predecessor's library as values of ours: more is let through than on our own
 * lines (`pr: " 7 "`, times of three kinds), because it was there.
 */
import { endpointFor } from '../endpoint.ts'
import { UsageError } from '../errors.ts'
import { type NumberedTarget, parseHost, parseNumber, parseSlug } from '../target.ts'
import type { RunnerTarget, RunnerTime } from './predecessor-types.ts'

export function targetOf({ repo, pr, host, env = process.env }: RunnerTarget): NumberedTarget {
  return {
    host: host === undefined ? endpointFor(env).host : parseHost(host),
    repo: parseSlug(String(repo).trim()),
    number: parsePr(pr),
  }
}

/** The predecessor took whatever `Number` makes a positive whole number, such as `" 7 "`. */
export function parsePr(pr: number | string): number {
  return parseNumber(typeof pr === 'string' && pr.trim() !== '' ? String(Number(pr)) : String(pr))
}

/** @returns ISO 8601 text for the record; `undefined`: the store's wall clock will do */
export function timeText(time: RunnerTime | undefined): string | undefined {
  if (time === undefined || typeof time === 'string') return time
  return new Date(timeMs(time)).toISOString()
}

export function timeMs(time: RunnerTime): number {
  const ms = new Date(time).getTime()
  if (!Number.isNaN(ms)) return ms
  throw new UsageError('invalid_value', 'now is not a time', { now: String(time) })
}
