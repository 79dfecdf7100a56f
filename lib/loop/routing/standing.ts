/**
 * How far an observed pull request is, whose it is, who acts next and whether that is allowed, in the words of the
 * routing tables.
 *
 * The state comes from the machines that `next` asks; nothing is answered that would be another standing if what
 * REST cannot prove were otherwise.
 */
import { isCodingAgent, sameLogin } from '../../facts/identity.ts'
import { reduceMergeability } from '../../facts/mergeability.ts'
import type { ObservedPullRequest, RepositoryFact } from '../../facts/pull-request.ts'
import { allAlternatives } from '../alternatives.ts'
import { isOwnBranchName } from '../commands.ts'
import type { DecisionInput } from '../decision.ts'
import type { PullRequestState } from '../machines/pull-request.ts'
import { type Reading, read } from '../readings/target.ts'
import type { CanonicalState } from './canonical-state.ts'
import type { Status } from './vocabulary.ts'

export type Standing = Omit<CanonicalState, 'target'>

/** `await_final_human_approval` is told apart below: a person may have to approve, or only to say yes to the merge. */
const STATUS_OF: Readonly<Record<PullRequestState, Status>> = {
  done: 'done',
  no_pr: 'blocked',
  facts_unproved: 'waiting',
  human_comment_pause: 'blocked',
  blocked_by_copilot_comment: 'blocked',
  conflict_resolution: 'active',
  checks_failed: 'active',
  blocked_needs_user_decision: 'blocked',
  waiting_for_ci: 'waiting',
  refinement_missing: 'blocked',
  draft_review: 'active',
  draft_gate_findings: 'active',
  gate_assurance_too_low: 'blocked',
  stopped_at_draft: 'blocked',
  pr_draft: 'active',
  pr_ready_no_feedback: 'active',
  post_draft_external_review: 'active',
  waiting_for_copilot_review: 'waiting',
  unresolved_feedback_present: 'active',
  already_fixed_needs_reply_resolve: 'active',
  ready_to_rerequest_review: 'active',
  review_request_unavailable: 'blocked',
  branch_behind: 'active',
  draft_gate_needed: 'active',
  pre_approval_gate_needed: 'active',
  pre_approval_gate_window: 'active',
  pre_approval_gate_findings: 'active',
  stopped_at_pre_approval: 'blocked',
  retrospective_gate_pending: 'blocked',
  await_final_human_approval: 'approval_ready',
  mergeability_unknown: 'waiting',
  merge_blocked: 'waiting',
  declare_merge_ready: 'merge_ready',
}

/** @returns `null` when it depends on what REST cannot prove */
export function sureStanding(input: DecisionInput): Standing | null {
  const { source } = input.facts
  const unproved = source.via === 'rest' ? source.unproved : []
  if (unproved.includes('viewer')) return null
  const all = allAlternatives(unproved, input).map(standingIn)
  const [first, ...others] = new Set(all.map((one) => JSON.stringify(one)))
  return first === undefined || others.length > 0 ? null : (all[0] ?? null)
}

function standingIn(input: DecisionInput): Standing | null {
  const pr = input.facts.kind === 'pull_request' ? input.facts.pr : null
  return pr === null ? null : standing(pr, read(input), input)
}

function standing(pr: ObservedPullRequest, reading: Reading, input: DecisionInput): Standing {
  const status = statusOf(pr, reading, input)
  const ownership = ownerOf(pr, input.facts.repository)
  return {
    ownership,
    nextActor: nextActorOf(pr, status, { ownership, reading, viewer: input.facts.repository.viewer }),
    status,
    authorization: status === 'done' ? 'authorized' : authorizationOf(pr, status, input),
  }
}

function statusOf(pr: ObservedPullRequest, { pullRequest }: Reading, input: DecisionInput): Status {
  if (pr.state !== 'OPEN') return 'done'
  if (pullRequest === null) return 'blocked'
  const { state } = pullRequest.gates
  if (state !== 'await_final_human_approval') return STATUS_OF[state]
  // Only the word of a person is missing; but nobody can say yes to what GitHub has not computed.
  if (reduceMergeability(pr) === 'unknown') return 'waiting'
  return pullRequest.gates.rule === 'gates/stop-at-merge' && isMergeable(pr) && !isWithheld(pr, input)
    ? 'merge_ready'
    : 'approval_ready'
}

function isMergeable(pr: ObservedPullRequest): boolean {
  return reduceMergeability(pr) === 'clean'
}

function isWithheld({ reviewDecision }: ObservedPullRequest, { policy }: DecisionInput): boolean {
  return !policy.ok || reviewDecision === 'CHANGES_REQUESTED' || reviewDecision === 'REVIEW_REQUIRED'
}

/** The loop takes on what the coding agent opened, what our own account opened, and what stands on a branch of ours. */
function ownerOf(
  { author, head, isCrossRepository }: ObservedPullRequest,
  { viewer }: RepositoryFact,
): Standing['ownership'] {
  if (isCodingAgent(author)) return 'copilot'
  const ours = sameLogin(author?.login, viewer) || isOwnBranchName(head.branch)
  return ours && !isCrossRepository ? 'copilot' : 'external_human'
}

interface Around {
  readonly ownership: Standing['ownership']
  readonly reading: Reading
  readonly viewer: string
}

function nextActorOf(
  { author, reviewRequests }: ObservedPullRequest,
  status: Status,
  { ownership, reading, viewer }: Around,
): Standing['nextActor'] {
  if (status === 'blocked') return 'user'
  if (status === 'approval_ready' || status === 'merge_ready') return 'maintainer'
  const asked = reviewRequests.items.some(({ login }) => sameLogin(login, viewer)) && !sameLogin(author?.login, viewer)
  return asked || reading.pullRequest?.gates.state === 'waiting_for_copilot_review' ? 'reviewer' : ownership
}

function authorizationOf(
  { isCrossRepository }: ObservedPullRequest,
  status: Status,
  { facts, policy, allowFork }: DecisionInput,
): Standing['authorization'] {
  const permission = permitted(facts.repository)
  if (permission !== 'authorized') return permission
  if (isCrossRepository && !allowFork) return 'needs_confirmation'
  const stops = !policy.ok || policy.value.autonomy.stopAt.includes('merge')
  return status === 'merge_ready' && stops ? 'needs_confirmation' : 'authorized'
}

export function permitted({ viewerPermission }: RepositoryFact): Standing['authorization'] {
  if (viewerPermission === null) return 'needs_confirmation'
  return ['ADMIN', 'MAINTAIN', 'WRITE'].includes(viewerPermission) ? 'authorized' : 'not_authorized'
}
