/**
 * GitHub's hourly budgets, kept for each account: points of GraphQL, requests of REST (`core`). They begin
 * anew when the forge starts.
 */
import type { Quota } from './graphql/context.ts'

export const QUOTA_RESOURCES = ['graphql', 'core'] as const
export type QuotaResource = (typeof QUOTA_RESOURCES)[number]

/** For tests: what is left of a budget, and when it is full again. */
export interface QuotaLeft {
  readonly resource?: QuotaResource
  readonly remaining: number
  /** Default: an hour, or what is left of it. */
  readonly resetInMs?: number
}

const LIMIT = 5000
const HOUR_MS = 3_600_000

export class Quotas {
  readonly #used = new Map<string, { used: number; resetAtMs: number }>()

  read(login: string, resource: QuotaResource): Quota {
    const { used, resetAtMs } = this.#current(login, resource)
    const resetAt = `${new Date(Math.ceil(resetAtMs / 1000) * 1000).toISOString().slice(0, 19)}Z`
    return { limit: LIMIT, used, remaining: Math.max(0, LIMIT - used), resetAt }
  }

  charge(login: string, resource: QuotaResource, points: number): void {
    this.#current(login, resource).used += points
  }

  leave(login: string, { resource = 'graphql', remaining, resetInMs }: QuotaLeft): void {
    const current = this.#current(login, resource)
    current.used = LIMIT - remaining
    if (resetInMs !== undefined) current.resetAtMs = Date.now() + resetInMs
  }

  #current(login: string, resource: QuotaResource): { used: number; resetAtMs: number } {
    const key = `${resource} ${login}`
    const kept = this.#used.get(key)
    if (kept && kept.resetAtMs > Date.now()) return kept
    const fresh = { used: 0, resetAtMs: Date.now() + HOUR_MS }
    this.#used.set(key, fresh)
    return fresh
  }
}

export function quotaHeaders(quota: Quota, resource: QuotaResource): Record<string, string> {
  return {
    'x-ratelimit-limit': String(quota.limit),
    'x-ratelimit-remaining': String(quota.remaining),
    'x-ratelimit-used': String(quota.used),
    'x-ratelimit-reset': String(Math.floor(Date.parse(quota.resetAt) / 1000)),
    'x-ratelimit-resource': resource,
  }
}
