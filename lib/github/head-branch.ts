/** Whose branch a pull request is: asked before its first claim, because the branch is claimed beside it. */
import { z } from 'zod'
import type { NumberedTarget } from '../target.ts'
import { readAnswer } from './answers/read.ts'
import type { GitHubClient } from './client.ts'
import { HEAD_BRANCH } from './queries/lookups.ts'
import { ownerAndName } from './repository.ts'

const Answer = z.object({
  repository: z.object({
    id: z.string(),
    nameWithOwner: z.string(),
    pullRequest: z
      .object({
        state: z.string(),
        headRefName: z.string(),
        headRefOid: z.string(),
        isCrossRepository: z.boolean(),
        headRepository: z.object({ nameWithOwner: z.string() }).nullable(),
      })
      .nullable(),
  }),
})

export interface PullRequestHead {
  readonly branch: string
  readonly repo: string
  /** Node id of the repository that the pull request is in. */
  readonly repositoryId: string
  /** Its commit, where the owner may be shown; `null` when the pull request is closed or comes from a fork. */
  readonly openAt: string | null
}

/**
 * @returns the branch and the repository that it is in (a fork's, for a pull request from one; the
 *   target's own when GitHub does not say because the fork is gone); `null` when there is no such
 *   pull request
 */
export async function readHeadBranch(
  client: GitHubClient,
  target: NumberedTarget,
  signal?: AbortSignal,
): Promise<PullRequestHead | null> {
  const answer = await client.graphql(
    HEAD_BRANCH,
    { ...ownerAndName(target.repo), number: target.number },
    { signal, mayBeMissing: (path) => path === 'repository.pullRequest' },
  )
  const { pullRequest, nameWithOwner, id: repositoryId } = readAnswer(Answer, answer).repository
  if (pullRequest === null) return null
  const repo = pullRequest.headRepository?.nameWithOwner ?? nameWithOwner
  const { state, headRefName, headRefOid, isCrossRepository } = pullRequest
  const ours = state === 'OPEN' && !isCrossRepository
  return { branch: headRefName, repo: repo.toLowerCase(), repositoryId, openAt: ours ? headRefOid : null }
}
