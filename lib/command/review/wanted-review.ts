/** Whose review is wanted for which head, and what the record keeps of how that went. */

import { UsageError } from '../../errors.ts'
import { isReviewer } from '../../facts/identity.ts'
import type { ObservedPullRequest } from '../../facts/pull-request.ts'
import type { ReviewAsked, ReviewWanted } from '../../github/effects/request-review.ts'
import { accept, type Outcome, refuse } from '../../outcome.ts'
import { changeWork } from '../../sessions/perform.ts'
import type { Observed } from '../permission.ts'
import type { Acting } from '../services.ts'

const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?$/

/** @throws UsageError `invalid_value` when the given reviewer cannot be a login */
export function wantedReview({ input, pr }: Observed, given: string | undefined): Outcome<ReviewWanted> {
  if (given !== undefined && !LOGIN.test(given)) {
    throw new UsageError('invalid_value', `${JSON.stringify(given.slice(0, 60))} is not a login; give one, or copilot`)
  }
  if (given === undefined && !input.policy.ok) return input.policy
  const reviewer = given ?? (input.policy.ok ? input.policy.value.review.reviewer : 'none')
  if (reviewer === 'none') {
    return refuse('precondition_failed', 'policy names no reviewer (review.reviewer: none); nothing was asked')
  }
  if (pr.state !== 'OPEN' || pr.isDraft) {
    const what = pr.state === 'OPEN' ? 'a draft' : pr.state.toLowerCase()
    return refuse('precondition_failed', `#${pr.number} is ${what}; a review is asked for when it is open and ready`)
  }
  const { repo } = input.target
  return accept({ repo, number: pr.number, head: pr.head.sha, reviewer, askedBefore: lastAsked(pr, reviewer) })
}

function lastAsked({ reviewRequestEvents }: ObservedPullRequest, reviewer: string): string | null {
  const events = reviewRequestEvents.items.filter((event) => isReviewer(event.reviewer, reviewer))
  return (
    events
      .map(({ at }) => at)
      .sort()
      .at(-1) ?? null
  )
}

/** `next` reads from the record that the reviewer could not be asked for this head. */
export async function noteOutcome(asked: ReviewAsked, head: string, acting: Acting): Promise<Outcome<null>> {
  const reviewUnavailable = asked.outcome === 'unavailable' ? { head, reason: asked.reason ?? 'unknown' } : null
  return changeWork(acting, (work) => ({
    work: { ...work, reviewUnavailable },
    entry: { type: 'review_request', outcome: asked.outcome, reviewer: asked.reviewer, reason: asked.reason, head },
    result: null,
  }))
}
