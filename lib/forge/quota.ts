/**
 * GitHub's hourly budget of points, kept for each account. It begins anew when the forge starts.
 */
import type { Quota } from './graphql/context.ts'

const LIMIT = 5000
const HOUR_MS = 3_600_000

export class Quotas {
  readonly #used = new Map<string, { used: number; resetAtMs: number }>()

  read(login: string): Quota {
    const { used, resetAtMs } = this.#current(login)
    const resetAt = `${new Date(resetAtMs).toISOString().slice(0, 19)}Z`
    return { limit: LIMIT, used, remaining: Math.max(0, LIMIT - used), resetAt }
  }

  charge(login: string, points: number): void {
    this.#current(login).used += points
  }

  /** For tests: leaves the account this many points. */
  leave(login: string, remaining: number): void {
    this.#current(login).used = LIMIT - remaining
  }

  #current(login: string): { used: number; resetAtMs: number } {
    const kept = this.#used.get(login)
    if (kept && kept.resetAtMs > Date.now()) return kept
    const fresh = { used: 0, resetAtMs: Date.now() + HOUR_MS }
    this.#used.set(login, fresh)
    return fresh
  }
}

export function quotaHeaders(quota: Quota, resource: string): Record<string, string> {
  return {
    'x-ratelimit-limit': String(quota.limit),
    'x-ratelimit-remaining': String(quota.remaining),
    'x-ratelimit-used': String(quota.used),
    'x-ratelimit-reset': String(Math.floor(Date.parse(quota.resetAt) / 1000)),
    'x-ratelimit-resource': resource,
  }
}
