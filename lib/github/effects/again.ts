/**
 * An open intent of a run that died, as the effect that it was, so that recovery can look for it.
 *
 * The texts that would be posted are not in the journal. So what comes back can only `find`: whether
 * the change is to be made at all is decided anew, from facts, by whoever goes on.
 */
import { z } from 'zod'
import type { Effect } from '../../sessions/effect.ts'
import type { Intent } from '../../sessions/work.ts'
import type { Json } from '../../store/store.ts'
import type { GitHubClient } from '../client.ts'
import { closeIssue } from './close-issue.ts'
import { createDraftPullRequest } from './create-draft-pull-request.ts'
import { markReady } from './mark-ready.ts'
import { mergePullRequest } from './merge-pull-request.ts'
import { postStatus } from './post-status.ts'
import { replyToThread } from './reply-to-thread.ts'
import { requestReview } from './request-review.ts'
import { resolveThread } from './resolve-thread.ts'

/** Looks for what was announced; `null` when it was not made. */
export type Look = (signal: AbortSignal) => Promise<Json>

const repo = z.string()
const number = z.number().int()
const head = z.string()
const threadId = z.string()

const BY_KIND: Readonly<Record<string, (params: unknown, client: GitHubClient) => Pick<Effect<Json>, 'find'>>> = {
  create_pull_request(params, client) {
    const read = z.object({ repo, branch: z.string(), base: z.string().nullable() }).parse(params)
    return createDraftPullRequest({ ...read, title: '', body: '' }, client)
  },
  mark_ready: (params, client) => markReady(z.object({ repo, number, head }).parse(params), client),
  merge_pull_request(params, client) {
    const method = z.enum(['squash', 'merge', 'rebase'])
    return mergePullRequest(z.object({ repo, number, head, method }).parse(params), client)
  },
  request_review(params, client) {
    const wanted = z.object({ repo, number, head, reviewer: z.string(), askedBefore: z.string().nullable() })
    return requestReview(wanted.parse(params), client)
  },
  reply_to_thread(params, client) {
    return replyToThread({ ...z.object({ repo, number, threadId, head }).parse(params), body: '' }, client)
  },
  resolve_thread: (params, client) => resolveThread(z.object({ repo, number, threadId }).parse(params), client),
  post_status(params, client) {
    const state = z.enum(['error', 'failure', 'pending', 'success'])
    const status = z.object({
      repo,
      sha: z.string(),
      context: z.string(),
      state,
      description: z.string(),
      targetUrl: z.string().nullable(),
    })
    return postStatus(status.parse(params), client)
  },
  close_issue: (params, client) => closeIssue(z.object({ repo, number }).parse(params), client),
}

/** @returns `null` when the intent is not one of GitHub's, or one that is only ever repeated (comments) */
export function lookAgain({ kind, params }: Pick<Intent, 'kind' | 'params'>, client: GitHubClient): Look | null {
  const effect = Object.hasOwn(BY_KIND, kind) ? BY_KIND[kind]?.(params, client) : undefined
  return effect ? (signal) => effect.find(signal) : null
}
