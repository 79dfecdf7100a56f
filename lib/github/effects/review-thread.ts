/** One review thread as it is right now, and the comments in it that carry a key of ours. */
import { z } from 'zod'
import { GitHubError } from '../../errors.ts'
import { RawActor } from '../answers/parts.ts'
import { readAnswer } from '../answers/read.ts'
import type { GitHubClient } from '../client.ts'
import { isOurs, markerFor } from '../marker.ts'
import { REVIEW_THREAD } from '../queries/lookups.ts'
import { ownerAndName } from '../repository.ts'

const Answer = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({ nameWithOwner: z.string() }),
  node: z.discriminatedUnion('__typename', [
    z.object({
      __typename: z.literal('PullRequestReviewThread'),
      id: z.string(),
      isResolved: z.boolean(),
      pullRequest: z.object({ number: z.number().int(), repository: z.object({ nameWithOwner: z.string() }) }),
      comments: z.object({
        nodes: z.array(z.object({ id: z.string(), url: z.string(), body: z.string(), author: RawActor }).nullable()),
      }),
    }),
  ]),
})

export interface ThreadAt {
  readonly repo: string
  readonly number: number
  readonly threadId: string
}

export interface Thread {
  readonly isResolved: boolean
  /** Our own comments with this key, oldest first. */
  ours(key: string): readonly { readonly id: string; readonly url: string }[]
}

/** @throws GitHubError `precondition_failed` when the thread is another pull request's; `target_not_found` */
export async function readThread(at: ThreadAt, client: GitHubClient, signal: AbortSignal): Promise<Thread> {
  const answer = await client.graphql(REVIEW_THREAD, { ...ownerAndName(at.repo), id: at.threadId }, { signal })
  const { viewer, node, repository } = readAnswer(Answer, answer)
  const { number, repository: its } = node.pullRequest
  if (number !== at.number || its.nameWithOwner !== repository.nameWithOwner) {
    throw new GitHubError(
      'precondition_failed',
      `thread ${at.threadId} is not of ${at.repo}#${at.number}; take its id from threads list`,
    )
  }
  const ours = node.comments.nodes.filter((comment) => comment !== null && isOurs(comment.author, viewer.login))
  return {
    isResolved: node.isResolved,
    ours: (key) => ours.flatMap((comment) => (comment?.body.includes(markerFor(key)) ? comment : [])),
  }
}
