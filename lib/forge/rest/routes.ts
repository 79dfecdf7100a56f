/**
 * The REST calls that the forge knows, by method and path. What is not here answers 404 and says
 * that it is the forge that lacks it.
 */
import type { Context, Quota } from '../graphql/context.ts'
import { type Answer, jsonAnswer } from '../http.ts'
import type { Repository } from '../state/model.ts'
import { readWorkflowRuns } from './actions.ts'
import { readCheckRuns, readCheckSuites, readCombinedStatus, readCommit, readStatuses, writeStatus } from './commits.ts'
import { readComments, readEvents, readIssue, readReviewComments, readReviews } from './conversation.ts'
import { readBlob, readBranch, readTree } from './git.ts'
import { readPull, readPullFiles, readPulls, readReviewRequests, removeReviewers, requestReviewers } from './pulls.ts'
import { readRateLimit, readRepository, readUser } from './repository.ts'

export interface RestCall {
  readonly context: Context
  readonly body: unknown
  /** What the path names, in the order of the pattern. */
  readonly path: readonly string[]
  readonly url: URL
  readonly query: URLSearchParams
  /** What is left of REST's own quota. */
  readonly core: () => Quota
  /** What the sender calls this write, for the log. */
  readonly idempotencyKey: string | null
}

/** A call about a repository that exists and may be read. */
export interface RepositoryCall extends RestCall {
  readonly repository: Repository
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** The name under which a write is logged. */
  readonly kind: string
  readonly pattern: RegExp
  readonly answer: (call: RestCall) => Promise<Answer>
}

const REPOSITORY = '/repos/([\\w.-]+)/([\\w.-]+)'

const ROUTES: readonly Route[] = [
  route('GET', '/user', readUser),
  route('GET', '/rate_limit', readRateLimit),
  route('GET', `${REPOSITORY}`, readRepository),
  route('GET', `${REPOSITORY}/pulls`, readPulls),
  route('GET', `${REPOSITORY}/pulls/(\\d+)`, readPull),
  route('GET', `${REPOSITORY}/pulls/(\\d+)/files`, readPullFiles),
  route('GET', `${REPOSITORY}/pulls/(\\d+)/requested_reviewers`, readReviewRequests),
  route('POST', `${REPOSITORY}/pulls/(\\d+)/requested_reviewers`, requestReviewers),
  route('DELETE', `${REPOSITORY}/pulls/(\\d+)/requested_reviewers`, removeReviewers),
  route('GET', `${REPOSITORY}/actions/runs`, readWorkflowRuns),
  route('GET', `${REPOSITORY}/pulls/(\\d+)/reviews`, readReviews),
  route('GET', `${REPOSITORY}/pulls/(\\d+)/comments`, readReviewComments),
  route('GET', `${REPOSITORY}/issues/(\\d+)`, readIssue),
  route('GET', `${REPOSITORY}/issues/(\\d+)/comments`, readComments),
  route('GET', `${REPOSITORY}/issues/(\\d+)/events`, readEvents),
  route('GET', `${REPOSITORY}/commits/([0-9a-f]{40})`, readCommit),
  route('GET', `${REPOSITORY}/branches/([^/]+)`, readBranch),
  route('GET', `${REPOSITORY}/git/trees/([0-9a-f]+)`, readTree),
  route('GET', `${REPOSITORY}/git/blobs/([0-9a-f]+)`, readBlob),
  route('POST', `${REPOSITORY}/statuses/([\\w./-]+)`, writeStatus),
  route('GET', `${REPOSITORY}/statuses/([\\w./-]+)`, readStatuses),
  route('GET', `${REPOSITORY}/commits/([\\w./-]+?)/statuses`, readStatuses),
  route('GET', `${REPOSITORY}/commits/([\\w./-]+?)/status`, readCombinedStatus),
  route('GET', `${REPOSITORY}/commits/([\\w./-]+?)/check-runs`, readCheckRuns),
  route('GET', `${REPOSITORY}/commits/([\\w./-]+?)/check-suites`, readCheckSuites),
]

export function findRoute(method: string, path: string): { route: Route; path: string[] } | null {
  for (const route of ROUTES) {
    const match = route.method === method ? route.pattern.exec(path) : null
    if (match) return { route, path: match.slice(1).map(decodeURIComponent) }
  }
  return null
}

export function notHere(message = 'Not Found'): Answer {
  return jsonAnswer(404, { message, documentation_url: 'https://docs.github.com/rest', status: '404' })
}

function route(method: Route['method'], path: string, answer: Route['answer']): Route {
  const last = path.split('/').at(-1)
  const named = path.includes('/statuses/') ? 'statuses' : last
  return { method, kind: `${method} ${named}`, pattern: new RegExp(`^${path}$`), answer }
}
