/** An issue whose work is merged is closed, when the merge did not close it (a base that is not the default branch). */
import type { Effect } from '../../sessions/effect.ts'
import type { GitHubClient } from '../client.ts'
import { CLOSE_ISSUE } from '../queries/mutations.ts'
import { readIssue } from '../read-issue.ts'
import { writeDeadlineMs, writeTimeoutMs } from './deadline.ts'

export type IssueClosed = { readonly number: number; readonly state: 'CLOSED' }

export function closeIssue(
  at: { readonly repo: string; readonly number: number },
  client: GitHubClient,
): Effect<IssueClosed> {
  const { repo, number } = at
  const key = `close:${repo}#${number}`
  return {
    kind: 'close_issue',
    key,
    level: 'checked',
    params: { repo, number },
    deadlineMs: writeDeadlineMs(client),
    find: async (signal) =>
      (await readIssue(at, client, signal)).state === 'CLOSED' ? { number, state: 'CLOSED' } : null,
    async act(signal) {
      const { id } = await readIssue(at, client, signal)
      await client.graphql(CLOSE_ISSUE, { key, id }, { signal, timeoutMs: writeTimeoutMs(client) })
      return { number, state: 'CLOSED' }
    },
  }
}
