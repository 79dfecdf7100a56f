/**
 * Looks at one target, or at its branch alone: in one GraphQL request, or, when the quota of GraphQL is spent, over REST.
 *
 * What REST cannot tell is said in the facts. When neither may be asked, the error names the sooner of
 * the two instants at which one of them answers again.
 */
import { GitHubError } from '../errors.ts'
import type { PullRequestFacts } from '../facts/pull-request.ts'
import type { NumberedTarget } from '../target.ts'
import type { GitHubClient } from './client.ts'
import { type PullRequestHead, readHeadBranch } from './head-branch.ts'
import { type ObservedIssue, type ObservingIssue, observeIssue } from './observe-issue.ts'
import { type Observing, observePullRequest } from './observe-pull-request.ts'
import { forObserving } from './observing.ts'
import type { Purpose } from './quota/ledger.ts'

/** What for: an effect may use what is kept of the quotas. */
interface Looking {
  readonly purpose?: Purpose | undefined
}

/** @throws GitHubError; `rate_limited` when neither quota is left */
export function observePullRequestByAny(
  given: GitHubClient,
  target: NumberedTarget,
  observing: Observing & Looking,
): Promise<PullRequestFacts> {
  const client = clientFor(given, observing)
  return orByRest(
    () => observePullRequest(client, target, observing),
    async (wholeAt) => {
      const { observePullRequestByRest } = await import('./rest/observe-pull-request.ts')
      return observePullRequestByRest({ client, target, now: observing.now, signal: observing.signal, wholeAt })
    },
  )
}

/** @throws GitHubError; `rate_limited` when neither quota is left */
export function observeIssueByAny(
  given: GitHubClient,
  target: NumberedTarget,
  observing: ObservingIssue & Looking,
): Promise<ObservedIssue> {
  const client = clientFor(given, observing)
  const { branch, now, signal } = observing
  return orByRest(
    () => observeIssue(client, target, observing),
    async (wholeAt) => {
      const { observeIssueByRest } = await import('./rest/observe-issue.ts')
      const facts = await observeIssueByRest(branch, { client, target, now, signal, wholeAt })
      // That a pull request is the only one for the issue cannot be known here.
      return { facts, pullRequest: null }
    },
  )
}

/** @throws GitHubError; `rate_limited` when neither quota is left */
export function readHeadBranchByAny(
  client: GitHubClient,
  target: NumberedTarget,
  signal: AbortSignal | undefined,
): Promise<PullRequestHead | null> {
  return orByRest(
    () => readHeadBranch(client, target, signal),
    async () => {
      const { readHeadBranchByRest } = await import('./rest/head-branch.ts')
      return readHeadBranchByRest(target, { client, signal })
    },
  )
}

function clientFor(client: GitHubClient, { purpose = 'observe' }: Looking): GitHubClient {
  return purpose === 'observe' ? forObserving(client) : client
}

async function orByRest<Facts>(
  byGraphql: () => Promise<Facts>,
  byRest: (wholeAt: string) => Promise<Facts>,
): Promise<Facts> {
  try {
    return await byGraphql()
  } catch (spent) {
    if (!isSpent(spent)) throw spent
    return byRest(String(spent.details.resetAt)).catch((error: unknown) => {
      throw isRateLimit(error) ? bothSpent(spent, error) : error
    })
  }
}

function isRateLimit(error: unknown): error is GitHubError {
  return error instanceof GitHubError && error.code === 'rate_limited'
}

/** After a secondary limit GitHub wants to be left alone; REST would only make it worse. */
function isSpent(error: unknown): error is GitHubError {
  const { resource, limit } = error instanceof GitHubError ? error.details : {}
  return isRateLimit(error) && resource === 'graphql' && limit === 'primary'
}

function bothSpent(graphql: GitHubError, rest: GitHubError): GitHubError {
  const sooner = Number(rest.details.retryAfterMs) < Number(graphql.details.retryAfterMs) ? rest : graphql
  const { resetAt, retryAfterMs } = sooner.details
  const message = `neither GraphQL nor REST of GitHub may be asked with this token until ${resetAt}; wait, then repeat`
  return new GitHubError(
    'rate_limited',
    message,
    {
      limit: 'primary',
      resetAt,
      retryAfterMs,
      graphqlResetAt: graphql.details.resetAt,
      restResetAt: rest.details.resetAt,
    },
    { cause: rest },
  )
}
