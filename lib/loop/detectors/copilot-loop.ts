/**
 * What `detect-copilot-loop-state` answers: the machine `review`, in the predecessor's words.
 *
 * Nothing is decided here. A snapshot is turned into facts of that machine, or a live reading is taken as it
 * is, and the state gets the name it had there. Where the machine knows more than the old names could say,
 * `machineState` and `ruleId` say it: a draft was `pr_draft` whatever its checks said, and red checks were
 * for a person at once.
 */
import type { Policy } from '../../config/schema.ts'
import { failedChecks } from '../../facts/ci.ts'
import { type IterationSummary, summarizeCopilotLoopIterations } from '../../facts/copilot-iterations.ts'
import { summarizeRoundSignal } from '../../facts/signals.ts'
import { type Classified, classify, type FactsOf } from '../machine.ts'
import { type ReviewState, review } from '../machines/review.ts'
import type { PullRequestReading } from '../readings/pull-request.ts'
import type { CopilotSnapshot } from './copilot-snapshot.ts'
import { CONTRACT, type ContractState } from './copilot-words.ts'

export interface CopilotLoopAnswer {
  readonly snapshot: CopilotSnapshot
  readonly state: ContractState
  readonly allowedTransitions: readonly ContractState[]
  readonly nextAction: string
  readonly autoRerequestEligible: boolean
  readonly sameHeadCleanConverged: boolean
  readonly loopDisposition: string
  readonly terminal: boolean
  readonly machineState: ReviewState
  readonly ruleId: string
}

/** A snapshot knows neither files nor comments: no file counts as internal, and nobody said anything. */
export function classifySnapshot(snapshot: CopilotSnapshot, policy: Policy): Classified<ReviewState> {
  return classify(review, factsOf(snapshot, policy))
}

function factsOf(snapshot: CopilotSnapshot, policy: Policy): FactsOf<typeof review> {
  const { ciStatus, copilotReviewRequestStatus: request, copilotReviewRoundCount: rounds } = snapshot
  return {
    pr: lifeOf(snapshot),
    ci: ciStatus ?? 'unknown',
    requireCi: policy.gates.draft.requireCi,
    spoken: 'settled',
    threads: threadsOf(snapshot),
    reviewer: 'asked',
    internal: false,
    request: REQUEST[request ?? 'unknown'],
    reviewed: reviewedOf(snapshot),
    rounds: request === 'round_cap_reached' || (rounds ?? 0) >= policy.review.maxRounds ? 'at_cap' : 'below',
    lowSignal: hasLowSignal(snapshot, policy),
  }
}

function lifeOf(snapshot: CopilotSnapshot): FactsOf<typeof review>['pr'] {
  if (!snapshot.prExists) return 'missing'
  if (snapshot.prMerged) return 'merged'
  if (snapshot.prClosed) return 'closed'
  return snapshot.prDraft || snapshot.copilotReviewRequestStatus === 'suppressed_draft' ? 'draft' : 'open'
}

function threadsOf({ unresolvedThreadCount, agentFixStatus }: CopilotSnapshot): FactsOf<typeof review>['threads'] {
  if (unresolvedThreadCount === null) return null
  if (unresolvedThreadCount === 0) return 'none'
  return agentFixStatus === 'applied' ? 'answered' : 'unanswered'
}

/** The refusals that other facts of the machine already mean leave the request as it is: not made. */
const REQUEST = {
  requested: 'requested',
  'already-requested': 'requested',
  unavailable: 'unavailable',
  failed: 'failed',
  blocked_by_copilot_comment: 'called',
  none: 'none',
  suppressed_draft: 'none',
  round_cap_reached: 'none',
  suppressed_same_head_clean: 'none',
  no_changes_since_last_review: 'none',
  unknown: null,
} as const

const ALREADY_REVIEWED: readonly (string | null)[] = ['suppressed_same_head_clean', 'no_changes_since_last_review']

function reviewedOf(snapshot: CopilotSnapshot): FactsOf<typeof review>['reviewed'] {
  const { copilotReviewPresent: present, copilotReviewOnCurrentHead: onHead } = snapshot
  if (onHead === true || ALREADY_REVIEWED.includes(snapshot.copilotReviewRequestStatus)) return 'on_head'
  // How many rounds there were bounds the next request, so with an unknown count none may be made.
  if (present === null || onHead === null || snapshot.copilotReviewRoundCount === null) return null
  return present ? 'before' : 'never'
}

function hasLowSignal(snapshot: CopilotSnapshot, { review: { ...rules } }: Policy): boolean {
  const { copilotReviewRoundCount: rounds, actionableThreadCount: open, lastCopilotRoundMaxSignal: signal } = snapshot
  if (!rules.stopOnLowSignal || rounds === null || open === null || snapshot.copilotReviewPresent !== true) return false
  return rounds > rules.lowSignalRoundThreshold && open <= rules.lowSignalMaxComments && signal !== 'high'
}

/** The same sixteen fields of a pull request that was observed. */
export function snapshotOf(seen: PullRequestReading, policy: Policy): CopilotSnapshot {
  const { pr, ci, reviews, threads } = seen
  const bare = {
    ...EMPTY,
    prExists: true,
    prNumber: pr.number,
    prMerged: pr.state === 'MERGED',
    prClosed: pr.state === 'CLOSED',
  }
  if (pr.state !== 'OPEN') return bare
  const { reviewer } = policy.review
  const signal = summarizeRoundSignal(pr.threads, { reviewer, since: reviews.previousRoundAt })
  return {
    ...bare,
    prDraft: pr.isDraft,
    copilotReviewRequestStatus: requestStatusOf(seen),
    copilotReviewPresent: reviews.reviewed === null ? null : reviews.reviewed !== 'never',
    copilotReviewOnCurrentHead:
      reviews.reviewed === null
        ? null
        : reviews.reviewed === 'on_head' || reviews.reviewed === 'changes_requested_on_head',
    unresolvedThreadCount: threads.unresolved,
    actionableThreadCount: threads.state === null ? null : threads.unanswered.length,
    copilotReviewRoundCount: reviews.rounds,
    ciStatus: CI[ci.state],
    lastCopilotRoundMaxSignal: signal?.highest ?? null,
    agentFixStatus: threads.state === 'answered' ? 'applied' : null,
    failureDetails: failedChecks(pr.checks).map(({ name }) => name),
  }
}

const CI = {
  success: 'success',
  crediblyGreen: 'crediblyGreen',
  failure: 'failure',
  needs_approval: 'failure',
  pending: 'pending',
  none: 'none',
  unknown: null,
} as const

function requestStatusOf({ review: { state }, reviews }: PullRequestReading) {
  return state === 'blocked_by_copilot_comment' ? 'blocked_by_copilot_comment' : reviews.request
}

export const EMPTY: CopilotSnapshot = {
  prExists: false,
  prNumber: null,
  prDraft: false,
  prMerged: false,
  prClosed: false,
  copilotReviewRequestStatus: 'none',
  copilotReviewPresent: false,
  copilotReviewOnCurrentHead: false,
  unresolvedThreadCount: 0,
  actionableThreadCount: 0,
  copilotReviewRoundCount: 0,
  ciStatus: 'none',
  lastCopilotRoundMaxSignal: null,
  agentFixStatus: null,
  failureDetails: [],
  excludedFailureDetails: [],
}

/** How the rounds of a pull request that was observed went so far. */
export function iterationsOf({ pr, reviews }: PullRequestReading, policy: Policy): IterationSummary {
  const { reviewer } = policy.review
  const isRequested = reviews.request === null ? null : reviews.request === 'requested'
  return summarizeCopilotLoopIterations(pr, { reviewer, isRequested })
}

export function answerFor(snapshot: CopilotSnapshot, { state, rule }: Classified<ReviewState>): CopilotLoopAnswer {
  const words = CONTRACT[state]
  // A draft kept its one name there, whatever has to happen before it can be marked ready.
  const isDraft = lifeOf(snapshot) === 'draft' && state !== 'human_comment_pause' && state !== 'facts_unproved'
  const named = isDraft ? 'pr_draft' : words.state
  const { disposition, terminal } = isDraft ? CONTRACT.pr_draft : words
  return {
    snapshot,
    state: named,
    allowedTransitions: [...new Set(review.states[isDraft ? 'pr_draft' : state].to.map((to) => CONTRACT[to].state))],
    nextAction: isDraft && state !== 'pr_draft' ? `${words.action}; then ${CONTRACT.pr_draft.action}` : words.action,
    autoRerequestEligible: state === 'ready_to_rerequest_review',
    sameHeadCleanConverged: state === 'clean_converged',
    loopDisposition: disposition,
    terminal,
    machineState: state,
    ruleId: rule,
  }
}
