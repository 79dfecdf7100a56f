/** Which pull request is an issue worked on in? */
import type { IssueFacts } from './issue.ts'

/**
 * @returns the number of the only open pull request that closes the issue or comes from the branch of its
 *   work; `null` when there is none, or more than one, or a list is not whole: that is for the rules to refuse
 */
export function onlyOpenPullRequest({ issue, repository }: Pick<IssueFacts, 'issue' | 'repository'>): number | null {
  if (!issue?.pullRequests.complete || !issue.branchPullRequests.complete) return null
  const open = [...issue.pullRequests.items, ...issue.branchPullRequests.items]
    .filter((pull) => pull.state === 'OPEN' && pull.repo === repository.repo)
    .map(({ number }) => number)
  const [first, ...others] = new Set(open)
  return first !== undefined && others.length === 0 ? first : null
}
