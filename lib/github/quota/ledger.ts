/**
 * The ledger of one token's quotas: may this request be sent, and what is left after its answer? Pure.
 *
 * What a request will cost is taken before it is sent and settled by its answer, so that many processes
 * together keep the reserve: observing stops there, effects may go on. In one window what is left only
 * falls, whatever order the answers come in. A request that got no answer may have been counted, so what
 * it took stays taken until its window ends; from then on nothing is known, and unknown refuses nobody.
 */
export type Resource = 'graphql' | 'core'

/** `observe`: looking at a target, which may as well be done later. `effect`: everything that is done to one. */
export type Purpose = 'observe' | 'effect'

export interface Budget {
  readonly limit: number | null
  /** As GitHub last said; `null`: not known. */
  readonly remaining: number | null
  /** Points of requests that are under way. */
  readonly taken: number
  /** When the window ends; what is known of it ends with it. */
  readonly untilMs: number
}

export type Ledger = Readonly<Record<Resource, Budget>> & {
  /** GitHub asked for a pause of everything until then (a secondary limit). */
  readonly pausedUntilMs: number
}

export interface Charge {
  readonly resource: Resource
  readonly points: number
  readonly purpose: Purpose
}

/** What an answer says of the quota that it was counted against. */
export interface Seen {
  readonly limit: number
  readonly remaining: number
  readonly untilMs: number
}

export interface Refusal {
  readonly why: 'paused' | 'spent' | 'reserved'
  readonly untilMs: number
  readonly remaining: number | null
}

const UNKNOWN: Budget = { limit: null, remaining: null, taken: 0, untilMs: 0 }

export const EMPTY_LEDGER: Ledger = { graphql: UNKNOWN, core: UNKNOWN, pausedUntilMs: 0 }

/** How long what an unanswered request took is remembered while the end of the window is not known. */
const FORGET_MS = 60_000

/** Two instants that name the end of one window may differ by the rounding to whole seconds. */
const SAME_WINDOW_MS = 5_000

/** @param reserve points of each window that are kept for effects; never more than half of the limit */
export function take(
  before: Ledger,
  charge: Charge,
  { reserve, nowMs }: { readonly reserve: number; readonly nowMs: number },
): { readonly ledger: Ledger; readonly refused: Refusal | null } {
  const ledger = withoutThePast(before, nowMs)
  const refused = refusalOf(ledger, charge, reserve)
  if (refused) return { ledger, refused }

  const budget = ledger[charge.resource]
  const untilMs = budget.remaining === null ? nowMs + FORGET_MS : budget.untilMs
  const taken = { ...budget, taken: budget.taken + charge.points, untilMs }
  return { ledger: { ...ledger, [charge.resource]: taken }, refused: null }
}

function refusalOf(ledger: Ledger, { resource, points, purpose }: Charge, reserve: number): Refusal | null {
  const { limit, remaining, taken, untilMs } = ledger[resource]
  if (ledger.pausedUntilMs > 0) return { why: 'paused', untilMs: ledger.pausedUntilMs, remaining }
  if (remaining === null) return null

  const left = remaining - taken - points
  if (left < 0) return { why: 'spent', untilMs, remaining }
  const kept = purpose === 'observe' ? Math.min(reserve, Math.floor((limit ?? 0) / 2)) : 0
  return left < kept ? { why: 'reserved', untilMs, remaining } : null
}

/** @param seen `null` when the answer said nothing of a quota */
export function settle(
  before: Ledger,
  charge: Charge,
  { seen, pauseMs, nowMs }: { readonly seen: Seen | null; readonly pauseMs: number; readonly nowMs: number },
): Ledger {
  const ledger = withoutThePast(before, nowMs)
  const budget = ledger[charge.resource]
  const settled = { ...budget, taken: Math.max(0, budget.taken - charge.points) }
  const paused = pauseMs > 0 ? Math.max(ledger.pausedUntilMs, nowMs + pauseMs) : ledger.pausedUntilMs
  return { ...ledger, [charge.resource]: seen ? learn(settled, seen, nowMs) : settled, pausedUntilMs: paused }
}

function learn(budget: Budget, seen: Seen, nowMs: number): Budget {
  if (seen.untilMs <= nowMs) return budget
  if (budget.remaining === null) return { ...budget, ...seen }
  // An answer of the window before, that came late.
  if (seen.untilMs < budget.untilMs - SAME_WINDOW_MS) return budget
  if (seen.untilMs > budget.untilMs + SAME_WINDOW_MS) return { ...budget, ...seen }
  return { ...budget, limit: seen.limit, remaining: Math.min(budget.remaining, seen.remaining) }
}

function withoutThePast(ledger: Ledger, nowMs: number): Ledger {
  const current = (budget: Budget) => (budget.untilMs <= nowMs ? UNKNOWN : budget)
  return {
    graphql: current(ledger.graphql),
    core: current(ledger.core),
    pausedUntilMs: ledger.pausedUntilMs <= nowMs ? 0 : ledger.pausedUntilMs,
  }
}
