/**
 * The predecessor's snapshot of our own review: twenty-two fields, read from a file or made of facts.
 *
 * A value that a field does not know falls to its default, as it did there. Only `null` in the three that
 * GitHub answers means "not known": a list of reviews or requests that was not whole.
 */
import { z } from 'zod'
import { mayReview, sameLogin } from '../../facts/identity.ts'
import type { ObservedPullRequest, ReviewFact } from '../../facts/pull-request.ts'
import { parseSnapshot } from './snapshot-shape.ts'

/** A key that may be left out; what stands there may be anything. */
const given = z.unknown().optional()

const flag = given.transform(Boolean)
const unlessUnknown = given.transform((value) => (value === null ? null : Boolean(value)))
const text = given.transform((value) => (typeof value === 'string' ? value.trim() || null : null))
const positive = given.transform((value) => {
  const number = Math.floor(Number(value ?? Number.NaN))
  return Number.isSafeInteger(number) && number > 0 ? number : null
})

function oneOf<const Name extends string>(names: readonly [Name, ...Name[]]) {
  return given.transform((value) => names.find((name) => name === value) ?? names[0])
}

/** What a local file may say of a review that is under way here. */
export const LocalReview = z.object({
  localPlanningStatus: oneOf(['none', 'determining', 'complete', 'failed']),
  localReviewRunsStatus: oneOf(['none', 'running', 'completed', 'failed']),
  localMergeStatus: oneOf(['none', 'ready', 'failed']),
  draftReviewPrepared: flag,
  draftReviewNotificationStatus: oneOf(['none', 'notified']),
  reviewSubmissionStatus: oneOf(['none', 'submitted', 'failed']),
})
export type LocalReview = z.infer<typeof LocalReview>

const STATES = ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED'] as const

const Fields = LocalReview.extend({
  prExists: flag,
  prNumber: positive,
  prDraft: flag,
  prMerged: flag,
  prClosed: flag,
  prHeadSha: text,
  reviewerLogin: text.transform((login) => login?.toLowerCase() ?? null),
  reviewRequested: unlessUnknown,
  draftReviewPosted: unlessUnknown,
  draftReviewId: positive,
  draftReviewUrl: text,
  draftReviewCommitSha: text,
  submittedReviewPresent: unlessUnknown,
  submittedReviewCommitSha: text,
  submittedReviewState: given.transform((value) => STATES.find((state) => state === value) ?? null),
})

export interface ReviewerSnapshot extends z.infer<typeof Fields> {
  readonly reviewerScope: 'single_reviewer' | 'all_reviewers'
}

/** @throws UsageError `invalid_value` for anything but an object */
export function normalizeReviewerSnapshot(raw: unknown): ReviewerSnapshot {
  const fields = parseSnapshot(Fields, raw)
  const there = fields.prExists ? {} : { prNumber: null, prHeadSha: null }
  return { ...fields, ...there, reviewerScope: fields.reviewerLogin === null ? 'all_reviewers' : 'single_reviewer' }
}

/** @throws UsageError `invalid_value` for anything but an object */
export function parseLocalReview(raw: unknown): LocalReview {
  return parseSnapshot(LocalReview, raw)
}

export interface ReviewerGround {
  /** `null`: GitHub says that there is none. */
  readonly pr: ObservedPullRequest | null
  readonly local: LocalReview
  /** What somebody who knows better says about the request. */
  readonly requested?: boolean | undefined
}

export function snapshotReviewer({ pr, local, requested }: ReviewerGround): ReviewerSnapshot {
  if (pr === null) return normalizeReviewerSnapshot({ ...local, reviewRequested: requested })
  const asked = pr.reviewRequests.items.filter((account) => mayReview(account, pr.author))
  const [only, ...others] = pr.reviewRequests.complete ? asked : []
  const login = only !== undefined && others.length === 0 ? only.login : null
  const ofAll = pr.reviews.items.filter(({ author }) => mayReview(author, pr.author))
  const ours = login === null ? ofAll : ofAll.filter(({ author }) => sameLogin(author?.login, login))
  // Somebody may be asked who is not listed: then only theirs would count, and nobody knows whose those are.
  const known = pr.reviewRequests.complete || asked.length > 1
  const standing = (isPending: boolean) => {
    const found = newest(ours.filter(({ state }) => (state === 'PENDING') === isPending))
    const present = found === undefined ? (pr.reviews.complete ? false : null) : known ? true : null
    return { present, review: present === true ? found : undefined }
  }
  const { present: isPending, review: pending } = standing(true)
  const { present: isSubmitted, review: submitted } = standing(false)
  const isAsked = asked.length > 0 ? true : pr.reviewRequests.complete ? false : null

  return normalizeReviewerSnapshot({
    ...local,
    prExists: true,
    prNumber: pr.number,
    prDraft: pr.isDraft,
    prMerged: pr.state === 'MERGED',
    prClosed: pr.state === 'CLOSED',
    prHeadSha: pr.head.sha,
    reviewerLogin: login,
    reviewRequested: requested ?? isAsked,
    draftReviewPosted: isPending,
    draftReviewId: pending ? idOf(pending) : null,
    draftReviewUrl: pending?.url ?? null,
    draftReviewCommitSha: pending?.commit ?? null,
    submittedReviewPresent: isSubmitted,
    submittedReviewCommitSha: submitted?.commit ?? null,
    submittedReviewState: submitted?.state ?? null,
  })
}

/** GitHub lists reviews as they were made; a pending one has no instant yet. */
function newest(reviews: readonly ReviewFact[]): ReviewFact | undefined {
  return reviews.reduce<ReviewFact | undefined>((before, review) => {
    return before && (before.submittedAt ?? '') > (review.submittedAt ?? '') ? before : review
  }, undefined)
}

/** The number by which REST names a review; it stands at the end of its address. */
function idOf({ url }: ReviewFact): number | null {
  const number = /#pullrequestreview-(\d+)$/.exec(url)?.[1]
  return number === undefined ? null : Number(number)
}
