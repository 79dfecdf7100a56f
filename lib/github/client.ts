/**
 * The way to GitHub: one function for GraphQL, one for the few REST calls, and a count of what was
 * sent.
 *
 * Reads are retried, writes never: a write that got no answer may have been made, and is settled by
 * looking for its key (see lib/sessions/effect.ts).
 */

import { requireSafe } from '../endpoint.ts'
import { GitHubError } from '../errors.ts'
import { failureOfErrors, GraphqlAnswer, type GraphqlFailure } from './failures.ts'
import type { Purpose } from './quota/ledger.ts'
import { pointsOf } from './quota/points.ts'
import { NO_QUOTA, type Quota } from './quota/quota.ts'
import { type KeptAnswers, rememberAnswers } from './rest/kept-answers.ts'
import { movedTo } from './rest/moved.ts'
import { PATIENCE, type Pace, type Patience, REAL_PACE, withRetries } from './retry.ts'
import { exchange, parseJson, type Sending, type Wire } from './transport.ts'

export type Variables = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** Overrides the client's limit for one request; every write has one of at most 30 s. */
  readonly timeoutMs?: number | undefined
  /** Paths of the answer, such as `repository.pullRequest`, at which NOT_FOUND is an answer and no failure. */
  readonly mayBeMissing?: ((path: string) => boolean) | undefined
  /**
   * Called with each path at which the token may not read. Answers `true` when the caller goes on without
   * what stands there, which it then knows to be unknown: the data says `null`, as it does for "none".
   */
  readonly onWithheld?: ((path: string) => boolean) | undefined
  /** Failures of a read after which the caller asks for less, so that the same question is not repeated. */
  readonly asksLessAfter?: ((error: GitHubError) => boolean) | undefined
  /** `observe` leaves the reserve of the quota alone; `effect`, unless told. */
  readonly purpose?: Purpose | undefined
}

interface RestOptions extends CallOptions {
  /** An ETag: the answer is status 304, and costs no quota, when nothing changed since. */
  readonly ifNoneMatch?: string | undefined
  /** Of a write: the effect's key, sent along for whoever keeps a log of what it received. */
  readonly idempotencyKey?: string | undefined
}

interface RestAnswer {
  readonly status: number
  readonly etag: string | null
  /** The header that names further pages. */
  readonly link: string | null
  /** `null` when there is no body. */
  readonly body: unknown
}

type RestMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface GitHubClient {
  graphql(query: string, variables: Variables, options?: CallOptions): Promise<unknown>
  /** @param path from `/repos/…` on */
  rest(method: RestMethod, path: string, body?: unknown, options?: RestOptions): Promise<RestAnswer>
  /** Answers of REST that need only be confirmed. */
  readonly answers: KeptAnswers
  /** How long one request may take. */
  readonly timeoutMs: number
  /** How many requests were sent, repeated ones included. */
  readonly requests: number
  /** What the token may do, as GitHub last said in `x-oauth-scopes`; `null` for tokens without scopes. */
  readonly scopes: readonly string[] | null
}

export interface ClientOptions {
  readonly token: string
  readonly graphqlUrl: string
  readonly restUrl: string
  readonly timeoutMs: number
  readonly fetch?: typeof fetch
  /** The books of this token's quotas; without them GitHub alone refuses. */
  readonly quota?: Quota
  /** Where answers of REST are kept; in memory, unless told. */
  readonly answers?: KeptAnswers
  readonly patience?: Patience
  readonly pace?: Pace
}

const NOTHING = () => false

/** @throws UsageError when the token would leave this machine unencrypted */
export function createClient(options: ClientOptions): GitHubClient {
  requireSafe('GITHUB_GRAPHQL_URL', options.graphqlUrl)
  requireSafe('GITHUB_API_URL', options.restUrl)
  const { patience = PATIENCE, pace = REAL_PACE } = options
  const seen: { requests: number; scopes: readonly string[] | null } = { requests: 0, scopes: null }
  const wire: Wire = {
    token: options.token,
    wallMs: () => Date.now(),
    quota: options.quota ?? NO_QUOTA,
    async fetch(input, init) {
      seen.requests += 1
      const response = await (options.fetch ?? fetch)(input, init)
      const scopes = response.headers.get('x-oauth-scopes')
      if (scopes !== null)
        seen.scopes = scopes
          .split(',')
          .map((scope) => scope.trim())
          .filter((scope) => scope !== '')
      return response
    },
  }

  function asOften<T>(isRead: boolean, call: CallOptions, send: () => Promise<T>): Promise<T> {
    return isRead ? withRetries(send, patience, { pace, signal: call.signal, stopAt: call.asksLessAfter }) : send()
  }

  return {
    answers: options.answers ?? rememberAnswers(),
    timeoutMs: options.timeoutMs,
    get requests() {
      return seen.requests
    },
    get scopes() {
      return seen.scopes
    },
    graphql: (query, variables, call = {}) =>
      asOften(!isMutation(query), call, () => sendGraphql({ query, variables, call }, options, wire)),
    rest: (method, path, body, call = {}) =>
      asOften(method === 'GET', call, () => sendRest({ method, path, body, call }, options, wire)),
  }
}

/** Our queries begin with the word that says what they are; a test holds every one of them to it. */
export function isMutation(query: string): boolean {
  return /^\s*mutation\b/.test(query)
}

async function sendGraphql(
  { query, variables, call }: { query: string; variables: Variables; call: CallOptions },
  { graphqlUrl, timeoutMs }: ClientOptions,
  wire: Wire,
): Promise<unknown> {
  const { graphql, GraphqlResponseError } = await import('@octokit/graphql')
  // octokit takes the variables beside its own options; a test keeps our variable names apart from those.
  const asked = { ...variables, query, url: graphqlUrl }
  const charge = { resource: 'graphql', points: pointsOf(query), purpose: call.purpose ?? 'effect' } as const
  try {
    const data = await graphql<unknown>({
      ...asked,
      request: {
        fetch: fetchForOctokit(wire, { timeoutMs: call.timeoutMs ?? timeoutMs, signal: call.signal, charge }),
      },
    })
    return requireData(data)
  } catch (error) {
    if (!(error instanceof GraphqlResponseError)) throw unwrapped(error)
    const headers = new Headers(Object.entries(error.headers).map(([name, value]) => [name, String(value)]))
    const circumstances = { token: wire.token, nowMs: wire.wallMs(), headers, resource: 'graphql' } as const
    const failures: readonly GraphqlFailure[] = error.errors ?? []
    const { mayBeMissing = NOTHING, onWithheld = NOTHING } = call
    const failure = failureOfErrors(failures, { mayBeMissing, onWithheld }, circumstances)
    if (failure) throw noted(failure, wire)
    return requireData(error.data)
  }
}

/** That the quota is spent stands in the body; the headers need not say it. */
function noted(failure: GitHubError, { quota }: Wire): GitHubError {
  const { limit, retryAfterMs } = failure.details
  if (failure.code === 'rate_limited' && limit === 'primary') quota.spent('graphql', Number(retryAfterMs))
  return failure
}

/**
 * The transport in the shape that octokit wants: it has read and parsed the whole answer before
 * octokit sees it, because octokit would hand half an answer on as text.
 */
function fetchForOctokit(wire: Wire, extras: Pick<Sending, 'timeoutMs' | 'signal' | 'charge'>) {
  return async (url: string, init: { method: string; headers: Record<string, string>; body: string }) => {
    const answer = await exchange({ ...init, url, ...extras }, wire)
    // octokit takes the errors for a list of objects without looking.
    if (!GraphqlAnswer.safeParse(parseJson(answer)).success) throw incomplete()
    return new Response(answer.text, {
      status: 200,
      headers: { ...Object.fromEntries(answer.headers), 'content-type': 'application/json' },
    })
  }
}

/** octokit wraps what its fetch throws. */
function unwrapped(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error ? cause : error
}

function requireData(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) throw incomplete()
  return data
}

function incomplete(): GitHubError {
  return new GitHubError('github_answer_invalid', 'GitHub answered without data; try again, and check the base URL')
}

interface RestCall {
  readonly method: RestMethod
  readonly path: string
  readonly body: unknown
  readonly call: RestOptions
}

/** A repository that was renamed is asked again under its number, once. */
async function sendRest(asked: RestCall, options: ClientOptions, wire: Wire): Promise<RestAnswer> {
  try {
    return await sendRestOnce(asked, options, wire)
  } catch (error) {
    const path = movedTo(asked, error, options)
    if (path === null) throw error
    return sendRestOnce({ ...asked, path }, options, wire)
  }
}

async function sendRestOnce(
  { method, path, body, call }: RestCall,
  { restUrl, timeoutMs }: ClientOptions,
  wire: Wire,
): Promise<RestAnswer> {
  const headers: Record<string, string> = {
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
  }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (call.ifNoneMatch !== undefined) headers['if-none-match'] = call.ifNoneMatch
  if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey
  const answer = await exchange(
    {
      method,
      url: `${restUrl}${path}`,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      timeoutMs: call.timeoutMs ?? timeoutMs,
      signal: call.signal,
      charge: { resource: 'core', points: 1, purpose: call.purpose ?? 'effect' },
    },
    wire,
  )
  const empty = answer.text === '' && (answer.status === 204 || answer.status === 205 || answer.status === 304)
  const { status, headers: said } = answer
  return { status, etag: said.get('etag'), link: said.get('link'), body: empty ? null : parseJson(answer) }
}
