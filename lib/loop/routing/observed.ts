/**
 * What was observed of a pull request or an issue, as the question that the startup bundle answers.
 *
 * Nothing is assumed: who owns it comes from who opened it, how far it is from the machines that `next`
 * asks, and a list that is not whole leaves the linkage unknown.
 */
import { isCodingAgent } from '../../facts/identity.ts'
import type { IssueFacts } from '../../facts/issue.ts'
import { onlyOpenPullRequest } from '../../facts/linked-pull-request.ts'
import { reduceMergeability } from '../../facts/mergeability.ts'
import type { ObservedPullRequest } from '../../facts/pull-request.ts'
import { detectRefinement } from '../../facts/refinement.ts'
import type { DecisionInput } from '../decision.ts'
import { readSurely } from '../read-surely.ts'
import type { Reading } from '../readings/target.ts'
import { type CanonicalState, targetOf } from './canonical-state.ts'
import { permitted, type Standing, sureStanding } from './standing.ts'
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

const ARTIFACT_OF: Readonly<Record<ObservedPullRequest['state'], ArtifactState>> = {
  OPEN: 'open',
  CLOSED: 'closed',
  MERGED: 'merged',
}

export function startOfPullRequest(pr: ObservedPullRequest, input: DecisionInput): ObservedStart {
  const reading = readSurely(input)
  const standing = sureStanding(input)
  const [issue, ...others] = pr.closingIssues.items
  const only = issue !== undefined && others.length === 0 && pr.closingIssues.complete ? issue.number : null
  return {
    question: {
      intent: 'continue_on_pr',
      mode: 'bounded_handoff',
      currentState:
        standing === null ? undefined : { target: targetOf('pr', { pr: pr.number, issue: only }), ...standing },
      issueLinkageResolution: 'not_applicable',
      issueReadiness: 'not_applicable',
      issueAssignmentState: 'not_applicable',
      artifactState: ARTIFACT_OF[pr.state],
      loopState: 'pr_followup_start',
      gateReviewEvidence: evidenceOf(pr, reading, input),
    },
    ask: ['dev-loops', 'next', '--repo', input.target.repo, '--pr', String(pr.number)],
    because: rulesOf(reading),
    warnings: [...policyWarnings(input), ...doubtWarnings(standing)],
  }
}

/** @param input decision input of the only open pull request; of the issue itself when there is none */
export function startOfIssue(issue: ObservedIssue, facts: IssueFacts, input: DecisionInput): ObservedStart {
  const linked = onlyOpenPullRequest(facts)
  const pr = input.facts.kind === 'pull_request' ? input.facts.pr : null
  if (!linksKnown(issue, facts)) return unlinked(issue, facts, input)
  if (linked === null || pr === null) return withoutPullRequest(issue, facts, input)

  const { question, ...start } = startOfPullRequest(pr, input)
  const target = targetOf('issue', { issue: issue.number, linkedPr: linked })
  return {
    ...start,
    question: {
      ...question,
      intent: 'start_issue_locally',
      currentState: question.currentState && { ...question.currentState, target },
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

function doubtWarnings(standing: Standing | null): readonly string[] {
  if (standing !== null) return []
  return ['it depends on what REST cannot prove, and the quota of GraphQL is spent; ask again once it is renewed']
}

function policyWarnings({ policy }: DecisionInput): readonly string[] {
  return policy.ok ? [] : [policy.message]
}
