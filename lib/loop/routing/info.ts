/** What `info` shows of a target: everything in it was observed, and nothing was done to find it out. */
import type { IssueFacts } from '../../facts/issue.ts'
import { onlyOpenPullRequest } from '../../facts/linked-pull-request.ts'
import type { ObservedPullRequest } from '../../facts/pull-request.ts'
import { type ToldSource, tellSource } from '../../facts/source.ts'
import type { DecisionInput, FactsDigest } from '../decision.ts'
import { digestFacts } from '../digest.ts'
import { type PullRequestState, pullRequest as pullRequestMachine } from '../machines/pull-request.ts'
import { listMissing } from '../missing.ts'
import { stageIn } from '../precedence.ts'
import { readSurely, type SureReading } from '../read-surely.ts'
import { startOfIssue } from './observed.ts'
import { answerStartup, type StartupAnswer } from './startup-answer.ts'

interface Handoff {
  /** `fix`: there is a step to take; `watch`: something outside comes first; `stop`: a person, or nothing. */
  readonly action: 'fix' | 'watch' | 'stop'
  readonly state: PullRequestState | 'policy_unproved'
  readonly allowedTransitions: readonly PullRequestState[]
  readonly nextAction: string | null
  readonly by: string | null
  /** Run that holds the pull request; whoever asks here takes nothing. */
  readonly owner: string | null
  readonly facts: FactsDigest
  readonly missing: readonly string[]
  readonly because: readonly string[]
}

export interface PullRequestInfo {
  readonly number: number
  readonly url: string
  readonly title: string
  readonly state: ObservedPullRequest['state']
  readonly isDraft: boolean
  readonly author: string | null
  readonly headBranch: string
  readonly headSha: string
  readonly baseBranch: string
  readonly labels: readonly string[]
}

export type Info = ToldSource &
  (
    | { readonly ok: true; readonly kind: 'pr'; readonly pr: PullRequestInfo; readonly handoff: Handoff }
    | {
        readonly ok: true
        readonly kind: 'issue'
        readonly issue: IssueInfo
        readonly startup: StartupAnswer
        readonly linkedPr: { readonly pr: PullRequestInfo; readonly handoff: Handoff } | null
      }
  )

interface IssueInfo {
  readonly number: number
  readonly url: string
  readonly title: string
  readonly state: 'OPEN' | 'CLOSED'
  readonly author: string | null
  readonly assignees: readonly string[]
  readonly labels: readonly string[]
}

export function infoOfPullRequest(pr: ObservedPullRequest, input: DecisionInput): Info {
  return { ok: true, kind: 'pr', ...shown(pr, input), ...tellSource(input.facts.source) }
}

/** @param input decision input of the only open pull request; of the issue itself when there is none */
export function infoOfIssue(issue: NonNullable<IssueFacts['issue']>, facts: IssueFacts, input: DecisionInput): Info {
  const pr = input.facts.kind === 'pull_request' ? input.facts.pr : null
  const { number, url, title, state, author, assignees, labels } = issue
  return {
    ok: true,
    kind: 'issue',
    issue: {
      number,
      url,
      title,
      state,
      author: author?.login ?? null,
      assignees: assignees.items,
      labels: labels.items,
    },
    startup: answerStartup(startOfIssue(issue, facts, input)),
    linkedPr: onlyOpenPullRequest(facts) === null || pr === null ? null : shown(pr, input),
    ...tellSource(facts.source),
  }
}

function shown(pr: ObservedPullRequest, input: DecisionInput) {
  const { number, url, title, state, isDraft, author, head, base, labels } = pr
  return {
    pr: {
      number,
      url,
      title,
      state,
      isDraft,
      author: author?.login ?? null,
      headBranch: head.branch,
      headSha: head.sha,
      baseBranch: base.branch,
      labels: labels.items,
    },
    handoff: handoffOf(input, readSurely(input)),
  }
}

function handoffOf(input: DecisionInput, reading: SureReading): Handoff {
  const owner = input.holdings.target?.runId ?? null
  const facts = digestFacts(input, reading, 'settled')
  const seen = reading.pullRequest
  if (seen === null) {
    return {
      action: 'stop',
      state: 'policy_unproved',
      allowedTransitions: [],
      nextAction: 'repair_policy',
      by: 'human',
      owner,
      facts,
      missing: ['policy'],
      because: [],
    }
  }
  const { state } = seen.gates
  const { next, to } = pullRequestMachine.states[state]
  const by = next?.by ?? null
  return {
    action: by === 'wait' ? 'watch' : by === 'agent' || by === 'command' ? 'fix' : 'stop',
    state,
    allowedTransitions: [...to],
    nextAction: next?.step ?? null,
    by,
    owner,
    facts,
    missing:
      state === 'facts_unproved'
        ? reading.missing
        : listMissing(stageIn('gates', pullRequestMachine, seen.gates), next?.step ?? null, { input, reading }),
    because: [seen.gates.rule, seen.review.rule, seen.ci.rule],
  }
}
