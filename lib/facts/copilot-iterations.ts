/**
 * How the rounds of review went so far, in numbers for people: `summarizeCopilotLoopIterations` of the predecessor.
 *
 * No rule reads it. A number that rests on a list which is not whole is told as it is and marked as degraded; the
 * commits are not part of a pull request's facts, and what rests on them is `null` unless they are given.
 */
import { isReviewer } from './identity.ts'
import type { Listed, ObservedPullRequest } from './pull-request.ts'

const DEGRADED = [
  'timeline_page_cap',
  'reviews_page_cap',
  'review_comments_page_cap',
  'commits_page_cap',
  'review_threads_has_next_page',
] as const
type DegradedReason = (typeof DEGRADED)[number]

export interface CommitFact {
  readonly committedAt: string
  /** `null`: no account is known for it. */
  readonly authorLogin: string | null
}

export interface Iterating {
  readonly reviewer: string
  /** Whether a review is asked for right now and not given. */
  readonly isRequested: boolean
  /** `null`: not observed. */
  readonly commits: Listed<CommitFact> | null
}

export type IterationSummary =
  | { readonly available: false; readonly source: 'github_pr_timeline'; readonly reason: 'no_copilot_review_history' }
  | {
      readonly available: true
      readonly source: 'github_pr_timeline'
      readonly degraded?: true
      readonly degradedReasons?: readonly DegradedReason[]
      readonly completedCopilotReviewRounds: number
      readonly pendingCopilotReviewRounds: 0 | 1
      readonly copilotReviewRequests: number
      readonly copilotReviewComments: number
      readonly resolvedReviewThreads: number
      readonly unresolvedReviewThreads: number
      readonly fixCommitsAfterFeedback: number | null
    }

type Iterated = Pick<ObservedPullRequest, 'head' | 'reviews' | 'reviewRequestEvents' | 'threads'>

export function summarizeCopilotLoopIterations(pr: Iterated, iterating: Iterating): IterationSummary {
  const { reviewer, commits } = iterating
  const source = 'github_pr_timeline'
  const rounds = roundsOf(pr, reviewer)
  const requests = pr.reviewRequestEvents.items.filter((event) => isReviewer(event.reviewer, reviewer))
  const comments = pr.threads.items
    .flatMap((thread) => thread.comments.items)
    .filter((comment) => isReviewer(comment.author, reviewer))
  if (rounds.length + requests.length + comments.length === 0) {
    return { available: false, source, reason: 'no_copilot_review_history' }
  }

  const degradedReasons = degradedReasonsOf(pr, commits)
  const unresolved = pr.threads.items.filter((thread) => !thread.isResolved).length
  return {
    available: true,
    source,
    ...(degradedReasons.length > 0 ? { degraded: true, degradedReasons } : {}),
    completedCopilotReviewRounds: rounds.length,
    pendingCopilotReviewRounds: isPending(pr, rounds.at(-1), { requests, isRequested: iterating.isRequested }) ? 1 : 0,
    copilotReviewRequests: requests.length,
    copilotReviewComments: comments.length,
    resolvedReviewThreads: pr.threads.items.length - unresolved,
    unresolvedReviewThreads: unresolved,
    fixCommitsAfterFeedback: fixesAfter(comments.map(({ createdAt }) => createdAt).sort()[0], iterating),
  }
}

interface Round {
  readonly commit: string | null
  readonly at: string
}

/** One for each commit that was reviewed, with its last review; oldest first. */
function roundsOf({ reviews }: Iterated, reviewer: string): readonly Round[] {
  const byCommit = new Map<string | null, Round>()
  const submitted = reviews.items
    .filter(({ author, state }) => isReviewer(author, reviewer) && state !== 'PENDING' && state !== 'DISMISSED')
    .map(({ commit, submittedAt }) => ({ commit, at: submittedAt ?? '' }))
    .sort((one, other) => (one.at < other.at ? -1 : 1))
  for (const round of submitted) {
    byCommit.delete(round.commit)
    byCommit.set(round.commit, round)
  }
  return [...byCommit.values()]
}

interface Requested {
  readonly requests: readonly { readonly at: string }[]
  readonly isRequested: boolean
}

/** An open request means another round unless the newest round, of this very head, came after it. */
function isPending({ head }: Iterated, newest: Round | undefined, { requests, isRequested }: Requested): boolean {
  if (!isRequested) return false
  if (newest === undefined || requests.some(({ at }) => at > newest.at)) return true
  return newest.commit !== null && newest.commit !== head.sha
}

/** Commits of anybody else than the reviewer after its first remark. */
function fixesAfter(firstRemarkAt: string | undefined, { commits, reviewer }: Iterating): number | null {
  if (commits === null) return null
  if (firstRemarkAt === undefined) return 0
  const isTheirs = (login: string) => isReviewer({ login, isBot: true }, reviewer)
  return commits.items.filter(({ committedAt, authorLogin }) => {
    return committedAt > firstRemarkAt && authorLogin !== null && !isTheirs(authorLogin)
  }).length
}

function degradedReasonsOf(pr: Iterated, commits: Iterating['commits']): readonly DegradedReason[] {
  const cut: Readonly<Record<DegradedReason, boolean>> = {
    timeline_page_cap: !pr.reviewRequestEvents.complete,
    reviews_page_cap: !pr.reviews.complete,
    review_comments_page_cap: pr.threads.items.some((thread) => !thread.comments.complete),
    commits_page_cap: commits !== null && !commits.complete,
    review_threads_has_next_page: !pr.threads.complete,
  }
  return DEGRADED.filter((reason) => cut[reason])
}
