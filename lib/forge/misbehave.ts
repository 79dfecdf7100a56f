/**
 * Ways in which the forge can be told to fail, to see what its clients do.
 *
 * A misbehaviour waits for requests that fit it and is used up by `times` of them. Failures before
 * the write (`bad_gateway`, `rate_limit`, …) leave it undone; `drop_answer` and `truncate` happen
 * after it was done; `apply_late` does it after a delay even when nobody is listening any more.
 */

export const MISBEHAVIOURS = [
  'latency',
  'bad_gateway',
  'html',
  'truncate',
  'rate_limit',
  'partial_error',
  'stale_read',
  'apply_late',
  'drop_answer',
  'refuse_connection',
] as const

export interface Misbehaviour {
  readonly do: (typeof MISBEHAVIOURS)[number]
  /** Which requests: `graphql`, `rest` or `git`; all if not given. */
  readonly route?: 'graphql' | 'rest' | 'git'
  /** Only writes, or only reads. */
  readonly access?: 'read' | 'write'
  /** Only writes of this kind, as the log of effects names it; the beginning is enough. */
  readonly kind?: string
  /** How many fitting requests are left alone first; default 0. */
  readonly skip?: number
  /** How many requests it happens to; default 1. */
  readonly times?: number
  /** How long `latency` and `apply_late` take; default 1000. */
  readonly delayMs?: number
  /** For `rate_limit`: 403 or 429, or 200 with an error of type RATE_LIMITED; default 403. */
  readonly status?: 200 | 403 | 429
  /** For `rate_limit`; default 1. */
  readonly retryAfterSeconds?: number
  /** For `partial_error`: the path of the field that fails, such as `repository.pullRequest.reviews`. */
  readonly path?: string
}

export interface RequestKind {
  readonly route: 'graphql' | 'rest' | 'git'
  readonly access: 'read' | 'write'
  /** Kinds of the writes in it. */
  readonly kinds: readonly string[]
}

interface Waiting {
  readonly rule: Misbehaviour
  skip: number
  times: number
}

export class Misbehaviours {
  #waiting: Waiting[] = []

  add(rule: Misbehaviour): void {
    this.#waiting.push({ rule, skip: rule.skip ?? 0, times: rule.times ?? 1 })
  }

  clear(): void {
    this.#waiting = []
  }

  /** Counts the request against every rule that it fits, and answers with those that happen to it. */
  take(request: RequestKind): Misbehaviour[] {
    const happening: Misbehaviour[] = []
    for (const waiting of this.#waiting) {
      if (!fits(waiting.rule, request)) continue
      if (waiting.skip > 0) waiting.skip -= 1
      else if (waiting.times > 0) {
        waiting.times -= 1
        happening.push(waiting.rule)
      }
    }
    this.#waiting = this.#waiting.filter((waiting) => waiting.times > 0)
    return happening
  }
}

function fits(rule: Misbehaviour, request: RequestKind): boolean {
  if (rule.route !== undefined && rule.route !== request.route) return false
  if (rule.access !== undefined && rule.access !== request.access) return false
  if (rule.do === 'stale_read' && (request.access !== 'read' || request.route === 'git')) return false
  if (rule.do === 'partial_error' && request.route !== 'graphql') return false
  const { kind } = rule
  return kind === undefined || request.kinds.some((one) => one.startsWith(kind))
}
