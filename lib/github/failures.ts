/**
 * Which error an answer of GitHub is: decided from status, headers and the error's `type`, never from
 * its words.
 *
 * A 403 is a rate limit when it says when to come back or that nothing is left, and otherwise a lack
 * of permission. An answer that holds both data and errors is a failure, except for the paths of
 * which the caller said that they may be missing: GitHub reports an absent pull request, or an absent
 * file of a commit, as an error of type NOT_FOUND beside the rest of the data. In the same way it
 * reports as FORBIDDEN what this token may not read, where the caller can do without.
 */
import { z } from 'zod'
import type { Code } from '../codes.ts'
import { GitHubError } from '../errors.ts'
import type { Resource } from './quota/ledger.ts'
import { quoted } from './quoted.ts'

export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const GraphqlFailure = z.object({
  type: z.string().nullish(),
  path: z.array(z.union([z.string(), z.number()])).nullish(),
  message: z.string().nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
})
export type GraphqlFailure = z.infer<typeof GraphqlFailure>

/** What every answer to a query is, before anybody looks at its data. */
export const GraphqlAnswer = z.object({ errors: z.array(GraphqlFailure).nullish() })

interface Circumstances {
  readonly token: string | null
  /** Wall clock in milliseconds; only compared with the reset time that GitHub names. */
  readonly nowMs: number
  /** Which quota the request was counted against. */
  readonly resource: Resource
}

/** @returns the error that this status means, or `null` for a success */
export function failureOfStatus(answer: HttpAnswer, circumstances: Circumstances): GitHubError | null {
  const { status, headers } = answer
  if ((status >= 200 && status < 300) || status === 304) return null
  const details = { status, said: quoted(said(answer.text), circumstances.token) }
  if (status < 400) {
    return failure('github_failed', 'GitHub answered with a redirect; check the repository name and the base URL', {
      ...details,
      location: quoted(headers.get('location') ?? '', circumstances.token),
    })
  }
  if (status === 401) return failure('token_rejected', 'GitHub rejects the token; set a valid one in GH_TOKEN', details)
  if (status === 429 || (status === 403 && namesALimit(headers))) {
    return rateLimited(headers, circumstances, details)
  }
  if (status === 403)
    return failure('not_permitted', 'the token may not do this; give it the missing permission', details)
  if (status === 404 || status === 410) {
    return failure('target_not_found', 'GitHub finds no such thing, or the token may not see it; check both', details)
  }
  if (status === 409 || status === 422) {
    return failure('precondition_failed', `GitHub refuses this as things stand: ${details.said}`, details)
  }
  const kind = status >= 500 ? 'GitHub failed; try again in a while' : 'GitHub refused the request'
  return failure('github_failed', `${kind} (HTTP ${status}: ${details.said})`, details)
}

interface Excuses {
  /** Whether NOT_FOUND at this path is an answer. */
  readonly mayBeMissing: (path: string) => boolean
  /** Whether the caller does without what this token may not read at this path. */
  readonly onWithheld: (path: string) => boolean
}

/**
 * @returns the most telling error, or `null` when all of them are such answers
 */
export function failureOfErrors(
  errors: readonly GraphqlFailure[],
  excuses: Excuses,
  { headers, ...circumstances }: Circumstances & { readonly headers: Headers },
): GitHubError | null {
  const left = errors.filter((error) => !isExcused(error, excuses))
  const [first] = [...left].sort((a, b) => weight(a) - weight(b))
  if (!first) return null

  const words = quoted(first.message ?? 'no message', circumstances.token)
  const details = { type: first.type ?? null, path: pathOf(first), said: words }
  switch (first.type) {
    case 'RATE_LIMITED':
      return rateLimited(headers, circumstances, details)
    case 'FORBIDDEN':
    case 'INSUFFICIENT_SCOPES':
      return failure('not_permitted', `the token may not do this (${words}); give it the missing permission`, details)
    case 'NOT_FOUND':
      return failure('target_not_found', `GitHub finds no such thing, or the token may not see it: ${words}`, details)
    case 'UNPROCESSABLE':
      return failure('precondition_failed', `GitHub refuses this as things stand: ${words}`, details)
    default:
      return failure('github_failed', `GitHub refused the request: ${words}`, {
        ...details,
        transient: first.type == null && first.extensions == null,
      })
  }
}

function isExcused(error: GraphqlFailure, { mayBeMissing, onWithheld }: Excuses): boolean {
  if (error.type === 'NOT_FOUND') return mayBeMissing(pathOf(error))
  return error.type === 'FORBIDDEN' && onWithheld(pathOf(error))
}

function pathOf(error: GraphqlFailure): string {
  return (error.path ?? []).join('.')
}

/** Whether the same query may well succeed in a moment. */
export function isTransient(error: GitHubError): boolean {
  if (error.code === 'github_unreachable') return true
  if (error.code !== 'github_failed') return false
  const { status, transient } = error.details
  return transient === true || status === 502 || status === 503 || status === 504
}

/** An effect's deadline arrives as a signal too; unlike a person's Ctrl-C it is a failure of the outside. */
export function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError'
}

const ORDER = ['RATE_LIMITED', 'FORBIDDEN', 'INSUFFICIENT_SCOPES', 'NOT_FOUND']

function weight(error: GraphqlFailure): number {
  const place = ORDER.indexOf(error.type ?? '')
  return place === -1 ? ORDER.length : place
}

function namesALimit(headers: Headers): boolean {
  return headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0'
}

/** GitHub asks for a minute when it names no time: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api */
function retryAfterMs(headers: Headers, nowMs: number): number {
  const after = headers.get('retry-after')
  if (after !== null && /^\d{1,6}$/.test(after)) return Number(after) * 1_000
  const reset = headers.get('x-ratelimit-reset')
  if (headers.get('x-ratelimit-remaining') === '0' && reset !== null && /^\d{1,12}$/.test(reset)) {
    return Math.max(1_000, Number(reset) * 1_000 - nowMs)
  }
  return 60_000
}

/** `primary`: the quota of the hour is spent; `secondary`: GitHub wants fewer or slower requests of any kind. */
function rateLimited(headers: Headers, { nowMs, resource }: Circumstances, details: object): GitHubError {
  const waitMs = retryAfterMs(headers, nowMs)
  const isSpent = headers.get('x-ratelimit-remaining') === '0'
  const inWords = 'type' in details && !headers.has('retry-after')
  return failure(
    'rate_limited',
    `GitHub takes no calls for another ${Math.ceil(waitMs / 1_000)} s; wait, then repeat`,
    {
      ...details,
      limit: isSpent || inWords ? 'primary' : 'secondary',
      resource,
      resetAt: new Date(nowMs + waitMs).toISOString(),
      retryAfterMs: waitMs,
    },
  )
}

/** The `message` of an error that is JSON; nothing of one that is not (a proxy's HTML page helps nobody). */
function said(text: string): string {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message)
  } catch {
    return 'no JSON'
  }
  return 'no message'
}

function failure(code: Code, message: string, details: Readonly<Record<string, unknown>>): GitHubError {
  return new GitHubError(code, message, details)
}
