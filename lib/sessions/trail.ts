/**
 * The last steps that a run was handed out, in the order in which they were: pure changes of the record.
 *
 * A step that is asked for again before anything came of it is the same entry: to ask twice is not to try
 * twice. It counts as tried once an effect was announced for it, and again only after it was asked for again.
 * A run that dies did not try in vain, so its successor begins to count anew; how many there were is counted
 * as well. Clearing up after it is no step of the work.
 */
import type { TrailEntry } from './work.ts'

/** Cycles of up to half of it are seen. */
export const TRAIL_WINDOW = 12

export type Step = Omit<TrailEntry, 'tries' | 'claims' | 'open'>

const CLEARING_UP: readonly string[] = ['claim', 'recover']

export function sameStep(a: Step, b: Step): boolean {
  return a.state === b.state && a.step === b.step && a.head === b.head && a.evidence === b.evidence
}

export function handOut(trail: readonly TrailEntry[], step: Step): TrailEntry[] {
  if (CLEARING_UP.includes(step.step)) return [...trail]
  const last = trail.at(-1)
  if (!last || !sameStep(last, step))
    return [...trail, { ...step, tries: 0, claims: 1, open: true }].slice(-TRAIL_WINDOW)
  const counted = last.token === step.token ? last : { ...last, tries: 0, claims: last.claims + 1 }
  return [...trail.slice(0, -1), { ...counted, token: step.token, open: true }]
}

/** An effect is announced for the step that was handed out last. */
export function noteTry(trail: readonly TrailEntry[]): TrailEntry[] {
  return trail.map((entry, at) =>
    at === trail.length - 1 && entry.open ? { ...entry, tries: entry.tries + 1, open: false } : entry,
  )
}
