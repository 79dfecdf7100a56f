/**
 * What is being decided about: is it there, is it over, and which machine carries its work?
 */
import type { DecisionInput, DecisionTarget } from '../decision.ts'
import { issue as issueMachine } from '../machines/issue.ts'
import { pullRequest as pullRequestMachine } from '../machines/pull-request.ts'
import { type Stage, stageIn } from '../precedence.ts'
import { type IssueReading, readIssue } from './issue.ts'
import { type PullRequestReading, readPullRequest } from './pull-request.ts'

export interface Reading {
  readonly target: DecisionTarget
  readonly life: 'missing' | 'open' | 'over'
  /** Head of the pull request; of an issue, the head of its branch here. */
  readonly head: string | null
  /** `null` when it is no pull request, is missing, or its policy could not be read. */
  readonly pullRequest: PullRequestReading | null
  readonly issue: IssueReading | null
  readonly linkedPullRequest: number | null
  /** The stage of the target's own machine; asked only when everything before it has passed. */
  readonly work: () => Stage
}

export function read(input: DecisionInput): Reading {
  return input.facts.kind === 'pull_request' ? readPull(input) : readIssueTarget(input)
}

function readPull(input: DecisionInput): Reading {
  const { facts, policy } = input
  const pr = facts.kind === 'pull_request' ? facts.pr : null
  const policed = policy.ok && pr !== null && facts.kind === 'pull_request'
  const reading = policed ? readPullRequest({ pr, facts, policy: policy.value, input }) : null
  const gates = () => (reading ? stageIn('gates', pullRequestMachine, reading.gates) : noPullRequest())
  return {
    target: { ...input.target, kind: 'pull_request' },
    life: pr === null ? 'missing' : pr.state === 'OPEN' ? 'open' : 'over',
    head: pr?.head.sha ?? null,
    pullRequest: reading,
    issue: null,
    linkedPullRequest: null,
    work: gates,
  }
}

function readIssueTarget(input: DecisionInput): Reading {
  const { facts, policy } = input
  const issue = facts.kind === 'issue' ? facts.issue : null
  const reading = policy.ok && issue ? readIssue(issue, policy.value, input) : null
  const work = () => (reading ? stageIn('issue', issueMachine, reading.issue) : noIssue())
  return {
    target: { ...input.target, kind: 'issue' },
    life: issue === null ? 'missing' : issue.state === 'OPEN' ? 'open' : 'over',
    head: input.local?.head ?? null,
    pullRequest: null,
    issue: reading,
    linkedPullRequest: reading?.pullRequest ?? null,
    work,
  }
}

/** GitHub says that there is none, so nothing else was read. */
function noPullRequest(): Stage {
  const row = pullRequestMachine.states.no_pr
  return { name: 'gates', state: 'no_pr', rule: 'gates/no-pr', facts: { lifecycle: 'no_pr' }, row }
}

function noIssue(): Stage {
  const row = issueMachine.states.issue_missing
  return { name: 'issue', state: 'issue_missing', rule: 'issue/missing', facts: { issue: 'missing' }, row }
}
