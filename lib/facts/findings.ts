/**
 * What the reviewer found over several rounds: each finding once, however often it was said.
 *
 * Two remarks are one finding when they are about the same file and say the same; lines move with every push and
 * do not count. A finding that comes back after its thread was resolved was not repaired, and whoever repairs it
 * now should know that it was tried before.
 */
import { fingerprint } from './fingerprint.ts'
import { isReviewer } from './identity.ts'
import type { Listed, ThreadFact } from './pull-request.ts'

/**
 * `new`: said for the first time in the newest round. `standing`: said before that, and still open. `recurring`: said
 * again while still open. `reopened`: said again after it was resolved. `settled`: all its threads are resolved.
 */
const STANDINGS = ['new', 'standing', 'recurring', 'reopened', 'settled'] as const
type Standing = (typeof STANDINGS)[number]

export interface Finding {
  readonly fingerprint: string
  readonly standing: Standing
  readonly path: string | null
  /** Every thread that says it, oldest first. */
  readonly threads: readonly string[]
}

interface Said {
  readonly thread: ThreadFact
  readonly at: string
  readonly fingerprint: string
}

/**
 * @param since when the round before the newest ended; `null`: there was none, and all is new
 * @returns by first saying; `null` when the list of threads is not whole: what is missing may have said it before
 */
export function reduceFindings(
  threads: Listed<ThreadFact>,
  { reviewer, since }: { readonly reviewer: string; readonly since: string | null },
): readonly Finding[] | null {
  if (!threads.complete) return null
  const groups = new Map<string, Said[]>()
  for (const said of threads.items.flatMap((thread) => saidIn(thread, reviewer)).sort(byAge)) {
    groups.set(said.fingerprint, [...(groups.get(said.fingerprint) ?? []), said])
  }
  return [...groups].map(([name, all]) => ({
    fingerprint: name,
    standing: standingOf(all, since),
    path: all[0]?.thread.path ?? null,
    threads: all.map(({ thread }) => thread.id),
  }))
}

/** A thread says what its first remark says; what follows is talk about it. */
function saidIn(thread: ThreadFact, reviewer: string): Said[] {
  const [first] = thread.comments.items
  if (!first || !isReviewer(first.author, reviewer)) return []
  return [{ thread, at: first.createdAt, fingerprint: fingerprint(thread.path ?? '', first.body) }]
}

function standingOf(all: readonly Said[], since: string | null): Standing {
  const newest = all.at(-1)
  const earlier = all.slice(0, -1)
  if (!newest || all.every(({ thread }) => thread.isResolved)) return 'settled'
  if (earlier.length === 0) return since === null || newest.at > since ? 'new' : 'standing'
  const cameBack = !newest.thread.isResolved && earlier.some(({ thread }) => thread.isResolved)
  return cameBack ? 'reopened' : 'recurring'
}

/** Instants of one form compare as text; of two in one second the id decides, so that order never matters. */
function byAge(one: Said, other: Said): number {
  const [first, second] = [`${one.at} ${one.thread.id}`, `${other.at} ${other.thread.id}`]
  if (first === second) return 0
  return first < second ? -1 : 1
}
