/**
 * How the rounds of review went so far, in numbers for people: `summarizeCopilotLoopIterations` of the predecessor.
 *
 * No rule reads it. A number that rests on a list which is not whole is told as it is and marked as degraded; of a
 * list that was not seen at all, and of commits that were not asked for, it is `null`.
 */
import { isReviewer } from './identity.ts'
import type { ObservedPullRequest } from './pull-request.ts'

const DEGRADED = [
  'timeline_page_cap',
  'reviews_page_cap',
  'review_comments_page_cap',
  'commits_page_cap',
  'review_threads_has_next_page',
] as const
type DegradedReason = (typeof DEGRADED)[number]

export interface Iterating {
  readonly reviewer: string
  /** Whether a review is asked for right now and not given; `null`: not known. */
  readonly isRequested: boolean | null
}

export type IterationSummary =
  | {
      readonly available: false
      readonly source: 'github_pr_timeline'
      readonly reason: 'no_copilot_review_history' | 'lists_not_whole'
    }
  | {
      readonly available: true
      readonly source: 'github_pr_timeline'
      readonly degraded?: true
      readonly degradedReasons?: readonly DegradedReason[]
      readonly completedCopilotReviewRounds: number
      readonly pendingCopilotReviewRounds: 0 | 1 | null
      readonly copilotReviewRequests: number
      readonly copilotReviewComments: number | null
      readonly resolvedReviewThreads: number | null
      readonly unresolvedReviewThreads: number | null
      readonly fixCommitsAfterFeedback: number | null
    }

type Iterated = Pick<ObservedPullRequest, 'head' | 'reviews' | 'reviewRequestEvents' | 'threads' | 'history'>

export function summarizeCopilotLoopIterations(pr: Iterated, iterating: Iterating): IterationSummary {
  const { reviewer } = iterating
  const source = 'github_pr_timeline'
  const rounds = roundsOf(pr, reviewer)
  const requests = pr.reviewRequestEvents.items.filter((event) => isReviewer(event.reviewer, reviewer))
  const comments = pr.threads.items
    .flatMap((thread) => thread.comments.items)
    .filter((comment) => isReviewer(comment.author, reviewer))
  if (rounds.length + requests.length + comments.length === 0) {
    const whole = pr.reviews.complete && pr.reviewRequestEvents.complete && pr.threads.complete
    return { available: false, source, reason: whole ? 'no_copilot_review_history' : 'lists_not_whole' }
  }

  const degradedReasons = degradedReasonsOf(pr)
  const unresolved = pr.threads.items.filter((thread) => !thread.isResolved).length
  const unlessUnseen = (count: number) => (isUnseen(pr.threads) ? null : count)
  return {
    available: true,
    source,
    ...(degradedReasons.length > 0 ? { degraded: true, degradedReasons } : {}),
    completedCopilotReviewRounds: rounds.length,
    pendingCopilotReviewRounds: pendingRounds(pr, rounds.at(-1), { requests, isRequested: iterating.isRequested }),
    copilotReviewRequests: requests.length,
    copilotReviewComments: unlessUnseen(comments.length),
    resolvedReviewThreads: unlessUnseen(pr.threads.items.length - unresolved),
    unresolvedReviewThreads: unlessUnseen(unresolved),
    fixCommitsAfterFeedback: fixesAfter(comments.map(({ createdAt }) => createdAt).sort()[0], pr, reviewer),
  }
}

/** Nothing of it was given, so nothing can be counted. */
function isUnseen({ items, complete }: ObservedPullRequest['threads']): boolean {
  return items.length === 0 && !complete
}

interface Round {
  readonly commit: string | null
  readonly at: string
}

/** One for each commit that was reviewed, with its last review; oldest first. */
function roundsOf(pr: Iterated, reviewer: string): readonly Round[] {
  const byCommit = new Map<string | null, Round>()
  for (const round of reviewsOf(pr, reviewer)) {
    byCommit.delete(round.commit)
    byCommit.set(round.commit, round)
  }
  return [...byCommit.values()]
}

function reviewsOf({ reviews }: Iterated, reviewer: string): readonly Round[] {
  return reviews.items
    .filter(({ author, state }) => isReviewer(author, reviewer) && state !== 'PENDING' && state !== 'DISMISSED')
    .map(({ commit, submittedAt }) => ({ commit, at: submittedAt ?? '' }))
    .sort((one, other) => (one.at < other.at ? -1 : 1))
}

interface Requested {
  readonly requests: readonly { readonly at: string }[]
  readonly isRequested: boolean | null
}

/** An open request means another round unless the newest round, of this very head, came after it. */
function pendingRounds({ head }: Iterated, newest: Round | undefined, { requests, isRequested }: Requested) {
  if (isRequested === null) return null
  if (!isRequested) return 0
  if (newest === undefined || requests.some(({ at }) => at > newest.at)) return 1
  return newest.commit !== null && newest.commit !== head.sha ? 1 : 0
}

/**
 * Commits of anybody else than the reviewer after its first remark. What stands behind the commit that was remarked
 * on came later, whatever the clock of its author said; where that commit is not listed, the clock is all there is.
 */
function fixesAfter(firstRemarkAt: string | undefined, pr: Iterated, reviewer: string): number | null {
  if (pr.history === null || isUnseen(pr.threads)) return null
  if (firstRemarkAt === undefined) return 0
  const { items } = pr.history
  const remarkedOn = reviewsOf(pr, reviewer).find(({ at }) => at >= firstRemarkAt)?.commit ?? null
  const place = items.findIndex(({ oid }) => oid === remarkedOn)
  const later = place < 0 ? items.filter(({ committedAt }) => committedAt > firstRemarkAt) : items.slice(place + 1)
  const isTheirs = (login: string) => isReviewer({ login, isBot: true }, reviewer)
  return later.filter(({ authorLogin }) => authorLogin !== null && !isTheirs(authorLogin)).length
}

function degradedReasonsOf(pr: Iterated): readonly DegradedReason[] {
  const cut: Readonly<Record<DegradedReason, boolean>> = {
    timeline_page_cap: !pr.reviewRequestEvents.complete,
    reviews_page_cap: !pr.reviews.complete,
    review_comments_page_cap: pr.threads.items.some((thread) => !thread.comments.complete),
    commits_page_cap: pr.history !== null && !pr.history.complete,
    review_threads_has_next_page: !pr.threads.complete,
  }
  return DEGRADED.filter((reason) => cut[reason])
}
