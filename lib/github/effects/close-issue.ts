/** An issue whose work is merged is closed, when the merge did not close it (a base that is not the default branch). */
import { z } from 'zod'
import type { Effect } from '../../sessions/effect.ts'
import { readAnswer } from '../answers/read.ts'
import type { GitHubClient } from '../client.ts'
import { ISSUE_STATE } from '../queries/lookups.ts'
import { CLOSE_ISSUE } from '../queries/mutations.ts'
import { ownerAndName } from '../repository.ts'
import { WRITE_DEADLINE_MS, WRITE_TIMEOUT_MS } from './deadline.ts'

export type IssueClosed = { readonly number: number; readonly state: 'CLOSED' }

const Answer = z.object({
  repository: z.object({ issue: z.object({ id: z.string(), number: z.number().int(), state: z.string() }) }),
})

export function closeIssue(
  { repo, number }: { readonly repo: string; readonly number: number },
  client: GitHubClient,
): Effect<IssueClosed> {
  const read = async (signal: AbortSignal) => {
    const answer = await client.graphql(ISSUE_STATE, { ...ownerAndName(repo), number }, { signal })
    return readAnswer(Answer, answer).repository.issue
  }
  return {
    kind: 'close_issue',
    key: `close:${repo}#${number}`,
    level: 'checked',
    params: { repo, number },
    deadlineMs: WRITE_DEADLINE_MS,
    find: async (signal) => ((await read(signal)).state === 'CLOSED' ? { number, state: 'CLOSED' } : null),
    async act(signal) {
      const { id } = await read(signal)
      await client.graphql(CLOSE_ISSUE, { id }, { signal, timeoutMs: WRITE_TIMEOUT_MS })
      return { number, state: 'CLOSED' }
    },
  }
}
