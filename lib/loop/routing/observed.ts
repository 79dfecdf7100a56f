/**
 * What was observed of a pull request or an issue, as the question that the startup bundle answers.
 *
 * Nothing is assumed: who owns it comes from who opened it, how far it is from the machines that `next`
 * asks, and a list that is not whole leaves the linkage unknown.
 */
import { isCodingAgent, sameLogin } from '../../facts/identity.ts'
import type { IssueFacts } from '../../facts/issue.ts'
import { onlyOpenPullRequest } from '../../facts/linked-pull-request.ts'
import { reduceMergeability } from '../../facts/mergeability.ts'
import type { ObservedPullRequest, RepositoryFact } from '../../facts/pull-request.ts'
import { detectRefinement } from '../../facts/refinement.ts'
import { allAlternatives } from '../alternatives.ts'
import { isOwnBranchName } from '../commands.ts'
import type { DecisionInput } from '../decision.ts'
import type { PullRequestState } from '../machines/pull-request.ts'
import { readSurely } from '../read-surely.ts'
import { type Reading, read } from '../readings/target.ts'
import { type CanonicalState, targetOf } from './canonical-state.ts'
import type { StartupQuestion } from './startup-request.ts'
import type { ArtifactState, Status } from './vocabulary.ts'

export interface ObservedStart {
  readonly question: StartupQuestion
  /** Where to ask for the one next step; not known of a snapshot. */
  readonly ask: readonly string[] | null
  /** Rules of the machines that the state was read by. */
  readonly because: readonly string[]
  /** What could not be taken for granted. */
  readonly warnings: readonly string[]
}

type ObservedIssue = NonNullable<IssueFacts['issue']>

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

const ARTIFACT_OF: Readonly<Record<ObservedPullRequest['state'], ArtifactState>> = {
  OPEN: 'open',
  CLOSED: 'closed',
  MERGED: 'merged',
}

export function startOfPullRequest(pr: ObservedPullRequest, input: DecisionInput): ObservedStart {
  const reading = readSurely(input)
  const [issue, ...others] = pr.closingIssues.items
  const only = issue !== undefined && others.length === 0 && pr.closingIssues.complete ? issue.number : null
  return {
    question: {
      intent: 'continue_on_pr',
      mode: 'bounded_handoff',
      currentState: withTarget(targetOf('pr', { pr: pr.number, issue: only }), sureStanding(input)),
      issueLinkageResolution: 'not_applicable',
      issueReadiness: 'not_applicable',
      issueAssignmentState: 'not_applicable',
      artifactState: ARTIFACT_OF[pr.state],
      loopState: 'pr_followup_start',
      gateReviewEvidence: evidenceOf(pr, reading, input),
    },
    ask: ['dev-loops', 'next', '--repo', input.target.repo, '--pr', String(pr.number)],
    because: rulesOf(reading),
    warnings: [...policyWarnings(input), ...doubtWarnings(input)],
  }
}

/** @param input decision input of the only open pull request; of the issue itself when there is none */
export function startOfIssue(issue: ObservedIssue, facts: IssueFacts, input: DecisionInput): ObservedStart {
  const linked = onlyOpenPullRequest(facts)
  const pr = input.facts.kind === 'pull_request' ? input.facts.pr : null
  if (!linksKnown(issue, facts)) return unlinked(issue, facts, input)
  if (linked === null || pr === null) return withoutPullRequest(issue, facts, input)

  const { question, ...start } = startOfPullRequest(pr, input)
  return {
    ...start,
    question: {
      ...question,
      intent: 'start_issue_locally',
      currentState: withTarget(targetOf('issue', { issue: issue.number, linkedPr: linked }), sureStanding(input)),
      issueLinkageResolution: 'resolved_linked_pr',
      loopState: 'issue_intake_start',
    },
  }
}

/** Known to be none or one: a list that is not whole may hide another. */
function linksKnown({ pullRequests, branchPullRequests }: ObservedIssue, facts: IssueFacts): boolean {
  const open = [...pullRequests.items, ...branchPullRequests.items].filter(
    ({ state, repo }) => state === 'OPEN' && repo.toLowerCase() === facts.repository.repo.toLowerCase(),
  )
  const one = new Set(open.map(({ number }) => number)).size <= 1
  return one && pullRequests.complete && branchPullRequests.complete
}

function unlinked(issue: ObservedIssue, facts: IssueFacts, input: DecisionInput): ObservedStart {
  const start = withoutPullRequest(issue, facts, input)
  const why = 'it is not known which one pull request the issue is worked on in; look at its pull requests'
  return {
    ...start,
    question: { ...start.question, issueLinkageResolution: undefined },
    warnings: [...start.warnings, why],
  }
}

function withoutPullRequest(issue: ObservedIssue, facts: IssueFacts, input: DecisionInput): ObservedStart {
  const reading = readSurely(input)
  const assigned = issue.assignees.items.some((login) => isCodingAgent({ login, isBot: true }))
  const closed = issue.pullRequests.items.find(({ state }) => state === 'CLOSED')
  const owner = assigned ? 'copilot' : 'local'
  const status = statusOfIssue(issue, reading)
  const currentState: CanonicalState = {
    target: targetOf('issue', { issue: issue.number }),
    ownership: owner,
    nextActor: status === 'blocked' ? 'user' : owner,
    status,
    authorization: status === 'done' ? 'authorized' : permitted(facts.repository),
  }
  return {
    ask: ['dev-loops', 'next', '--repo', input.target.repo, '--issue', String(issue.number)],
    because: reading.issue === null ? [] : [reading.issue.issue.rule],
    warnings: [
      ...policyWarnings(input),
      ...(closed ? [`pull request #${closed.number} was closed without a merge`] : []),
    ],
    question: {
      intent: assigned ? 'start_on_issue' : 'start_issue_locally',
      mode: 'bounded_handoff',
      currentState,
      issueLinkageResolution: 'resolved_no_open_pr',
      issueReadiness: detectRefinement(issue.body) === 'missing' ? 'needs_clarification' : 'ready',
      issueAssignmentState: assigned ? 'assigned_to_copilot' : issue.assignees.complete ? 'unassigned' : undefined,
      artifactState: 'not_applicable',
      loopState: assigned && closed ? 'prior_linked_pr_closed_unmerged' : 'issue_intake_start',
    },
  }
}

function statusOfIssue(issue: ObservedIssue, { issue: reading }: Reading): Status {
  if (issue.state === 'CLOSED') return 'done'
  return reading === null || reading.issue.state === 'issue_open_after_merge' ? 'blocked' : 'active'
}

type Standing = Omit<CanonicalState, 'target'>

/** Nothing may be routed by what would be another state if something else were true that could not be proved. */
function withTarget(target: CanonicalState['target'], standing: Standing | null): CanonicalState | undefined {
  return standing === null ? undefined : { target, ...standing }
}

/** @returns `null` when it depends on what REST cannot prove */
function sureStanding(input: DecisionInput): Standing | null {
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

function doubtWarnings(input: DecisionInput): readonly string[] {
  if (sureStanding(input) !== null) return []
  return ['it depends on what REST cannot prove, and the quota of GraphQL is spent; ask again once it is renewed']
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

function permitted({ viewerPermission }: RepositoryFact): Standing['authorization'] {
  if (viewerPermission === null) return 'needs_confirmation'
  return ['ADMIN', 'MAINTAIN', 'WRITE'].includes(viewerPermission) ? 'authorized' : 'not_authorized'
}

function evidenceOf(pr: ObservedPullRequest, { pullRequest }: Reading, { work }: DecisionInput) {
  const verdict = work.verdicts.pre_approval_gate
  const passed = pullRequest?.preApproval.state === 'passed'
  const mergeability = reduceMergeability(pr)
  return {
    currentHeadSha: pr.head.sha,
    mergeability: mergeability === 'unknown' ? null : mergeability,
    preApprovalGate: {
      visible: verdict != null,
      verdict: passed ? 'clean' : (verdict?.verdict ?? null),
      headSha: passed ? pr.head.sha : null,
    },
  }
}

function rulesOf({ pullRequest }: Reading): readonly string[] {
  if (pullRequest === null) return []
  return [pullRequest.gates.rule, pullRequest.review.rule, pullRequest.ci.rule]
}

function policyWarnings({ policy }: DecisionInput): readonly string[] {
  return policy.ok ? [] : [policy.message]
}
