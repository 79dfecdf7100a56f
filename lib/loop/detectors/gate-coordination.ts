/**
 * The predecessor's answer about the gates of a pull request, from the reading that `next` decides by.
 *
 * Nothing is decided here: boundary, action and what is forbidden follow from the one state of the machine
 * `gates`. `nextActionCode` and `reasonCode` are for programs, `nextAction` and `reason` are sentences.
 */
import type { Policy } from '../../config/schema.ts'
import { conflictFilesOf } from '../../facts/conflicts.ts'
import type { ObservedPullRequest } from '../../facts/pull-request.ts'
import { detectRefinement } from '../../facts/refinement.ts'
import { type ToldSource, tellSource } from '../../facts/source.ts'
import type { GateReading } from '../../gates/evidence.ts'
import { isPosted } from '../../gates/judge.ts'
import type { Gate } from '../../gates/verdict.ts'
import { accept, type Outcome, refuse } from '../../outcome.ts'
import { actionOf, type Disposition, type GateAction, type GateBoundary, placeOf } from '../boundary.ts'
import type { DecisionInput } from '../decision.ts'
import type { PullRequestState } from '../machines/pull-request.ts'
import type { ReviewState } from '../machines/review.ts'
import { readSurely } from '../read-surely.ts'
import { gateEvidenceOf, type PullRequestReading } from '../readings/pull-request.ts'
import { CONTRACT } from './copilot-words.ts'
import { sayAction, sayReason } from './gate-coordination-texts.ts'
import { type ShownState, shownState } from './lifecycle.ts'

interface GateStatus {
  /** A verdict of this gate on this pull request is recorded. */
  readonly visible: boolean
  /** The commit status of that verdict stands on this head. */
  readonly markerVisible: boolean
  readonly anyVisible: boolean
  readonly currentHead: boolean
  readonly headSha: string | null
  readonly verdict: string | null
  readonly findingsSummary: string | null
  readonly nextAction: string | null
  /** Record and status stand on this head and name each other. */
  readonly contractComplete: boolean
  readonly currentHeadClean: boolean
  /** Passed on this or an earlier head. */
  readonly cleanEvidenceExists: boolean
  readonly state: GateReading['state']
  readonly reasonCode: GateReading['reason']
}

interface RefinementStatus {
  readonly status: 'present' | 'missing' | 'unknown'
  readonly linkedIssue: number | null
  /** Whether policy lets no draft pass without it. */
  readonly required: boolean
}

export interface GateCoordination extends ToldSource {
  readonly repo: string
  readonly pr: number
  readonly currentHeadSha: string
  /** State of the reviews. */
  readonly lifecycleState: ShownState | 'retrospective_gate_pending'
  readonly loopDisposition: Disposition
  /** State of the machine `gates`. */
  readonly state: PullRequestState
  readonly ruleId: string
  readonly gateBoundary: GateBoundary
  readonly draftGate: GateStatus
  readonly preApprovalGate: GateStatus
  readonly allowedNextActions: readonly GateAction[]
  readonly forbiddenActions: readonly GateAction[]
  readonly nextActionCode: GateAction
  readonly nextAction: string
  readonly reasonCode: PullRequestState
  readonly reason: string
  readonly ciStatus: string
  readonly mergeable: string
  readonly mergeStateStatus: string
  readonly conflictFiles: readonly string[]
  readonly draftGateAlreadySatisfied: boolean
  /** `null`: the list of reviews is not whole. */
  readonly copilotReviewRoundCount: number | null
  readonly gateEvidenceRequiredForMerge: true
  readonly gateEvidenceNote?: string
  readonly refinementArtifact: RefinementStatus
  /** What was not known and would tell. */
  readonly missing: readonly string[]
}

/** @returns a refusal: `target_not_found`, or `policy_unproved` when nobody can know what is allowed */
export function detectGateCoordination(input: DecisionInput): Outcome<GateCoordination> {
  const { repo, number } = input.target
  const pr = input.facts.kind === 'pull_request' ? input.facts.pr : null
  if (pr === null) return refuse('target_not_found', `there is no pull request ${repo}#${number}`)
  if (!input.policy.ok) return input.policy
  const { pullRequest: reading, missing } = readSurely(input)
  if (reading === null) return refuse('policy_unproved', 'the policy could not be read, so nothing may pass')
  return accept(build(reading, { input, policy: input.policy.value, missing }))
}

interface Asked {
  readonly input: DecisionInput
  readonly missing: readonly string[]
  readonly policy: Policy
}

function build(reading: PullRequestReading, asked: Asked): GateCoordination {
  const { input } = asked
  const { pr, review, gates } = reading
  const place = placeOf(gates.state, pr.isDraft)
  const action = actionOf(gates.state)
  const draftGate = statusOf('draft_gate', reading, asked)
  const preApprovalGate = statusOf('pre_approval_gate', reading, asked)
  const note = noteOf(gates.state, reading, asked)
  return {
    repo: input.target.repo,
    pr: pr.number,
    currentHeadSha: pr.head.sha,
    lifecycleState: lifecycleOf(gates.state, review.state),
    loopDisposition: place.disposition ?? convergedAs(review.state),
    state: gates.state,
    ruleId: gates.rule,
    gateBoundary: place.boundary,
    draftGate,
    preApprovalGate,
    allowedNextActions: [...(place.also ?? []), action],
    forbiddenActions: place.forbidden,
    nextActionCode: action,
    nextAction: sayAction(action),
    reasonCode: gates.state,
    reason: sayReason(gates.state, place.boundary),
    ciStatus: reading.ci.state,
    mergeable: pr.mergeable,
    mergeStateStatus: pr.mergeStateStatus,
    conflictFiles: conflictFilesOf(input.local, pr.head.branch),
    draftGateAlreadySatisfied: !pr.isDraft && draftGate.cleanEvidenceExists,
    copilotReviewRoundCount: reading.reviews.rounds,
    gateEvidenceRequiredForMerge: true,
    ...(note === null ? {} : { gateEvidenceNote: note }),
    refinementArtifact: refinementOf(pr, asked),
    missing: asked.missing,
    ...tellSource(input.facts.source),
  }
}

/** What policy wants beside review and gates is a lifecycle state of its own to the predecessor. */
function lifecycleOf(gates: PullRequestState, review: ReviewState): GateCoordination['lifecycleState'] {
  if (gates === 'refinement_missing') return 'blocked_needs_user_decision'
  return gates === 'retrospective_gate_pending' ? gates : shownState(review)
}

/** How the reviews came to their end, where the gates add nothing to it. */
function convergedAs(state: ReviewState): Disposition {
  // Policy goes on to the gates without the review, so it blocks nobody.
  return state === 'review_request_unavailable' ? 'action_required' : CONTRACT[state].disposition
}

function statusOf(gate: Gate, reading: PullRequestReading, asked: Asked): GateStatus {
  const { state, reason } = gate === 'draft_gate' ? reading.draftGate : reading.preApproval
  const evidence = gateEvidenceOf(gate, { pr: reading.pr, ...asked })
  const { record } = evidence
  const ours = record !== null && reason !== 'record_of_other_gate' && reason !== 'record_of_other_pull_request'
  const currentHead = ours && record.head === reading.pr.head.sha
  const marked = currentHead && isPosted(evidence) && reason !== 'statuses_incomplete' && reason !== 'no_status'
  return {
    visible: ours,
    markerVisible: marked,
    anyVisible: ours,
    currentHead,
    headSha: ours ? record.head : null,
    verdict: ours ? record.verdict : null,
    findingsSummary: ours ? sayFindings(record) : null,
    nextAction: ours ? NEXT_AFTER[record.verdict] : null,
    contractComplete: state === 'passed' || (marked && reason === 'verdict_findings_present'),
    currentHeadClean: state === 'passed',
    cleanEvidenceExists: state === 'passed' || state === 'earlier',
    state,
    reasonCode: reason,
  }
}

const NEXT_AFTER = {
  clean: 'Go on past this gate.',
  findings_present: 'Repair what was found, then run the gate on the new head.',
  blocked: 'Run the gate again: the last judgement came to no result.',
} as const

function sayFindings({ findings, reason }: { findings: readonly { summary: string }[]; reason: string | null }) {
  if (findings.length === 0) return reason ?? 'nothing was found'
  return findings.map(({ summary }) => summary).join('; ')
}

/** Why a gate that is asked for is asked for, and that the number of rounds is what ended the reviews. */
function noteOf(state: PullRequestState, { review, draftGate, preApproval }: PullRequestReading, { policy }: Asked) {
  const capped = review.state === 'round_cap_clean_fallback'
  const asked: readonly PullRequestState[] = ['pre_approval_gate_needed', 'pre_approval_gate_window']
  const draft: readonly PullRequestState[] = ['draft_review', 'draft_gate_needed']
  const why = [
    ...(asked.includes(state) && preApproval.reason !== null ? [`pre_approval_gate: ${preApproval.reason}`] : []),
    ...(draft.includes(state) && draftGate.reason !== null ? [`draft_gate: ${draftGate.reason}`] : []),
  ]
  const cap = capped ? [`the cap of ${policy.review.maxRounds} rounds of review is reached; no more`] : []
  return [...cap, ...why].join('; ') || null
}

/** Of several closing issues none is the one that says when it is done. */
function refinementOf({ closingIssues }: ObservedPullRequest, { policy }: Asked): RefinementStatus {
  const required = policy.gates.draft.requireRefinement
  const [issue, ...others] = closingIssues.items
  if (!closingIssues.complete) return { status: 'unknown', linkedIssue: null, required }
  if (issue === undefined || others.length > 0) return { status: 'missing', linkedIssue: null, required }
  const status = detectRefinement(issue.body) === 'missing' ? 'missing' : 'present'
  return { status, linkedIssue: issue.number, required }
}
