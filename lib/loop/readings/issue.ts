/**
 * One issue, and what git shows of the work on it, as the facts of the machine `issue`.
 */
import type { Policy } from '../../config/schema.ts'
import type { IssueFacts, LinkedPullRequestFact } from '../../facts/issue.ts'
import { type LocalEvidence, reduceLocal } from '../../facts/local-evidence.ts'
import { detectRefinement } from '../../facts/refinement.ts'
import type { DecisionInput } from '../decision.ts'
import { type AskedOf, ask, type FactsOf } from '../machine.ts'
import { issue as issueMachine } from '../machines/issue.ts'

export interface IssueReading {
  readonly issue: AskedOf<typeof issueMachine>
  /** The one open pull request to go on with; `null` when there is none, or more than one. */
  readonly pullRequest: number | null
}

type ObservedIssue = NonNullable<IssueFacts['issue']>

export function readIssue(issue: ObservedIssue, policy: Policy, input: DecisionInput): IssueReading {
  const open = openPullRequests(issue, input.target.repo)
  const [first, ...others] = open
  const facts: FactsOf<typeof issueMachine> = {
    issue: issue.state === 'CLOSED' ? 'closed' : 'open',
    pullRequests: countOf(issue, open.length),
    merged: issue.pullRequests.items.some((pr) => pr.state === 'MERGED' && pr.number === input.work.pr),
    refinement: refinementOf(issue, policy),
    work: workOf(input),
  }
  return {
    issue: ask(issueMachine, facts),
    pullRequest: first !== undefined && others.length === 0 ? first : null,
  }
}

function openPullRequests(issue: ObservedIssue, repo: string): readonly number[] {
  const here = (pr: LinkedPullRequestFact) => pr.state === 'OPEN' && pr.repo.toLowerCase() === repo
  const linked = [...issue.pullRequests.items, ...issue.branchPullRequests.items].filter(here)
  return [...new Set(linked.map((pr) => pr.number))]
}

/** More than one is more than one, however long the lists are. */
function countOf(issue: ObservedIssue, open: number): FactsOf<typeof issueMachine>['pullRequests'] {
  if (open > 1) return 'several'
  if (!issue.pullRequests.complete || !issue.branchPullRequests.complete) return null
  return open === 1 ? 'one' : 'none'
}

/** Work stops here when policy wants a checklist, or a person's word, and the issue has no checklist. */
function refinementOf(issue: ObservedIssue, policy: Policy): 'settled' | 'missing' {
  const wanted = policy.gates.draft.requireRefinement || policy.autonomy.stopAt.includes('refinement')
  return wanted && detectRefinement(issue.body) === 'missing' ? 'missing' : 'settled'
}

/** Asked once the machine `local` found nothing to push or adopt. */
function workOf({ local }: DecisionInput): FactsOf<typeof issueMachine>['work'] {
  const evidence: LocalEvidence = reduceLocal(local, null, null)
  if (!local || evidence.worktree === 'absent') return 'no_worktree'
  if (evidence.tree === null || evidence.remote === null || local.aheadOfBase === null) return null
  if (evidence.tree === 'uncommitted') return 'uncommitted'
  return evidence.remote === 'contained' && local.aheadOfBase > 0 ? 'pushed' : 'not_started'
}
