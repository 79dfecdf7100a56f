/**
 * Everything about one issue, as one observation: the issue, what would close it, what stands on the
 * branch of its work, and the policy and head of the default branch, where that work starts.
 *
 * Where exactly one open pull request carries the work, its facts come with the same answer.
 */
import type { IssueFacts } from '../facts/issue.ts'
import { onlyOpenPullRequest } from '../facts/linked-pull-request.ts'
import type { PullRequestFacts } from '../facts/pull-request.ts'
import type { NumberedTarget } from '../target.ts'
import { IssueAnswer, type RawIssue } from './answers/issue.ts'
import { type RawBase, RawLinkedPullRequest } from './answers/parts.ts'
import type { RawPullRequest } from './answers/pull-request.ts'
import { readAnswer } from './answers/read.ts'
import type { GitHubClient } from './client.ts'
import { isConsistent, type Observing, observePullRequest, pullRequestFacts } from './observe-pull-request.ts'
import { listed, onlyPage, wholeList } from './pages.ts'
import { isOfChecks } from './pull-request-lists.ts'
import { CLOSING_PULL_REQUESTS_PAGE, ISSUE_FACTS } from './queries/issue.ts'
import { ownerAndName } from './repository.ts'
import { accountOf, linkedPullRequestOf, policyFileOf, repositoryOf } from './translate/parts.ts'

export interface ObservingIssue extends Observing {
  /** The branch that the issue's work is done on; pull requests from it count even if they close nothing yet. */
  readonly branch: string
}

export interface ObservedIssue {
  readonly facts: IssueFacts
  /** The only open pull request of the issue; `null` when there is none, or more than one. */
  readonly pullRequest: PullRequestFacts | null
}

/** @throws GitHubError; `target_not_found` for the repository only, an absent issue is a fact */
export async function observeIssue(
  client: GitHubClient,
  target: NumberedTarget,
  { branch, now, signal }: ObservingIssue,
): Promise<ObservedIssue> {
  const asking = { client, target, now, signal }
  const { answer, withheld } = await ask(asking, branch)
  const facts = await issueFacts(answer, asking)
  const number = onlyOpenPullRequest(facts)
  if (number === null) return { facts, pullRequest: null }

  const { viewer, repository } = answer
  const raw = wholeIn(repository).find((pull) => pull.number === number && isConsistent(pull))
  const reading = { client, target: { ...target, number }, signal, withheld }
  const pullRequest = raw
    ? await pullRequestFacts(raw, { viewer: viewer.login, repository, reading, now })
    : await observePullRequest(client, { ...target, number }, { now, signal })
  return { facts, pullRequest }
}

interface Asking extends Observing {
  readonly client: GitHubClient
  readonly target: NumberedTarget
}

async function ask({ client, target, signal }: Asking, branch: string) {
  const variables = { ...ownerAndName(target.repo), number: target.number, branch }
  const withheld = new Set<string>()
  const answer = await client.graphql(ISSUE_FACTS, variables, {
    signal,
    mayBeMissing: isMissingFact,
    onWithheld: (path) => isOfChecks(path) && withheld.add(path).size > 0,
  })
  return { answer: readAnswer(IssueAnswer, answer), withheld: withheld.size > 0 }
}

/** Absent are the issue, and any name of the policy file at any of the bases. */
function isMissingFact(path: string): boolean {
  if (path === 'repository.issue') return true
  const base = /^repository\.(base|(issue\.closing|ofBranch)\.nodes\.\d+\.baseRef)\.target\.(plain|yaml|yml|json)$/
  return base.test(path)
}

async function issueFacts({ viewer, repository }: IssueAnswer, asking: Asking): Promise<IssueFacts> {
  const { issue, base, pullRequests } = repository
  return {
    schema: 1,
    kind: 'issue',
    source: { via: 'graphql' },
    observedAt: asking.now().toISOString(),
    repository: repositoryOf(repository, { host: asking.target.host, viewer: viewer.login }),
    policyFile: policyFileOf(base),
    baseSha: tipOf(base),
    issue: issue && {
      ...translated(issue),
      pullRequests: await closingPullRequests(issue, asking),
      branchPullRequests: listed(onlyPage(pullRequests), linkedPullRequestOf),
    },
  }
}

function wholeIn({ issue, ofBranch }: IssueAnswer['repository']): readonly RawPullRequest[] {
  return [...(issue?.closing?.nodes ?? []), ...(ofBranch?.nodes ?? [])].flatMap((raw) => raw ?? [])
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
    assignees: listed(onlyPage(raw.assignees), (assignee) => assignee.login),
    labels: listed(onlyPage(raw.labels), (label) => label.name),
  }
}

async function closingPullRequests(raw: RawIssue, { client, signal }: Asking) {
  const source = { query: CLOSING_PULL_REQUESTS_PAGE, variables: { id: raw.id } }
  const extras = { client, node: RawLinkedPullRequest, options: { signal } }
  return listed(await wholeList(raw.closedByPullRequestsReferences, source, extras), linkedPullRequestOf)
}

function tipOf(base: RawBase): string | null {
  return base?.target?.__typename === 'Commit' ? (base.target.oid ?? null) : null
}
