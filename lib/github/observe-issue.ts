/**
 * Everything about one issue, as one observation: the issue, what would close it, what stands on the
 * branch of its work, and the policy and head of the default branch, where that work starts.
 */
import type { IssueFacts } from '../facts/issue.ts'
import type { NumberedTarget } from '../target.ts'
import { IssueAnswer, type RawIssue } from './answers/issue.ts'
import { type RawBase, RawLinkedPullRequest } from './answers/parts.ts'
import { readAnswer } from './answers/read.ts'
import type { GitHubClient } from './client.ts'
import type { Observing } from './observe-pull-request.ts'
import { listed, wholeList } from './pages.ts'
import { CLOSING_PULL_REQUESTS_PAGE, ISSUE_FACTS } from './queries/issue.ts'
import { ownerAndName } from './repository.ts'
import { accountOf, linkedPullRequestOf, policyFileOf, repositoryOf } from './translate/parts.ts'

export interface ObservingIssue extends Observing {
  /** The branch that the issue's work is done on; pull requests from it count even if they close nothing yet. */
  readonly branch: string
}

/** @throws GitHubError; `target_not_found` for the repository only, an absent issue is a fact */
export async function observeIssue(
  client: GitHubClient,
  target: NumberedTarget,
  { branch, now, signal }: ObservingIssue,
): Promise<IssueFacts> {
  const variables = { ...ownerAndName(target.repo), number: target.number, branch }
  const answer = await client.graphql(ISSUE_FACTS, variables, { signal, mayBeMissing: isMissingFact })
  const { viewer, repository } = readAnswer(IssueAnswer, answer)
  return {
    schema: 1,
    kind: 'issue',
    observedAt: now().toISOString(),
    repository: repositoryOf(repository, { host: target.host, viewer: viewer.login }),
    policyFile: policyFileOf(repository.base),
    baseSha: tipOf(repository.base),
    issue: repository.issue && {
      ...translated(repository.issue),
      pullRequests: await closingPullRequests(repository.issue, client, signal),
      branchPullRequests: (repository.pullRequests?.nodes ?? []).flatMap(
        (raw) => (raw && linkedPullRequestOf(raw)) ?? [],
      ),
    },
  }
}

function isMissingFact(path: string): boolean {
  return path === 'repository.issue' || /^repository\.base\.target\.(plain|yaml|yml|json)$/.test(path)
}

function translated(raw: RawIssue) {
  const { id, number, url, title, body, state } = raw
  return {
    id,
    number,
    url,
    title,
    body,
    state,
    author: accountOf(raw.author),
    assignees: (raw.assignees.nodes ?? []).flatMap((assignee) => assignee?.login ?? []),
    labels: (raw.labels?.nodes ?? []).flatMap((label) => label?.name ?? []),
  }
}

async function closingPullRequests(raw: RawIssue, client: GitHubClient, signal: AbortSignal | undefined) {
  const source = { query: CLOSING_PULL_REQUESTS_PAGE, variables: { id: raw.id } }
  const extras = { client, node: RawLinkedPullRequest, options: { signal } }
  return listed(await wholeList(raw.closedByPullRequestsReferences, source, extras), linkedPullRequestOf)
}

function tipOf(base: RawBase): string | null {
  return base?.target?.__typename === 'Commit' ? (base.target.oid ?? null) : null
}
