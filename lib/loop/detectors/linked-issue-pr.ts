/**
 * Which pull request an issue is worked on in, as the predecessor's fields tell it.
 *
 * Only a closing reference links, or the branch of our own work: a mention, and a connection that was taken
 * back, are for ever among an issue's events and link nothing. Unknown is `null`: where the list is not whole and
 * shows nothing open, nobody may conclude that there is none.
 */
import type { IssueFacts, LinkedPullRequestFact } from '../../facts/issue.ts'

export interface LinkedIssuePr {
  readonly repo: string
  readonly issue: number
  readonly hasOpenLinkedPr: boolean | null
  readonly prNumber: number | null
  readonly prUrl: string | null
  /** All that are open; of several the highest number is the one that is named. */
  readonly openLinkedPrs: readonly number[]
  /** Whether these are all. */
  readonly complete: boolean
  readonly hasPriorClosedUnmergedPr?: boolean | null
  readonly priorClosedUnmergedPrNumber?: number | null
  readonly priorClosedUnmergedPrUrl?: string | null
}

type ObservedIssue = NonNullable<IssueFacts['issue']>

export function detectLinkedPr(issue: ObservedIssue, repo: string): LinkedIssuePr {
  const linked = [...issue.pullRequests.items, ...issue.branchPullRequests.items].filter((pr) => pr.repo === repo)
  const open = numbersOf(linked, 'OPEN')
  const [newest] = open
  const complete = issue.pullRequests.complete && issue.branchPullRequests.complete
  const found = {
    repo,
    issue: issue.number,
    hasOpenLinkedPr: newest !== undefined ? true : complete ? false : null,
    prNumber: newest ?? null,
    prUrl: newest === undefined ? null : urlOf(issue, newest),
    openLinkedPrs: open,
    complete,
  }
  if (newest !== undefined) return found

  const [prior] = numbersOf(linked, 'CLOSED')
  return {
    ...found,
    hasPriorClosedUnmergedPr: prior !== undefined ? true : complete ? false : null,
    priorClosedUnmergedPrNumber: prior ?? null,
    priorClosedUnmergedPrUrl: prior === undefined ? null : urlOf(issue, prior),
  }
}

function numbersOf(linked: readonly LinkedPullRequestFact[], state: LinkedPullRequestFact['state']): number[] {
  const numbers = linked.filter((pr) => pr.state === state).map(({ number }) => number)
  return [...new Set(numbers)].sort((one, other) => other - one)
}

/** Both are of one repository, so their addresses differ in the kind only. */
function urlOf({ url }: ObservedIssue, number: number): string {
  return url.replace(/\/issues\/\d+$/, `/pull/${number}`)
}
