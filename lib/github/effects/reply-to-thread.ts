/**
 * An answer in a review thread, posted once for each head that it speaks of. Another text is another
 * answer: people may go on talking without a push in between.
 *
 * Two of ours with the same key can only come from a write that landed after its sender had died; the
 * later one is removed when it is seen.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Effect } from '../../sessions/effect.ts'
import { readAnswer } from '../answers/read.ts'
import type { GitHubClient } from '../client.ts'
import { marked } from '../marker.ts'
import { DELETE_THREAD_COMMENT, REPLY_TO_THREAD } from '../queries/mutations.ts'
import { writeDeadlineMs, writeTimeoutMs } from './deadline.ts'
import { readThread, type ThreadAt } from './review-thread.ts'

export type Replied = { readonly threadId: string; readonly commentId: string; readonly url: string }

export interface Reply extends ThreadAt {
  /** The commit that the answer speaks of. */
  readonly head: string
  /** Posted as it is. */
  readonly body: string
}

const Answer = z.object({
  addPullRequestReviewThreadReply: z.object({ comment: z.object({ id: z.string(), url: z.string() }) }),
})

export function replyToThread(reply: Reply, client: GitHubClient): Effect<Replied> {
  const { repo, number, threadId, head } = reply
  const text = createHash('sha256').update(reply.body).digest('hex').slice(0, 12)
  const key = `reply:${threadId}:${head}:${text}`
  return {
    kind: 'reply_to_thread',
    key,
    level: 'checked',
    params: { repo, number, threadId, head },
    deadlineMs: writeDeadlineMs(client),
    async find(signal) {
      const [first, ...later] = (await readThread(reply, client, signal)).ours(key)
      for (const { id } of later) await client.graphql(DELETE_THREAD_COMMENT, { id }, { signal })
      return first ? { threadId, commentId: first.id, url: first.url } : null
    },
    async act(signal) {
      const variables = { key, threadId, body: marked(reply.body, key) }
      const answer = await client.graphql(REPLY_TO_THREAD, variables, { signal, timeoutMs: writeTimeoutMs(client) })
      const { id, url } = readAnswer(Answer, answer).addPullRequestReviewThreadReply.comment
      return { threadId, commentId: id, url }
    },
  }
}
