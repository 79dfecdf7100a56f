/**
 * The entries of a pull request's lists in our words. `null` says "cannot be understood", which makes
 * the list incomplete; nothing is dropped silently.
 */
import type {
  CheckRunFact,
  ClosingIssueFact,
  CommentFact,
  Listed,
  ReviewFact,
  StatusContextFact,
  ThreadCommentFact,
  ThreadFact,
} from '../../facts/pull-request.ts'
import type {
  RawCheckContext,
  RawClosingIssue,
  RawComment,
  RawReview,
  RawReviewRequestEvent,
  RawThread,
  RawThreadComment,
} from '../answers/pull-request.ts'
import { accountOf, oneOf, reviewerOf } from './parts.ts'

export const REVIEW_STATES = ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING'] as const

export function reviewOf(raw: RawReview): ReviewFact | null {
  const state = oneOf(REVIEW_STATES, raw.state)
  if (state === null) return null
  const { id, submittedAt, url, body } = raw
  return { id, state, author: accountOf(raw.author), commit: raw.commit?.oid ?? null, submittedAt, url, body }
}

export function threadOf(raw: RawThread, comments: Listed<ThreadCommentFact>): ThreadFact {
  const { id, isResolved, isOutdated, path, line } = raw
  return { id, isResolved, isOutdated, path, line, comments }
}

export function threadCommentOf(raw: RawThreadComment): ThreadCommentFact {
  const { id, body, createdAt, url } = raw
  return { id, author: accountOf(raw.author), body, createdAt, url }
}

export function commentOf(raw: RawComment): CommentFact {
  const { id, authorAssociation, body, createdAt, updatedAt, url } = raw
  return { id, author: accountOf(raw.author), authorAssociation, body, createdAt, updatedAt, url }
}

export function reviewRequestEventOf(
  raw: RawReviewRequestEvent,
): { at: string; reviewer: ReviewFact['author'] } | null {
  if (raw.createdAt === undefined) return null
  return { at: raw.createdAt, reviewer: reviewerOf(raw.requestedReviewer) }
}

export function checkContextOf(raw: RawCheckContext): CheckRunFact | StatusContextFact | null {
  if ('unknown' in raw) return null
  if (raw.__typename === 'StatusContext') {
    const { context, state, description, targetUrl, createdAt, isRequired = null } = raw
    const creator = accountOf(raw.creator)
    return { type: 'status', context, state, description, targetUrl, createdAt, creator, isRequired }
  }
  const { name, status, conclusion, startedAt, completedAt, summary, detailsUrl, isRequired = null } = raw
  const app = raw.checkSuite.app?.slug ?? null
  const ran = { status, conclusion, startedAt, completedAt, url: detailsUrl, summary, isRequired }
  return { type: 'check_run', name, app, ...ran }
}

export function closingIssueOf(raw: RawClosingIssue): ClosingIssueFact | null {
  const state = oneOf(['OPEN', 'CLOSED'], raw.state)
  if (state === null) return null
  const { number, title, body } = raw
  return { number, repo: raw.repository.nameWithOwner.toLowerCase(), state, title, body }
}
