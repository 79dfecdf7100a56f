/**
 * A draft becomes ready for review, unless it moved on since that was decided.
 *
 * GitHub does not compare the head here, so the comparison is ours, right before: level `checked`.
 */
import type { Effect } from '../../sessions/effect.ts'
import type { GitHubClient } from '../client.ts'
import { MARK_READY } from '../queries/mutations.ts'
import { writeDeadlineMs, writeTimeoutMs } from './deadline.ts'
import { type PullRequestAt, readState, requireOpenAt } from './pull-request-state.ts'

export type Ready = { readonly number: number; readonly head: string }

export function markReady(at: PullRequestAt, client: GitHubClient): Effect<Ready> {
  const { repo, number, head } = at
  const key = `ready:${repo}#${number}:${head}`
  return {
    kind: 'mark_ready',
    key,
    level: 'checked',
    params: { repo, number, head },
    deadlineMs: writeDeadlineMs(client),
    async find(signal) {
      const state = await readState(at, client, signal)
      requireOpenAt(state, head)
      return state.isDraft ? null : { number, head }
    },
    async act(signal) {
      const { id } = await readState(at, client, signal)
      await client.graphql(MARK_READY, { key, id }, { signal, timeoutMs: writeTimeoutMs(client) })
      return { number, head }
    },
  }
}
