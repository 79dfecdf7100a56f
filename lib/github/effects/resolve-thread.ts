/** A review thread is settled. Whether it was answered is the caller's rule; here it is only made so, once. */
import type { Effect } from '../../sessions/effect.ts'
import type { GitHubClient } from '../client.ts'
import { RESOLVE_THREAD } from '../queries/mutations.ts'
import { writeDeadlineMs, writeTimeoutMs } from './deadline.ts'
import { readThread, type ThreadAt } from './review-thread.ts'

export type Resolved = { readonly threadId: string; readonly isResolved: true }

export function resolveThread(at: ThreadAt, client: GitHubClient): Effect<Resolved> {
  const { repo, number, threadId } = at
  const key = `resolve:${threadId}`
  return {
    kind: 'resolve_thread',
    key,
    level: 'checked',
    params: { repo, number, threadId },
    deadlineMs: writeDeadlineMs(client),
    async find(signal) {
      const { isResolved } = await readThread(at, client, signal)
      return isResolved ? { threadId, isResolved } : null
    },
    async act(signal) {
      await client.graphql(RESOLVE_THREAD, { key, threadId }, { signal, timeoutMs: writeTimeoutMs(client) })
      return { threadId, isResolved: true }
    },
  }
}
