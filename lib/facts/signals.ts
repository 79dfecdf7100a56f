/**
 * How weighty the remarks of the newest round of review are: by the mark that a remark bears, else by its words.
 *
 * Only policy that asks for it (`review.stopOnLowSignal`) lets this end the rounds early, and only
 * remarks of the newest round count: one weighty word of the first round would otherwise forbid it for
 * ever.
 */
import { isReviewer } from './identity.ts'
import type { Listed, ThreadCommentFact, ThreadFact } from './pull-request.ts'

const SIGNALS = ['low', 'mid', 'high'] as const
export type Signal = (typeof SIGNALS)[number]

const HIGH = words(
  'bug crash security vulnerab* contract broken incorrect wrong silent silently data~loss race~condition memory~leak ' +
    'infinite~loop deadlock exception fatal corrupt* diverg* inconsisten* regression lost missing',
)
const MID = words(
  'refactor restructur* reorganiz* perform performance architect* design consider maybe alternative improve ' +
    'improvement extract abstract abstraction dry simplif* duplicat* unnecessary over-engineer* could would suggest* ' +
    'recommend* prefer better clean cleaner reuse reusable testable consistent*',
)

/** `[P1]`, `Severity: high`, or a first word such as `nit:`; what a reviewer writes for programs to read. */
const MARKS = [/\bseverity\W{1,8}(\w+)/i, /^\W*\[(\w+)\]/, /\[(p[0-3])\]/i, /^\W*(\w+)(?:\s*\([\w-]+\))?\s*:/]

const WEIGHT_OF: Readonly<Record<string, Signal>> = {
  critical: 'high',
  blocker: 'high',
  blocking: 'high',
  high: 'high',
  major: 'high',
  p0: 'high',
  p1: 'high',
  medium: 'mid',
  moderate: 'mid',
  p2: 'mid',
  low: 'low',
  minor: 'low',
  info: 'low',
  nit: 'low',
  nitpick: 'low',
  optional: 'low',
  p3: 'low',
}

/** @returns `null` when the remark bears no mark that is known */
function markedSignal(body: string): Signal | null {
  for (const mark of MARKS) {
    const word = mark.exec(body)?.[1]?.toLowerCase() ?? ''
    const weight = Object.hasOwn(WEIGHT_OF, word) ? WEIGHT_OF[word] : undefined
    if (weight !== undefined) return weight
  }
  return null
}

export function classifyCommentSignal(body: string): Signal {
  const marked = markedSignal(body)
  if (marked !== null) return marked
  if (HIGH.test(body)) return 'high'
  return MID.test(body) ? 'mid' : 'low'
}

export interface RoundSignal {
  readonly comments: number
  readonly highest: Signal | null
}

/**
 * @param since when the round before ended; `null`: there was none, every remark counts
 * @returns `null` when a list is not whole
 */
export function summarizeRoundSignal(
  threads: Listed<ThreadFact>,
  { reviewer, since }: { readonly reviewer: string; readonly since: string | null },
): RoundSignal | null {
  if (!threads.complete || threads.items.some((thread) => !thread.comments.complete)) return null

  const remarks = threads.items
    .flatMap((thread) => thread.comments.items)
    .filter((comment) => isReviewer(comment.author, reviewer) && isLater(comment, since))
  return { comments: remarks.length, highest: highestOf(remarks.map(({ body }) => classifyCommentSignal(body))) }
}

function isLater(comment: ThreadCommentFact, since: string | null): boolean {
  return since === null || comment.createdAt > since
}

function highestOf(signals: readonly Signal[]): Signal | null {
  return [...SIGNALS].reverse().find((signal) => signals.includes(signal)) ?? null
}

/** `*` ends a prefix, `~` stands for white space. */
function words(list: string): RegExp {
  const parts = list
    .split(' ')
    .map((word) => (word.endsWith('*') ? `${word.slice(0, -1)}\\w*` : word.replaceAll('~', '\\s+')))
  return new RegExp(`\\b(?:${parts.join('|')})\\b`, 'i')
}
