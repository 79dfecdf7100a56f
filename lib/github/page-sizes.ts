/**
 * How many pull requests are asked for at once.
 *
 * GitHub ends a request after ten seconds, and how long one takes depends on the repository and the hour. A
 * page that was too much is asked for again in half its size, and the size that was answered is remembered.
 */
import { GitHubError } from '../errors.ts'
import type { CallOptions } from './client.ts'

/**
 * Within 500,000 nodes a page could hold 84 whole pull requests. 50 let 100 be looked at in two requests, and
 * still in four when all of them have more threads than the page has room for.
 */
export const LARGEST_PAGE = { whole: 50, light: 100 } as const
export type PageKind = keyof typeof LARGEST_PAGE

export interface PageSizes {
  read(kind: PageKind): number
  /** A size that was answered after a larger one was not. */
  remember(kind: PageKind, size: number): void
}

/** @param known what an earlier look remembered */
export function pageSizes(known: Partial<Record<PageKind, number>> = {}): PageSizes {
  const sizes = { ...LARGEST_PAGE, ...known }
  return {
    read: (kind) => Math.min(sizes[kind], LARGEST_PAGE[kind]),
    remember(kind, size) {
      sizes[kind] = size
    },
  }
}

export interface Paging {
  readonly sizes: PageSizes
  readonly signal: AbortSignal | undefined
}

/** @throws GitHubError what the smallest page was answered with */
export async function askForLess<T>(
  kind: PageKind,
  ask: (size: number, call: Pick<CallOptions, 'signal' | 'asksLessAfter'>) => Promise<T>,
  { sizes, signal }: Paging,
): Promise<T> {
  for (let size = sizes.read(kind); ; size = Math.ceil(size / 2)) {
    try {
      const answer = await ask(size, { signal, ...(size > 1 ? { asksLessAfter: isTooMuch } : {}) })
      if (size < sizes.read(kind)) sizes.remember(kind, size)
      return answer
    } catch (error) {
      if (signal?.aborted || size === 1 || !isTooMuch(error)) throw error
    }
  }
}

/** What GitHub says of a query that asks for more than it can give in one answer. */
const TOO_LARGE: readonly unknown[] = ['RESOURCE_LIMITS_EXCEEDED', 'MAX_NODE_LIMIT_EXCEEDED']

/** Whether half of it may succeed where all of it did not. */
function isTooMuch(error: unknown): boolean {
  if (!(error instanceof GitHubError)) return false
  const { status, transient, type, timeoutMs } = error.details
  if (error.code === 'github_unreachable') return timeoutMs !== undefined
  if (error.code !== 'github_failed') return false
  return transient === true || status === 502 || status === 504 || TOO_LARGE.includes(type)
}
