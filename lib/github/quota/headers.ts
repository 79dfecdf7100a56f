/**
 * What the headers of an answer say of quotas: pure.
 *
 * GitHub names the end of a window by its own clock, so it is counted from the instant that the same
 * answer names, not from this machine's.
 */
import type { Resource, Seen } from './ledger.ts'

export interface SaidOfQuota {
  readonly seen: Seen | null
  /** How long GitHub asks to be left alone altogether; 0: it does not. */
  readonly pauseMs: number
}

/** A limit without a time: GitHub asks for a minute. */
const UNNAMED_PAUSE_MS = 60_000

export function readQuota(
  { status, headers }: { readonly status: number; readonly headers: Headers },
  { resource, nowMs }: { readonly resource: Resource; readonly nowMs: number },
): SaidOfQuota {
  return { seen: isOf(resource, headers) ? seenIn(headers, nowMs) : null, pauseMs: pauseOf(status, headers) }
}

/** REST has other quotas too, such as that of searching, which say nothing of this one. */
function isOf(resource: Resource, headers: Headers): boolean {
  const named = headers.get('x-ratelimit-resource')
  return named === null || named === resource
}

function seenIn(headers: Headers, nowMs: number): Seen | null {
  const limit = countIn(headers, 'x-ratelimit-limit')
  const remaining = countIn(headers, 'x-ratelimit-remaining')
  const resetSeconds = countIn(headers, 'x-ratelimit-reset')
  if (limit === null || remaining === null || resetSeconds === null) return null
  return { limit, remaining, untilMs: nowMs + resetSeconds * 1_000 - (instantOf(headers) ?? nowMs) }
}

/** A limit that is not the hourly one: too many requests at once, or too fast. */
function pauseOf(status: number, headers: Headers): number {
  const afterSeconds = countIn(headers, 'retry-after')
  if (afterSeconds !== null && (status === 200 || status === 403 || status === 429)) return afterSeconds * 1_000
  return status === 429 && headers.get('x-ratelimit-remaining') !== '0' ? UNNAMED_PAUSE_MS : 0
}

function instantOf(headers: Headers): number | null {
  const atMs = Date.parse(headers.get('date') ?? '')
  return Number.isFinite(atMs) ? atMs : null
}

function countIn(headers: Headers, name: string): number | null {
  const text = headers.get(name)
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : null
}
