/**
 * One pull request read for the machines: checks, review, gates. One reading serves all of them, so that
 * no two can see it differently.
 */
import type { Policy } from '../../config/schema.ts'
import { reduceCi } from '../../facts/ci.ts'
import { conflictFilesOf } from '../../facts/conflicts.ts'
import { type ReviewSummary, summarizeReviews } from '../../facts/copilot-reviews.ts'
import { reduceMergeability } from '../../facts/mergeability.ts'
import type { ObservedPullRequest, PullRequestFacts } from '../../facts/pull-request.ts'
import { detectRefinement } from '../../facts/refinement.ts'
import { summarizeRoundSignal } from '../../facts/signals.ts'
import { type Spoken, summarizeSpoken } from '../../facts/spoken.ts'
import { summarizeThreads, type ThreadSummary } from '../../facts/threads.ts'
import { type GateReading, readGate } from '../../gates/evidence.ts'
import type { GateEvidence } from '../../gates/judge.ts'
import { type RetrospectiveReason, whyNotApproved } from '../../gates/retrospective.ts'
import type { Gate } from '../../gates/verdict.ts'
import type { DecisionInput } from '../decision.ts'
import { type AskedOf, ask, type FactsOf } from '../machine.ts'
import { type CiState, ci } from '../machines/ci.ts'
import { pullRequest } from '../machines/pull-request.ts'
import { type ReviewState, review } from '../machines/review.ts'
import { onlyTouches, touchesAny } from './files.ts'

export interface PullRequestReading {
  readonly pr: ObservedPullRequest
  readonly ci: AskedOf<typeof ci>
  readonly review: AskedOf<typeof review>
  readonly gates: AskedOf<typeof pullRequest>
  readonly reviews: ReviewSummary
  readonly threads: ThreadSummary
  readonly spoken: Spoken
  readonly draftGate: GateReading
  readonly preApproval: GateReading
  readonly refinement: 'settled' | 'missing'
  /** Why the look back that policy wants does not let it be merged; `null` when nothing is in the way. */
  readonly retrospective: RetrospectiveReason | null
}

/** What every reading starts from; `facts.pr` is there. */
interface Ground {
  readonly pr: ObservedPullRequest
  readonly facts: PullRequestFacts
  readonly policy: Policy
  readonly input: DecisionInput
}

export function readPullRequest(ground: Ground): PullRequestReading {
  const { pr, facts, policy, input } = ground
  const reviews = summarizeReviews(pr, policy.review.reviewer, input.work.reviewUnavailable)
  const threads = summarizeThreads(pr.threads, { viewer: facts.repository.viewer, answers: input.work.answers })
  const spoken = readSpoken(ground)
  const ciNow = ask(ci, reduceCi(pr.checks, ciReading(ground)))
  const reviewNow = ask(review, reviewFacts(ground, { ci: ciNow.state, reviews, threads, spoken }))
  const draftGate = readGate(gateEvidenceOf('draft_gate', ground))
  const preApproval = readGate(gateEvidenceOf('pre_approval_gate', ground))
  const refinement = refinementOf(pr, policy)
  const retrospective = retrospectiveOf(ground)
  const parts = { reviews, draftGate, preApproval, refinement, retrospective }
  const gates = ask(pullRequest, gateFacts(ground, { lifecycle: reviewNow.state, ...parts }))
  return { pr, ci: ciNow, review: reviewNow, gates, threads, spoken, ...parts }
}

function ciReading({ pr, policy, input }: Ground) {
  const { wait } = input.work
  const waits = wait?.state === 'waiting_for_ci' && wait.head === pr.head.sha
  return {
    head: pr.head.sha,
    whenNone: policy.checks.whenNone,
    graceMs: policy.checks.graceMs,
    waitingSinceMs: waits ? wait.sinceMs : null,
    nowMs: input.nowMs,
  }
}

interface ReviewParts {
  readonly ci: CiState
  readonly reviews: ReviewSummary
  readonly threads: ThreadSummary
  readonly spoken: Spoken
}

function reviewFacts(ground: Ground, { ci, reviews, threads, spoken }: ReviewParts): FactsOf<typeof review> {
  const { pr, policy } = ground
  return {
    pr: lifeOf(pr),
    ci,
    requireCi: policy.gates.draft.requireCi,
    spoken: policy.autonomy.stopAt.includes('comment') ? spoken.state : 'settled',
    threads: threads.state,
    reviewer: policy.review.reviewer === 'none' ? 'none' : 'asked',
    internal: onlyTouches(pr.files, policy.review.internalPaths),
    request: requestOf(ground, reviews, spoken),
    reviewed: reviews.reviewed,
    rounds: reviews.rounds !== null && reviews.rounds >= policy.review.maxRounds ? 'at_cap' : 'below',
    lowSignal: hasLowSignal(ground, reviews),
  }
}

function lifeOf(pr: ObservedPullRequest): FactsOf<typeof review>['pr'] {
  if (pr.state === 'MERGED') return 'merged'
  if (pr.state === 'CLOSED') return 'closed'
  return pr.isDraft ? 'draft' : 'open'
}

/** When the review began to be waited for: its request on GitHub, or our own note of it if that is older. */
export function reviewWaitSinceMs(
  pr: ObservedPullRequest,
  reviews: ReviewSummary,
  input: DecisionInput,
): number | null {
  const { wait } = input.work
  const noted = wait?.state === 'waiting_for_copilot_review' && wait.head === pr.head.sha ? [wait.sinceMs] : []
  const asked = reviews.openRequestAt === null ? Number.NaN : Date.parse(reviews.openRequestAt)
  const known = Number.isFinite(asked) ? [...noted, asked] : noted
  return known.length > 0 ? Math.min(...known) : null
}

function readSpoken({ pr, facts, policy, input }: Ground): Spoken {
  const hearing = { heardUntil: input.work.heardUntil, claimedAt: input.holdings.target?.since ?? null }
  const cast = { reviewer: policy.review.reviewer, viewer: facts.repository.viewer, author: pr.author }
  return summarizeSpoken(pr, hearing, cast)
}

/** A call is looked at only where a request would be made: what is under way goes on. */
function requestOf(ground: Ground, reviews: ReviewSummary, { calls }: Spoken): FactsOf<typeof review>['request'] {
  if (isOverdue(ground, reviews)) return 'overdue'
  return reviews.request === 'none' && calls.length > 0 ? 'called' : reviews.request
}

function isOverdue({ pr, input }: Ground, reviews: ReviewSummary): boolean {
  const sinceMs = reviewWaitSinceMs(pr, reviews, input)
  const over = sinceMs !== null && sinceMs + input.preference.wait.reviewLimitMs <= input.nowMs
  return reviews.request === 'requested' && over
}

function hasLowSignal({ pr, policy }: Ground, reviews: ReviewSummary): boolean {
  const { reviewer, stopOnLowSignal, lowSignalMaxComments, lowSignalRoundThreshold } = policy.review
  const reviewed = reviews.reviewed === 'before' || reviews.reviewed === 'on_head'
  if (!stopOnLowSignal || !reviewed || reviews.rounds === null || reviews.rounds <= lowSignalRoundThreshold)
    return false
  const signal = summarizeRoundSignal(pr.threads, { reviewer, since: reviews.previousRoundAt })
  return signal !== null && signal.comments <= lowSignalMaxComments && signal.highest !== 'high'
}

/** Everything that the question whether a gate is passed is answered from. */
export function gateEvidenceOf(gate: Gate, { pr, policy, input }: Omit<Ground, 'facts'>): GateEvidence {
  const { minimumAssurance, blockOn } = gate === 'draft_gate' ? policy.gates.draft : policy.gates.preApproval
  return {
    gate,
    repo: input.target.repo,
    pr: pr.number,
    head: pr.head.sha,
    author: pr.author,
    viewer: input.facts.repository.viewer,
    checks: pr.checks,
    record: input.work.verdicts[gate],
    policy: { minimumAssurance, blockOn },
    policyDigest: input.policyDigest ?? '',
    trusted: policy.trust.accounts,
  }
}

/** Exactly one issue must say when it is done; that of several is nobody's checklist. */
function refinementOf(pr: ObservedPullRequest, policy: Policy): 'settled' | 'missing' {
  if (!policy.gates.draft.requireRefinement) return 'settled'
  const [issue, ...others] = pr.closingIssues.items
  const known = pr.closingIssues.complete && issue !== undefined && others.length === 0
  return known && detectRefinement(issue.body) !== 'missing' ? 'settled' : 'missing'
}

function retrospectiveOf({ pr, policy, input }: Ground): RetrospectiveReason | null {
  return policy.merge.requireRetrospective ? whyNotApproved(input.work.retrospective, pr.head.sha) : null
}

/** Policy cannot take its own file out of its protection. */
const ALWAYS_PROTECTED = ['.devloops*']

interface GateParts {
  readonly lifecycle: ReviewState
  readonly reviews: ReviewSummary
  readonly draftGate: GateReading
  readonly preApproval: GateReading
  readonly refinement: 'settled' | 'missing'
  readonly retrospective: RetrospectiveReason | null
}

function gateFacts({ pr, policy, input }: Ground, parts: GateParts): FactsOf<typeof pullRequest> {
  const { lifecycle, reviews, draftGate, preApproval, refinement, retrospective } = parts
  const touched = touchesAny(pr.files, [...ALWAYS_PROTECTED, ...policy.protect.paths])
  const { stopAt } = policy.autonomy
  return {
    lifecycle,
    // A conflict that somebody left half resolved here is one, whatever GitHub says of the pushed commits.
    mergeability: conflictFilesOf(input.local, pr.head.branch).length > 0 ? 'conflict' : reduceMergeability(pr),
    draftGate: draftGate.state,
    preApproval: preApproval.state === 'earlier' ? 'none' : preApproval.state,
    refinement,
    formalRequest: needsRequest(reviews, policy) ? 'needed' : 'settled',
    onUnavailable: policy.review.onUnavailable,
    approval: isWithheld(pr) ? 'withheld' : 'settled',
    protectedPaths: touched === null ? null : touched ? 'touched' : 'untouched',
    retrospective: retrospective === null ? 'settled' : 'pending',
    stopAtDraft: stopAt.includes('draft-pr'),
    stopAtPreApproval: stopAt.includes('pre-approval'),
    stopAtMerge: stopAt.includes('merge'),
  }
}

function needsRequest({ request, everRequested, rounds }: ReviewSummary, policy: Policy): boolean {
  const below = rounds !== null && rounds < policy.review.maxRounds
  return policy.review.reviewer !== 'none' && request === 'none' && !everRequested && below
}

function isWithheld({ reviewDecision }: ObservedPullRequest): boolean {
  return reviewDecision === 'CHANGES_REQUESTED' || reviewDecision === 'REVIEW_REQUIRED'
}
