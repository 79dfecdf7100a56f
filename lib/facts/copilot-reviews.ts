/**
 * How the review by the asked reviewer stands: asked for, given, on which commits, how many rounds.
 *
 * A round is a distinct commit that the reviewer reviewed, not a review object: answering a thread
 * makes such an object too, and a dismissed review is none. Any list that is not whole leaves what is
 * counted on it unknown.
 */
import { isReviewer } from './identity.ts'
import type { ObservedPullRequest, ReviewFact } from './pull-request.ts'

/** `called`: a comment called the coding agent instead; `failed`: asking failed, and nobody knows why. */
export const REQUESTS = ['requested', 'overdue', 'unavailable', 'failed', 'called', 'none', null] as const
export const REVIEWED = ['never', 'before', 'on_head', 'changes_requested_on_head', null] as const

/** The reviewer could not be asked for this head, and why. */
interface RefusedRequest {
  readonly head: string
  readonly reason: string
}

export interface ReviewSummary {
  readonly request: Exclude<(typeof REQUESTS)[number], 'overdue' | 'called'>
  readonly reviewed: (typeof REVIEWED)[number]
  /** Distinct commits that the reviewer reviewed; `null` when the list of reviews is not whole. */
  readonly rounds: number | null
  /** Whether a request was ever made; unreadable history counts as never. */
  readonly everRequested: boolean
  /** When the request was made that has not been answered by any review since; `null`: not known. */
  readonly openRequestAt: string | null
  /** When the round before the newest one ended: what came later belongs to the newest. */
  readonly previousRoundAt: string | null
  /** Reviews of this head that ask for changes and say so in their own text. */
  readonly changesRequested: readonly ReviewFact[]
}

type Reviewing = Pick<ObservedPullRequest, 'head' | 'reviews' | 'reviewRequests' | 'reviewRequestEvents'>

export function summarizeReviews(pr: Reviewing, reviewer: string, unavailable: RefusedRequest | null): ReviewSummary {
  const theirs = pr.reviews.items.filter((review) => isReviewer(review.author, reviewer))
  const submitted = theirs.filter(countsAsRound).sort(bySubmission)
  const onHead = submitted.filter((review) => review.commit === pr.head.sha)
  const lastRequestedAt = newestRequest(pr, reviewer)

  return {
    request: requestOf(pr, reviewer, { theirs, onHead, lastRequestedAt, unavailable }),
    reviewed: reviewedOf(pr, submitted, onHead),
    rounds: pr.reviews.complete ? new Set(submitted.map((review) => review.commit)).size : null,
    everRequested: lastRequestedAt !== null,
    openRequestAt: openRequest(lastRequestedAt, submitted.at(-1)),
    previousRoundAt: previousRound(submitted),
    changesRequested: onHead.slice(-1).filter((review) => review.state === 'CHANGES_REQUESTED'),
  }
}

interface RequestEvidence {
  readonly theirs: readonly ReviewFact[]
  readonly onHead: readonly ReviewFact[]
  readonly lastRequestedAt: string | null
  readonly unavailable: RefusedRequest | null
}

function requestOf(pr: Reviewing, reviewer: string, evidence: RequestEvidence): ReviewSummary['request'] {
  const { theirs, onHead, lastRequestedAt, unavailable } = evidence
  if (theirs.some((review) => review.state === 'PENDING' && review.commit === pr.head.sha)) return 'requested'

  const listed = pr.reviewRequests.items.some((account) => isReviewer(account, reviewer))
  if (!listed && unavailable?.head === pr.head.sha) return unavailable.reason === 'unknown' ? 'failed' : 'unavailable'
  if (!listed) return pr.reviewRequests.complete ? 'none' : null

  const newest = onHead.at(-1)
  if (!newest || lastRequestedAt === null) return 'requested'
  // GitHub goes on listing a reviewer for a moment after the review; only a later request is open.
  return lastRequestedAt > (newest.submittedAt ?? '') ? 'requested' : 'none'
}

function reviewedOf(
  pr: Reviewing,
  submitted: readonly ReviewFact[],
  onHead: readonly ReviewFact[],
): ReviewSummary['reviewed'] {
  if (!pr.reviews.complete) return null
  const newest = onHead.at(-1)
  if (newest) return newest.state === 'CHANGES_REQUESTED' ? 'changes_requested_on_head' : 'on_head'
  return submitted.length > 0 ? 'before' : 'never'
}

function countsAsRound(review: ReviewFact): boolean {
  return review.state !== 'PENDING' && review.state !== 'DISMISSED' && review.commit !== null
}

function newestRequest(pr: Reviewing, reviewer: string): string | null {
  const instants = pr.reviewRequestEvents.items
    .filter((event) => isReviewer(event.reviewer, reviewer))
    .map((event) => event.at)
    .sort()
  return instants.at(-1) ?? null
}

function openRequest(requestedAt: string | null, newest: ReviewFact | undefined): string | null {
  return requestedAt !== null && requestedAt > (newest?.submittedAt ?? '') ? requestedAt : null
}

function previousRound(submitted: readonly ReviewFact[]): string | null {
  const newest = submitted.at(-1)
  const earlier = submitted.filter((review) => review.commit !== newest?.commit)
  return earlier.at(-1)?.submittedAt ?? null
}

function bySubmission(one: ReviewFact, other: ReviewFact): number {
  const [first, second] = [
    `${one.submittedAt ?? ''} ${one.state} ${one.id}`,
    `${other.submittedAt ?? ''} ${other.state} ${other.id}`,
  ]
  if (first === second) return 0
  return first < second ? -1 : 1
}
