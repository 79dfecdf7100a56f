/**
 * How far Copilot has come with the first pull request of an issue, in the predecessor's fields.
 */
import type { SessionActivity } from '../../facts/copilot-session.ts'
import { isCodingAgent } from '../../facts/identity.ts'
import type { ObservedPullRequest, PullRequestFacts } from '../../facts/pull-request.ts'
import { classify, type FactsOf } from '../machine.ts'
import { type BootstrapState, bootstrap } from '../machines/bootstrap.ts'
import type { LinkedIssuePr } from './linked-issue-pr.ts'

export interface BootstrapInput {
  readonly linked: LinkedIssuePr
  /** The named open pull request; `null`: there is none, or it was not observed. */
  readonly pullRequest: PullRequestFacts | null
  /** `null`: not asked, because the pull request is not the coding agent's own draft. */
  readonly session: SessionActivity | null
}

export interface BootstrapAnswer {
  readonly repo: string
  readonly issue: number
  readonly state: BootstrapState
  readonly ruleId: string
  readonly prNumber: number | null
  readonly prUrl: string | null
  readonly headBranch: string | null
  readonly authorLogin: string | null
  readonly isDraft: boolean | null
  readonly changedFiles: number | null
  readonly commitCount: number | null
  readonly soleCommitHeadline: string | null
  readonly sessionActivity: string | null
  readonly sessionRunId: number | null
  readonly sessionRunName: string | null
  readonly sessionRunStatus: string | null
  readonly sessionRunConclusion: string | null
  readonly sessionRunCreatedAt: string | null
  readonly sessionConfidence: string | null
}

/** Sessions are looked for only there: nobody else's draft is Copilot's to fill. */
export function isAgentsDraft(pr: ObservedPullRequest | null): pr is ObservedPullRequest {
  return pr !== null && pr.state === 'OPEN' && pr.isDraft && !pr.isCrossRepository && isCodingAgent(pr.author)
}

export function detectBootstrap({ linked, pullRequest, session }: BootstrapInput): BootstrapAnswer {
  const pr = pullRequest?.pr ?? null
  const { state, rule } = classify(bootstrap, {
    link: linkOf(linked),
    session: isAgentsDraft(pr) ? (session?.activity ?? null) : 'not_asked',
    stage: linked.hasOpenLinkedPr === true ? stageOf(pr) : 'further',
  })
  const prior = state === 'prior_linked_pr_closed_unmerged'
  return {
    repo: linked.repo,
    issue: linked.issue,
    state,
    ruleId: rule,
    prNumber: prior ? (linked.priorClosedUnmergedPrNumber ?? null) : linked.prNumber,
    prUrl: prior ? (linked.priorClosedUnmergedPrUrl ?? null) : linked.prUrl,
    ...shownOf(pr),
    ...sessionFields(session),
  }
}

function linkOf(linked: LinkedIssuePr): FactsOf<typeof bootstrap>['link'] {
  // One that is not listed may be the one that is meant.
  if (!linked.complete) return null
  if (linked.hasOpenLinkedPr) return 'open'
  return linked.hasPriorClosedUnmergedPr === true ? 'closed_before' : 'none'
}

const ANNOUNCEMENT = 'Initial plan'

/** One more commit, one file or one word else in the headline, and the agent has begun. */
function stageOf(pr: ObservedPullRequest | null): FactsOf<typeof bootstrap>['stage'] {
  if (pr === null) return null
  if (!isAgentsDraft(pr)) return 'further'
  if (pr.commits === null || !pr.files.complete) return null
  const { total, newestHeadline } = pr.commits
  return total === 1 && pr.files.total === 0 && newestHeadline === ANNOUNCEMENT ? 'initial' : 'further'
}

function shownOf(pr: ObservedPullRequest | null) {
  return {
    headBranch: pr?.head.branch ?? null,
    authorLogin: pr?.author?.login ?? null,
    isDraft: pr?.isDraft ?? null,
    changedFiles: pr?.files.complete === true ? pr.files.total : null,
    commitCount: pr?.commits?.total ?? null,
    soleCommitHeadline: pr?.commits?.total === 1 ? pr.commits.newestHeadline : null,
  }
}

export interface SessionAnswer {
  readonly activity: string
  readonly runId: number | null
  readonly runName: string | null
  readonly runStatus: string | null
  readonly runConclusion: string | null
  readonly runCreatedAt: string | null
  readonly branch: string
  readonly confidence: string
}

export function answerSession({ activity, run, confidence }: SessionActivity, branch: string): SessionAnswer {
  return {
    activity: activity ?? 'unknown',
    runId: run?.id ?? null,
    runName: run?.name ?? null,
    runStatus: run?.status ?? null,
    runConclusion: run?.conclusion ?? null,
    runCreatedAt: run?.createdAt ?? null,
    branch,
    confidence,
  }
}

function sessionFields(session: SessionActivity | null) {
  const shown = session === null ? null : answerSession(session, '')
  return {
    sessionActivity: shown?.activity ?? null,
    sessionRunId: shown?.runId ?? null,
    sessionRunName: shown?.runName ?? null,
    sessionRunStatus: shown?.runStatus ?? null,
    sessionRunConclusion: shown?.runConclusion ?? null,
    sessionRunCreatedAt: shown?.runCreatedAt ?? null,
    sessionConfidence: shown?.confidence ?? null,
  }
}
