/**
 * The predecessor's answer about our own review of a pull request.
 */
import { type Asked, ask, type FactsOf } from '../machine.ts'
import { type ReviewerState, reviewer } from '../machines/reviewer.ts'
import type { ReviewerSnapshot } from './reviewer-snapshot.ts'

type ReviewerFacts = FactsOf<typeof reviewer>

export interface ReviewerLoopState {
  readonly snapshot: ReviewerSnapshot
  readonly state: ReviewerState
  readonly ruleId: string
  readonly allowedTransitions: readonly ReviewerState[]
  readonly nextActionCode: string
  readonly nextAction: string
}

export function interpretReviewerLoopState(snapshot: ReviewerSnapshot): ReviewerLoopState {
  const { state, rule } = readReviewer(snapshot)
  const { next, to } = reviewer.states[state]
  return {
    snapshot,
    state,
    ruleId: rule,
    allowedTransitions: [...to],
    nextActionCode: next?.step ?? 'report_blocked',
    nextAction: ACTIONS[state],
  }
}

function readReviewer(snapshot: ReviewerSnapshot): Asked<typeof reviewer.facts, ReviewerState> {
  return ask(reviewer, reviewerFacts(snapshot))
}

function reviewerFacts(snapshot: ReviewerSnapshot): ReviewerFacts {
  const { prHeadSha, draftReviewCommitSha, submittedReviewCommitSha } = snapshot
  return {
    pr: lifeOf(snapshot),
    failed: [
      snapshot.reviewSubmissionStatus,
      snapshot.localPlanningStatus,
      snapshot.localReviewRunsStatus,
      snapshot.localMergeStatus,
    ].includes('failed'),
    pending: standing(snapshot.draftReviewPosted, draftReviewCommitSha, prHeadSha),
    notified: snapshot.draftReviewNotificationStatus === 'notified',
    submitted: standing(snapshot.submittedReviewPresent, submittedReviewCommitSha, prHeadSha),
    requested: snapshot.reviewRequested,
    submission: snapshot.reviewSubmissionStatus === 'submitted',
    prepared: snapshot.draftReviewPrepared || snapshot.localMergeStatus === 'ready',
    runs: snapshot.localReviewRunsStatus === 'failed' ? 'none' : snapshot.localReviewRunsStatus,
    planning: snapshot.localPlanningStatus === 'determining',
  }
}

function lifeOf({ prExists, prMerged, prClosed, prDraft }: ReviewerSnapshot): ReviewerFacts['pr'] {
  if (!prExists) return 'missing'
  if (prMerged || prClosed) return 'over'
  return prDraft ? 'draft' : 'open'
}

/** Only two commits that are both known can differ. */
function standing(present: boolean | null, commit: string | null, head: string | null): ReviewerFacts['pending'] {
  if (present === null) return null
  if (!present) return 'none'
  return commit !== null && head !== null && commit.toLowerCase() !== head.toLowerCase() ? 'outdated' : 'standing'
}

const ACTIONS: { readonly [State in ReviewerState]: string } = {
  waiting_for_review_request: 'Wait until a review is asked for.',
  review_requested: 'Capture what the review is about, and plan it.',
  determine_review_plan: 'Choose the angles of the review.',
  reviews_running: 'Wait for the runs of the review.',
  merge_results: 'Merge what the runs found.',
  draft_review_ready: 'Create the pending review.',
  draft_review_posted: 'Show the address of the pending review to whoever submits it.',
  waiting_for_user_submit: 'Whoever made the pending review submits it.',
  submitted_review: 'The fix loop goes on; wait for the author.',
  review_invalidated: 'Discard the pending review: the head moved.',
  facts_unproved: 'Look again: a list of reviews or requests was not whole.',
  blocked_needs_user_decision: 'Tell a person: a step of the review failed.',
}
