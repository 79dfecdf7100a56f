/**
 * Where to ask about a repository that was renamed. GraphQL answers under both names; REST sends whoever asks
 * under the old one to an address that holds the repository's number.
 *
 * Only that number is taken from the answer, and only when the address is one of this same interface: a
 * redirect to anywhere else is a failure, and the token goes nowhere else. A write is repeated only where the
 * answer promises that it was not made (307, 308).
 */
import { GitHubError } from '../../errors.ts'

interface Asked {
  readonly method: string
  /** From `/repos/` on. */
  readonly path: string
}

/** @returns the path to ask instead; `null` when the error is no such answer */
export function movedTo({ method, path }: Asked, error: unknown, { restUrl }: { restUrl: string }): string | null {
  const { status, location } = error instanceof GitHubError ? error.details : {}
  const repeatable = status === 307 || status === 308 || (method === 'GET' && (status === 301 || status === 302))
  const id = repeatable ? numberIn(String(location), restUrl) : null
  const moved = path.replace(/^\/repos\/[^/]+\/[^/?]+/, `/repositories/${id}`)
  return id === null || moved === path ? null : moved
}

function numberIn(location: string, restUrl: string): string | null {
  const base = `${new URL(restUrl).href.replace(/\/+$/, '')}/repositories/`
  const href = URL.canParse(location) ? new URL(location).href : ''
  if (!href.startsWith(base)) return null
  return /^(\d+)(?=[/?]|$)/.exec(href.slice(base.length))?.[1] ?? null
}
