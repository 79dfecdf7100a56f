/**
 * How long a write may still land after it was announced. Recovery waits this long before it looks, so
 * it is also the time limit of everything that is sent for it.
 */
import type { GitHubClient } from '../client.ts'

export function writeDeadlineMs(client: Pick<GitHubClient, 'timeoutMs'>): number {
  return Math.min(30_000, client.timeoutMs)
}

/** Leaves room for the request to end before the effect's own signal ends it, so that its error says what happened. */
export function writeTimeoutMs(client: Pick<GitHubClient, 'timeoutMs'>): number {
  return Math.round((writeDeadlineMs(client) * 5) / 6)
}
