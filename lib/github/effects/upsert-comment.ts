/**
 * One comment of ours under a key, for people to read: added once, then kept up to date in place.
 *
 * No rule reads it. A second one with the same key can only come from a write that landed late, and is
 * removed.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Effect } from '../../sessions/effect.ts'
import { RawActor } from '../answers/parts.ts'
import { readAnswer } from '../answers/read.ts'
import type { GitHubClient } from '../client.ts'
import { isOurs, marked, markerFor } from '../marker.ts'
import { COMMENTS_OF } from '../queries/lookups.ts'
import { ADD_COMMENT, DELETE_COMMENT, UPDATE_COMMENT } from '../queries/mutations.ts'
import { writeDeadlineMs, writeTimeoutMs } from './deadline.ts'

export interface KeyedComment {
  /** Node id of the pull request or issue. */
  readonly subjectId: string
  /** Such as `gate:draft_gate`; one comment for each. */
  readonly topic: string
  readonly body: string
}

export type Commented = { readonly commentId: string; readonly url: string }

/** The newest 500 comments; an older one of ours is followed by a second, which harms nobody. */
const MOST_PAGES = 5

const Comment = z.object({ id: z.string(), url: z.string(), body: z.string(), author: RawActor })
type Comment = z.infer<typeof Comment>

const Comments = z.object({
  viewer: z.object({ login: z.string() }),
  node: z.object({
    comments: z.object({
      pageInfo: z.object({ hasPreviousPage: z.boolean(), startCursor: z.string().nullable() }),
      nodes: z.array(Comment.nullable()),
    }),
  }),
})

const Made = z.object({ id: z.string(), url: z.string() })
const Added = z.object({ addComment: z.object({ commentEdge: z.object({ node: Made }) }) })
const Updated = z.object({ updateIssueComment: z.object({ issueComment: Made }) })

export function upsertComment(wanted: KeyedComment, client: GitHubClient): Effect<Commented> {
  const { subjectId, topic } = wanted
  const body = marked(wanted.body, topic)
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 16)
  const key = `comment:${subjectId}:${topic}:${digest}`
  return {
    kind: 'upsert_comment',
    key,
    level: 'checked',
    params: { subjectId, topic, digest },
    deadlineMs: writeDeadlineMs(client),
    async find(signal) {
      const [first, ...later] = await ours(wanted, client, signal)
      for (const { id } of later) await client.graphql(DELETE_COMMENT, { id }, { signal })
      return first?.body === body ? { commentId: first.id, url: first.url } : null
    },
    async act(signal) {
      const [first] = await ours(wanted, client, signal)
      const { id, url } = first ? await update(first.id) : await add()
      return { commentId: id, url }

      async function update(id: string) {
        const answer = await client.graphql(
          UPDATE_COMMENT,
          { key, id, body },
          { signal, timeoutMs: writeTimeoutMs(client) },
        )
        return readAnswer(Updated, answer).updateIssueComment.issueComment
      }
      async function add() {
        const answer = await client.graphql(
          ADD_COMMENT,
          { key, subjectId, body },
          { signal, timeoutMs: writeTimeoutMs(client) },
        )
        return readAnswer(Added, answer).addComment.commentEdge.node
      }
    },
  }
}

/** Oldest first. */
async function ours(wanted: KeyedComment, client: GitHubClient, signal: AbortSignal): Promise<readonly Comment[]> {
  let found: Comment[] = []
  let cursor: string | null = null
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const answer = await client.graphql(COMMENTS_OF, { id: wanted.subjectId, cursor }, { signal })
    const { viewer, node } = readAnswer(Comments, answer)
    const { pageInfo, nodes } = node.comments
    const mine = nodes.filter((comment): comment is Comment => comment !== null && isMarked(comment, viewer.login))
    found = [...mine, ...found]
    if (!pageInfo.hasPreviousPage || pageInfo.startCursor === null) return found
    cursor = pageInfo.startCursor
  }
  return found

  function isMarked({ author, body }: Comment, viewer: string): boolean {
    return isOurs(author, viewer) && body.includes(markerFor(wanted.topic))
  }
}
