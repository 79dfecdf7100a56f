/**
 * What the outer loop remembers of a pull request from one cycle to the next.
 *
 * Waits are bounded by instants, not by counting cycles: `wait` and `reviewing` say since when the same
 * state stands on the same head. `waitCycles` is kept for those who show it.
 */
import { z } from 'zod'
import type { OuterAction } from './outer.ts'

/** The same state, on the same head, since then. */
const Standing = z.object({ state: z.string(), headSha: z.string().nullable(), since: z.iso.datetime() })
export type Standing = z.infer<typeof Standing>

/** Records of the predecessor have neither `wait` nor `reviewing`. */
export const Checkpoint = z.object({
  pr: z.number().int().positive(),
  repo: z.string(),
  outerAction: z.string(),
  copilotState: z.string(),
  reviewerState: z.string(),
  reviewerScope: z.string(),
  reviewerLogin: z.string().nullable(),
  reason: z.string().nullable(),
  timestamp: z.string(),
  waitCycles: z.number().int().nonnegative(),
  headSha: z.string().nullable(),
  wait: Standing.nullable().default(null),
  reviewing: Standing.nullable().default(null),
})
export type Checkpoint = z.infer<typeof Checkpoint>

export interface StandsNow {
  readonly state: string
  readonly head: string | null
  readonly nowMs: number
}

/** @returns the earlier note when nothing changed since, else one that begins now */
export function standingSince(before: Standing | null, { state, head, nowMs }: StandsNow): Standing {
  const same = before !== null && before.state === state && before.headSha === head
  return same ? before : { state, headSha: head, since: new Date(nowMs).toISOString() }
}

/** @returns whether it stood like this for as long as it may */
export function isOver(standing: Standing, limitMs: number, nowMs: number): boolean {
  return Date.parse(standing.since) + limitMs <= nowMs
}

/** Cycles of waiting in a row, on one known head. */
export function countWaitCycles(
  before: Pick<Checkpoint, 'outerAction' | 'waitCycles' | 'headSha'> | null,
  action: OuterAction,
  head: string | null,
): number {
  if (action !== 'continue_wait') return 0
  const goesOn = before?.outerAction === 'continue_wait' && head !== null && before.headSha === head
  return goesOn ? before.waitCycles + 1 : 1
}
