/**
 * What the checks of a commit add up to, as the facts of the machine `ci`.
 *
 * Of several runs of one check only the newest counts: a run that was cancelled because a newer one
 * took its place is no news about the commit. Our own statuses are taken out first. An incomplete list,
 * or one of another commit than the head, makes everything unknown.
 */
import { isOwnContext } from './identity.ts'
import type { CheckRunFact, ChecksFact, StatusContextFact } from './pull-request.ts'

type Context = CheckRunFact | StatusContextFact
/** From worst to best; of two results that cannot be told apart by age the worse one counts. */
const RESULTS = ['failed', 'approval', 'pending', 'unsupported', 'passed'] as const
type CheckResult = (typeof RESULTS)[number]

export interface CiFacts {
  readonly known: boolean
  readonly failed: boolean
  readonly approval: boolean
  readonly pending: boolean
  readonly unsupported: boolean
  readonly passed: boolean
  readonly settled: boolean
  readonly suites: boolean
  readonly grace: 'running' | 'over'
  readonly whenNone: 'wait' | 'pass'
}

export interface CiReading {
  readonly head: string
  readonly whenNone: 'wait' | 'pass'
  readonly graceMs: number
  /** Since when this very head is known to stand without checks; `null`: first seen now. */
  readonly waitingSinceMs: number | null
  readonly nowMs: number
}

export function reduceCi(checks: ChecksFact, reading: CiReading): CiFacts {
  const results = heldAgainst(currentContexts(checks)).map(resultOf)
  const has = (result: CheckResult) => results.includes(result)

  return {
    known: checks.contexts.complete && checks.commit === reading.head,
    failed: has('failed'),
    approval: has('approval'),
    pending: has('pending'),
    unsupported: has('unsupported'),
    passed: has('passed'),
    settled: isSettled(checks, reading),
    suites: (checks.suites ?? 0) > 0,
    grace: graceOf(checks, reading),
    whenNone: reading.whenNone,
  }
}

/** The failed checks of this commit by name, for the agent that repairs them. */
export function failedChecks(checks: ChecksFact): { name: string; summary: string | null; url: string | null }[] {
  return currentContexts(checks)
    .filter((context) => resultOf(context) === 'failed')
    .map((context) =>
      context.type === 'status'
        ? { name: context.context, summary: context.description, url: context.targetUrl }
        : { name: context.name, summary: context.summary, url: context.url },
    )
    .sort((one, other) => compareText(one.name, other.name))
}

/**
 * Where the base branch names the checks that it wants, any other that came to no result holds nothing up. One
 * that failed or still runs does: it says something of this commit. Not known is wanted.
 */
function heldAgainst(contexts: readonly Context[]): readonly Context[] {
  const names = contexts.some(({ isRequired }) => isRequired === true)
  const isMute = (context: Context) => ['unsupported', 'approval'].includes(resultOf(context))
  return names ? contexts.filter((context) => context.isRequired !== false || !isMute(context)) : contexts
}

/**
 * A green is settled when every suite has ended. GitHub also opens suites for apps that never report, so one that
 * stays open counts only until nothing has happened for the grace in which missing checks may still appear.
 */
function isSettled(checks: ChecksFact, { graceMs, nowMs }: CiReading): boolean {
  if (checks.openSuites === 0) return true
  const instants = currentContexts(checks).map((context) => Date.parse(lastSignOf(context)))
  const newest = Math.max(...instants.filter((at) => Number.isFinite(at)), Number.NEGATIVE_INFINITY)
  return newest + graceMs <= nowMs
}

function lastSignOf(context: Context): string {
  return context.type === 'status' ? context.createdAt : (context.completedAt ?? context.startedAt ?? '')
}

/** The newest entry of each check, our own statuses left out. */
function currentContexts(checks: ChecksFact): Context[] {
  const newest = new Map<string, Context>()
  for (const context of checks.contexts.items) {
    if (context.type === 'status' && isOwnContext(context.context)) continue
    const key = keyOf(context)
    const rival = newest.get(key)
    if (!rival || isNewer(context, rival)) newest.set(key, context)
  }
  return [...newest.values()]
}

function resultOf(context: Context): CheckResult {
  return context.type === 'status' ? resultOfStatus(context.state) : resultOfRun(context)
}

function resultOfStatus(state: string): CheckResult {
  if (state === 'FAILURE' || state === 'ERROR') return 'failed'
  if (state === 'PENDING' || state === 'EXPECTED') return 'pending'
  return state === 'SUCCESS' ? 'passed' : 'unsupported'
}

function resultOfRun({ status, conclusion }: CheckRunFact): CheckResult {
  if (status !== 'COMPLETED') return 'pending'
  if (conclusion === 'ACTION_REQUIRED') return 'approval'
  if (conclusion === 'FAILURE' || conclusion === 'TIMED_OUT' || conclusion === 'STARTUP_FAILURE') return 'failed'
  const passed = conclusion === 'SUCCESS' || conclusion === 'NEUTRAL' || conclusion === 'SKIPPED'
  return passed ? 'passed' : 'unsupported'
}

function keyOf(context: Context): string {
  return context.type === 'status' ? `status ${context.context}` : `run ${context.app ?? ''} ${context.name}`
}

function isNewer(context: Context, rival: Context): boolean {
  const byAge = compareText(ageOf(context), ageOf(rival))
  if (byAge !== 0) return byAge > 0
  return RESULTS.indexOf(resultOf(context)) < RESULTS.indexOf(resultOf(rival))
}

/** ISO instants of one form compare as text. A run that has not started yet is newer than any that has. */
function ageOf(context: Context): string {
  if (context.type === 'status') return context.createdAt
  return context.startedAt ?? (context.status === 'COMPLETED' ? (context.completedAt ?? '') : '~')
}

/**
 * The commit's own date says nothing: it may be older than its push by days. What counts is since when
 * it is known to stand on GitHub: our oldest status on it, or the wait that was noted for it.
 */
function graceOf(checks: ChecksFact, { graceMs, waitingSinceMs, nowMs }: CiReading): CiFacts['grace'] {
  const own = checks.contexts.items
    .filter((context) => context.type === 'status' && isOwnContext(context.context))
    .map((context) => (context.type === 'status' ? Date.parse(context.createdAt) : Number.NaN))
    .filter((at) => Number.isFinite(at))
  const seen = waitingSinceMs === null ? own : [...own, waitingSinceMs]
  return seen.some((sinceMs) => sinceMs + graceMs <= nowMs) ? 'over' : 'running'
}

function compareText(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
