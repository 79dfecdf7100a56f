/**
 * One exchange with GitHub: sent once, within a time limit that covers the whole answer, without
 * following redirects (they would turn a POST into a GET, or carry the token elsewhere).
 *
 * Whatever goes wrong leaves here as a GitHubError; an abort by the caller leaves as it is.
 */
import { GitHubError } from '../errors.ts'
import { failureOfStatus, type HttpAnswer, isTimeout } from './failures.ts'
import type { Charge } from './quota/ledger.ts'
import type { Quota } from './quota/quota.ts'
import { quoted } from './quoted.ts'

export interface Sending {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  /** What it is counted as in the ledger of quotas. */
  readonly charge: Charge
}

export interface Wire {
  readonly fetch: typeof fetch
  readonly token: string
  readonly wallMs: () => number
  readonly quota: Quota
}

/** @throws GitHubError; or the signal's reason when the caller aborted */
export async function exchange(sending: Sending, wire: Wire): Promise<HttpAnswer> {
  wire.quota.take(sending.charge)
  const answer = await send(sending, wire)
  wire.quota.settle(sending.charge, answer)
  const { resource } = sending.charge
  const failure = failureOfStatus(answer, { token: wire.token, nowMs: wire.wallMs(), resource })
  if (failure) throw failure
  return answer
}

async function send(sending: Sending, { fetch, token }: Wire): Promise<HttpAnswer> {
  const { method, url, headers, body, timeoutMs, signal } = sending
  const limit = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, authorization: `bearer ${token}`, 'user-agent': 'dev-loops' },
      body,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  } catch (error) {
    if (signal?.aborted && !isTimeout(signal.reason)) throw signal.reason
    throw limit.aborted || signal?.aborted ? tookTooLong(timeoutMs, error) : unreachable(error, token)
  }
}

function tookTooLong(timeoutMs: number, cause: unknown): GitHubError {
  const message = `GitHub did not answer in time (limit ${timeoutMs / 1_000} s); try again, or raise github.requestTimeout`
  return new GitHubError('github_unreachable', message, { timeoutMs }, { cause })
}

function unreachable(error: unknown, token: string): GitHubError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const why = cause instanceof Error ? quoted(cause.message, token) : 'unknown reason'
  return new GitHubError(
    'github_unreachable',
    `GitHub cannot be reached (${why}); check network and base URL`,
    { why },
    { cause: error },
  )
}

/** @throws GitHubError `github_answer_invalid` for HTML, half an answer, or anything else that is not JSON */
export function parseJson(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text)
  } catch (cause) {
    const type = answer.headers.get('content-type') ?? 'no content type'
    throw new GitHubError(
      'github_answer_invalid',
      `GitHub answered with something that is not JSON (${quoted(type, null)}, ${answer.text.length} characters); check the base URL or try again`,
      { status: answer.status, contentType: type, characters: answer.text.length },
      { cause },
    )
  }
}
