/**
 * Which threads are to be resolved, and which answer is posted first: pure.
 *
 * A recorded answer that is not in its thread yet is posted with the head that it speaks of. A thread
 * that may or may not be answered, because GitHub gave only part of it, is left alone.
 */
import { sameLogin } from '../../facts/identity.ts'
import { summarizeThreads } from '../../facts/threads.ts'
import type { Observed } from '../permission.ts'
import { answererOf } from './describe-threads.ts'

export interface Resolution {
  readonly repo: string
  readonly number: number
  readonly threadId: string
  /** `null`: it has been answered, or the caller takes the responsibility. */
  readonly reply: { readonly body: string; readonly head: string } | null
}

export interface ResolutionPlan {
  readonly resolutions: readonly Resolution[]
  /** Unresolved threads without an answer of ours. */
  readonly unanswered: readonly string[]
}

/** @param named the threads that the caller named; `null`: every answered one */
export function planResolutions({ input, pr }: Observed, named: readonly string[] | null): ResolutionPlan {
  const { repo } = input.target
  const { viewer } = input.facts.repository
  const summary = summarizeThreads(pr.threads, answererOf(input))
  const threadIds = named ?? summary.answered.map(({ id }) => id)
  return {
    resolutions: threadIds.map((threadId) => ({ repo, number: pr.number, threadId, reply: replyFor(threadId) })),
    unanswered: summary.unanswered.map(({ id }) => id).filter((id) => !threadIds.includes(id)),
  }

  function replyFor(threadId: string): Resolution['reply'] {
    const recorded = input.work.answers[threadId]
    if (!recorded || isPosted(threadId, recorded.body)) return null
    return { body: recorded.body, head: recorded.head ?? pr.head.sha }
  }

  // The key of an effect names the head, so after a push in between only the text itself is found again.
  function isPosted(threadId: string, body: string): boolean {
    const thread = pr.threads.items.find(({ id }) => id === threadId)
    const ours = thread?.comments.items.filter(({ author }) => sameLogin(author?.login, viewer)) ?? []
    return ours.some((comment) => comment.body.includes(body.trim()))
  }
}
