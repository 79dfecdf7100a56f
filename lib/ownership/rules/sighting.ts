/**
 * How long has this host seen one version of a record unchanged, or one request to stop unanswered?
 *
 * A lease that was renewed on another boot cannot be compared with our clock. Its owner must write a
 * new version within its term, so a version that this host saw unchanged for a whole term is over.
 * A changed version, and a reboot of ours, start anew: both only make us wait longer.
 */
import type { Instant } from '../../store/store.ts'

export type Sighting = {
  readonly version: string
  /** The observer's own boot, on whose monotonic clock `firstSeenMs` was read. */
  readonly bootId: string
  readonly firstSeenMs: number
}

export function sight(before: Sighting | null, version: string, now: Instant): Sighting {
  const goesOn = before !== null && before.version === version && before.bootId === now.bootId
  // A first sight in the future is damage or another clock; believing it would only delay, for ever.
  if (goesOn && before.firstSeenMs <= now.monotonicMs) return before
  return { version, bootId: now.bootId, firstSeenMs: now.monotonicMs }
}

/** Zero for what was never seen on this boot: an observer begins to count when it begins to look. */
export function watchedForMs(sighting: Sighting | null, now: Instant): number {
  const seenHere = sighting !== null && sighting.bootId === now.bootId
  return seenHere ? Math.max(0, now.monotonicMs - sighting.firstSeenMs) : 0
}
