/**
 * Everything about one pull request, as one consistent observation.
 *
 * One request, unless a list is longer than its page. Checks and head come from the same answer, but
 * GitHub may give the head of before a push with the last commit of after it: then everything is asked
 * once more, and if the two still differ the observation fails rather than judge a commit by the
 * checks of another.
 */
import { GitHubError } from '../errors.ts'
import type { PullRequestFacts } from '../facts/pull-request.ts'
import type { NumberedTarget } from '../target.ts'
import { PullRequestAnswer, type RawPullRequest } from './answers/pull-request.ts'
import { readAnswer } from './answers/read.ts'
import type { GitHubClient } from './client.ts'
import { readLists } from './pull-request-lists.ts'
import { PULL_REQUEST_FACTS } from './queries/pull-request.ts'
import { ownerAndName } from './repository.ts'
import { accountOf, oneOf, policyFileOf, repositoryOf } from './translate/parts.ts'

export interface Observing {
  /** Wall clock, read when the answer is complete. */
  readonly now: () => Date
  readonly signal?: AbortSignal | undefined
}

export interface Reading {
  readonly client: GitHubClient
  readonly target: NumberedTarget
  readonly signal: AbortSignal | undefined
}

/** @throws GitHubError; `target_not_found` for the repository only, an absent pull request is a fact */
export async function observePullRequest(
  client: GitHubClient,
  target: NumberedTarget,
  { now, signal }: Observing,
): Promise<PullRequestFacts> {
  const reading = { client, target, signal }
  const { viewer, repository } = await consistentAnswer(reading)
  const raw = repository.pullRequest
  const pr = raw === null ? null : await readPullRequest(raw, reading)
  return {
    schema: 1,
    kind: 'pull_request',
    observedAt: now().toISOString(),
    repository: repositoryOf(repository, { host: target.host, viewer: viewer.login }),
    policyFile: policyFileOf(raw?.baseRef ?? null),
    pr,
  }
}

async function consistentAnswer(reading: Reading): Promise<PullRequestAnswer> {
  const first = await ask(reading)
  if (isConsistent(first)) return first
  const second = await ask(reading)
  if (isConsistent(second)) return second
  throw new GitHubError(
    'github_answer_invalid',
    'GitHub shows the head of the pull request and its last commit as two different commits; try again in a moment',
    { head: second.repository.pullRequest?.headRefOid ?? null },
  )
}

async function ask({ client, target, signal }: Reading): Promise<PullRequestAnswer> {
  const variables = { ...ownerAndName(target.repo), number: target.number }
  const answer = await client.graphql(PULL_REQUEST_FACTS, variables, { signal, mayBeMissing: isMissingFact })
  return readAnswer(PullRequestAnswer, answer)
}

/** GitHub reports a file that a commit lacks as NOT_FOUND beside the data, as it does a number without a pull request. */
function isMissingFact(path: string): boolean {
  return (
    path === 'repository.pullRequest' || /^repository\.pullRequest\.baseRef\.target\.(plain|yaml|yml|json)$/.test(path)
  )
}

/** Only an open pull request moves; a closed one's branch may since hold anything. */
function isConsistent({ repository: { pullRequest } }: PullRequestAnswer): boolean {
  const last = lastCommit(pullRequest)
  return pullRequest?.state !== 'OPEN' || last === null || last.oid === pullRequest.headRefOid
}

function lastCommit(raw: RawPullRequest | null) {
  return raw?.commits.nodes?.at(-1)?.commit ?? null
}

async function readPullRequest(raw: RawPullRequest, reading: Reading): Promise<NonNullable<PullRequestFacts['pr']>> {
  const { id, number, url, title, body, state, isDraft, isCrossRepository, maintainerCanModify, mergedAt } = raw
  const headRepo = raw.headRepository?.nameWithOwner.toLowerCase() ?? null
  return {
    id,
    number,
    url,
    title,
    body,
    state,
    isDraft,
    author: accountOf(raw.author),
    head: { sha: raw.headRefOid, branch: raw.headRefName, repo: headRepo },
    base: { sha: raw.baseRefOid, branch: raw.baseRefName },
    isCrossRepository,
    maintainerCanModify,
    mergeable: oneOf(['MERGEABLE', 'CONFLICTING', 'UNKNOWN'], raw.mergeable) ?? 'UNKNOWN',
    mergeStateStatus: raw.mergeStateStatus,
    reviewDecision: raw.reviewDecision,
    ...(await readLists(raw, reading)),
    mergedAt,
  }
}
