/** An issue by its number: what a pull request for it needs, and what it says of being done. */
import { z } from 'zod'
import { readAnswer } from './answers/read.ts'
import type { GitHubClient } from './client.ts'
import { ISSUE_STATE } from './queries/lookups.ts'
import { ownerAndName } from './repository.ts'

const Answer = z.object({
  repository: z.object({
    issue: z.object({
      id: z.string(),
      number: z.number().int(),
      title: z.string(),
      body: z.string(),
      state: z.enum(['OPEN', 'CLOSED']),
    }),
  }),
})
export type IssueState = z.infer<typeof Answer>['repository']['issue']

/** @throws GitHubError `target_not_found` when the number is not an issue's */
export async function readIssue(
  { repo, number }: { readonly repo: string; readonly number: number },
  client: GitHubClient,
  signal: AbortSignal,
): Promise<IssueState> {
  const answer = await client.graphql(ISSUE_STATE, { ...ownerAndName(repo), number }, { signal })
  return readAnswer(Answer, answer).repository.issue
}
