/** Where a pull request stands, read right before and after it is made ready or merged. */
import { z } from 'zod'
import { GitHubError } from '../../errors.ts'
import { readAnswer } from '../answers/read.ts'
import type { GitHubClient } from '../client.ts'
import { PULL_REQUEST_STATE } from '../queries/lookups.ts'
import { ownerAndName } from '../repository.ts'

const Answer = z.object({
  repository: z.object({
    pullRequest: z.object({
      id: z.string(),
      number: z.number().int(),
      url: z.string(),
      state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
      isDraft: z.boolean(),
      headRefOid: z.string(),
      mergedAt: z.string().nullable(),
      mergeCommit: z.object({ oid: z.string() }).nullable(),
    }),
  }),
})
export type PullRequestState = z.infer<typeof Answer>['repository']['pullRequest']

export interface PullRequestAt {
  readonly repo: string
  readonly number: number
  /** The commit that the decision was made for. */
  readonly head: string
}

/** @throws GitHubError `target_not_found` when there is no such pull request */
export async function readState(
  { repo, number }: Pick<PullRequestAt, 'repo' | 'number'>,
  client: GitHubClient,
  signal: AbortSignal,
): Promise<PullRequestState> {
  const answer = await client.graphql(PULL_REQUEST_STATE, { ...ownerAndName(repo), number }, { signal })
  return readAnswer(Answer, answer).repository.pullRequest
}

/** @throws GitHubError `head_moved`, or `precondition_failed` when it is not open */
export function requireOpenAt(state: PullRequestState, head: string): void {
  if (state.state !== 'OPEN') {
    const message = `#${state.number} is ${state.state.toLowerCase()}; look again with next`
    throw new GitHubError('precondition_failed', message, { state: state.state })
  }
  if (state.headRefOid !== head) throw headMoved(head, state.headRefOid)
}

export function headMoved(expected: string, found: string): GitHubError {
  const message = `the head is ${found} now, and this was decided for ${expected}; ask next again`
  return new GitHubError('head_moved', message, { expected, found })
}
