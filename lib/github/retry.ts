/**
 * How often a read is asked again, and how long is waited in between.
 *
 * Only reads come here: a write that failed may have been made, and only a look for its key can tell.
 * A wait that GitHub names is honoured when it is short; a longer one is handed to the caller, who can
 * park its lease, rather than slept through with a claim running out.
 */
import { GitHubError } from '../errors.ts'
import { isTimeout, isTransient } from './failures.ts'

export interface Patience {
  readonly attempts: number
  /** The longest wait for a rate limit that is slept through here. */
  readonly longestLimitMs: number
  /** No attempt begins later than this after the first. */
  readonly giveUpAfterMs: number
}

export const PATIENCE: Patience = { attempts: 4, longestLimitMs: 10_000, giveUpAfterMs: 45_000 }

export interface Pace {
  now(): number
  /** Rejects as soon as the signal aborts. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>
  /** From 0 up to 1. */
  random(): number
}

interface Attempting {
  readonly pace: Pace
  readonly signal: AbortSignal | undefined
  /** Failures that the caller wants to hear of at once. */
  readonly stopAt?: ((error: GitHubError) => boolean) | undefined
}

const NEVER = () => false

export async function withRetries<T>(
  read: () => Promise<T>,
  patience: Patience,
  { pace, signal, stopAt = NEVER }: Attempting,
): Promise<T> {
  const startedMs = pace.now()
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof GitHubError) || stopAt(error)) throw error
      const waitMs = waitBefore(attempt + 1, error, { patience, random: pace.random() })
      if (waitMs === null || pace.now() - startedMs + waitMs > patience.giveUpAfterMs) throw error
      await pace.sleep(waitMs, signal).catch((stopped: unknown) => {
        throw isTimeout(signal?.reason) ? error : stopped
      })
    }
  }
}

/** @returns milliseconds until this attempt (2, 3, …) should begin; `null`: it should not */
function waitBefore(
  attempt: number,
  error: GitHubError,
  { patience, random }: { readonly patience: Patience; readonly random: number },
): number | null {
  if (attempt > patience.attempts) return null
  if (error.code === 'rate_limited') {
    const waitMs = Number(error.details.retryAfterMs)
    return waitMs <= patience.longestLimitMs ? Math.round(waitMs * (1 + random / 10)) : null
  }
  if (!isTransient(error)) return null
  return Math.round(250 * 3 ** (attempt - 2) * (0.5 + random))
}

export const REAL_PACE: Pace = {
  now: () => performance.now(),
  random: () => Math.random(),
  async sleep(ms, signal) {
    const { setTimeout } = await import('node:timers/promises')
    await setTimeout(ms, undefined, signal ? { signal } : {})
  },
}
