/**
 * Which remarks are still open, and which of these were answered: judged thread by thread.
 *
 * That the head moved answers nothing. A thread is answered when an answer to it is recorded and not
 * posted yet, or when its newest comment is ours. Instants are whole seconds, so of two comments made in
 * the same one that which stands later in the thread is newer. A thread in which only our account spoke
 * was opened by a person who shares it, and waits for an answer like any other.
 */
import { sameLogin } from './identity.ts'
import type { Listed, ThreadCommentFact, ThreadFact } from './pull-request.ts'

export const THREADS = ['none', 'answered', 'unanswered', null] as const

export interface ThreadSummary {
  readonly state: (typeof THREADS)[number]
  /** `null` when the list of threads is not whole. */
  readonly unresolved: number | null
  readonly unanswered: readonly ThreadFact[]
  readonly answered: readonly ThreadFact[]
}

export interface Answerer {
  readonly viewer: string
  /** Recorded answers by thread id. */
  readonly answers: Readonly<Record<string, { readonly body: string }>>
}

export function summarizeThreads(threads: Listed<ThreadFact>, by: Answerer): ThreadSummary {
  const open = threads.items.filter((thread) => !thread.isResolved)
  const answered = open.filter((thread) => isAnswered(thread, by) === true)
  const unanswered = open.filter((thread) => isAnswered(thread, by) === false)

  return {
    state: stateOf(threads.complete, { open: open.length, answered: answered.length, unanswered: unanswered.length }),
    unresolved: threads.complete ? open.length : null,
    unanswered,
    answered,
  }
}

function stateOf(
  complete: boolean,
  count: { readonly open: number; readonly answered: number; readonly unanswered: number },
): ThreadSummary['state'] {
  if (!complete || count.answered + count.unanswered < count.open) return null
  if (count.unanswered > 0) return 'unanswered'
  return count.open > 0 ? 'answered' : 'none'
}

/** @returns `null` when comments are missing and nothing recorded settles it */
export function isAnswered(thread: ThreadFact, { viewer, answers }: Answerer): boolean | null {
  const recorded = answers[thread.id]
  if (recorded && !wasPosted(thread, recorded.body, viewer)) return true
  if (!thread.comments.complete) return null

  const { items } = thread.comments
  const isOurs = (comment: ThreadCommentFact) => sameLogin(comment.author?.login, viewer)
  const [first, ...later] = items
  if (first === undefined) return false
  const newest = later.reduce((before, comment) => (comment.createdAt >= before.createdAt ? comment : before), first)
  return isOurs(newest) && !items.every(isOurs)
}

function wasPosted(thread: ThreadFact, body: string, viewer: string): boolean {
  return thread.comments.items.some(
    (comment) => sameLogin(comment.author?.login, viewer) && comment.body.includes(body.trim()),
  )
}
