/**
 * Everything about one pull request, as one consistent observation.
 *
 * One request, unless a list is longer than its page. Checks and head come from the same answer, but
 * GitHub may give the head of before a push with the last commit of after it: then everything is asked
 * once more, and if the two still differ the observation fails rather than judge a commit by the
 * checks of another.
 *
 * A token that may not read checks gets everything else: its checks are then unknown, and say so.
 */
import { GitHubError } from '../errors.ts'
import type { PullRequestFacts } from '../facts/pull-request.ts'
import type { NumberedTarget } from '../target.ts'
import type { RawRepository } from './answers/parts.ts'
import { PullRequestAnswer, type RawHistory, type RawPullRequest } from './answers/pull-request.ts'
import { readAnswer } from './answers/read.ts'
import type { GitHubClient } from './client.ts'
import { isOfChecks, readLists } from './pull-request-lists.ts'
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
  /** The token may not read (all of) the checks. */
  readonly withheld: boolean
  readonly origin?: PullRequestFacts['origin']
}

/** @throws GitHubError; `target_not_found` for the repository only, an absent pull request is a fact */
export async function observePullRequest(
  client: GitHubClient,
  target: NumberedTarget,
  { now, signal }: Observing,
): Promise<PullRequestFacts> {
  const { answer, withheld } = await consistentAnswer({ client, target, signal })
  const { viewer, repository } = answer
  const context = { viewer: viewer.login, repository, reading: { client, target, signal, withheld }, now }
  return pullRequestFacts(repository.pullRequest, context)
}

interface FactsContext {
  readonly viewer: string
  readonly repository: RawRepository
  readonly reading: Reading
  readonly now: () => Date
}

/** @param raw of one answer with the repository; `null`: there is no such pull request */
export async function pullRequestFacts(
  raw: RawPullRequest | null,
  { viewer, repository, reading, now }: FactsContext,
): Promise<PullRequestFacts> {
  const pr = raw === null ? null : await readPullRequest(raw, reading)
  return {
    schema: 1,
    kind: 'pull_request',
    origin: reading.origin ?? 'target',
    source: { via: 'graphql' },
    observedAt: now().toISOString(),
    repository: repositoryOf(repository, { host: reading.target.host, viewer }),
    policyFile: policyFileOf(raw?.baseRef ?? null),
    pr,
  }
}

type Question = Omit<Reading, 'withheld'>

interface Answered {
  readonly answer: PullRequestAnswer
  readonly withheld: boolean
}

async function consistentAnswer(question: Question): Promise<Answered> {
  const first = await ask(question)
  if (isConsistent(first.answer.repository.pullRequest)) return first
  const second = await ask(question)
  const { pullRequest } = second.answer.repository
  if (isConsistent(pullRequest)) return second
  throw new GitHubError(
    'github_answer_invalid',
    'GitHub shows the head of the pull request and its last commit as two different commits; try again in a moment',
    { head: pullRequest?.headRefOid ?? null },
  )
}

async function ask({ client, target, signal }: Question): Promise<Answered> {
  const variables = { ...ownerAndName(target.repo), number: target.number }
  const withheld = new Set<string>()
  const answer = await client.graphql(PULL_REQUEST_FACTS, variables, {
    signal,
    mayBeMissing: isMissingFact,
    onWithheld: (path) => isOfChecks(path) && withheld.add(path).size > 0,
  })
  return { answer: readAnswer(PullRequestAnswer, answer), withheld: withheld.size > 0 }
}

/** GitHub reports a file that a commit lacks as NOT_FOUND beside the data, as it does a number without a pull request. */
function isMissingFact(path: string): boolean {
  return (
    path === 'repository.pullRequest' || /^repository\.pullRequest\.baseRef\.target\.(plain|yaml|yml|json)$/.test(path)
  )
}

/** Only an open pull request moves; a closed one's branch may since hold anything. */
export function isConsistent(pullRequest: RawPullRequest | null): boolean {
  const last = pullRequest?.commits.nodes?.at(-1)?.commit ?? null
  return pullRequest?.state !== 'OPEN' || last === null || last.oid === pullRequest.headRefOid
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
    commits: commitsOf(raw),
    history: historyOf(raw.history),
    mergedAt,
  }
}

function commitsOf({ commits: { totalCount, nodes } }: RawPullRequest): NonNullable<PullRequestFacts['pr']>['commits'] {
  const newestHeadline = nodes?.at(-1)?.commit.messageHeadline
  return totalCount === undefined || newestHeadline === undefined ? null : { total: totalCount, newestHeadline }
}

/** A commit of somebody without an account has no login; a list that does not hold them all says so. */
function historyOf(raw: RawHistory | undefined): NonNullable<PullRequestFacts['pr']>['history'] {
  if (!raw?.nodes) return null
  const items = raw.nodes.flatMap((node) => {
    if (node === null) return []
    const { oid, committedDate, author } = node.commit
    return [{ oid, committedAt: committedDate, authorLogin: author?.user?.login ?? null }]
  })
  return { items, total: raw.totalCount, complete: items.length === raw.totalCount }
}
