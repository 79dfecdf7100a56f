/**
 * Ownership over a store: each function reads, lets a pure rule decide, and commits with one
 * compare-and-swap; on a conflict the rule decides again on what is there then.
 *
 * The answer of a call that writes is always that of the committed decision. `readOwnership`
 * never writes anything, not even a sighting.
 */
import { accept, type Outcome, type Refusal } from '../outcome.ts'
import type { Instant, Json } from '../store/store.ts'
import type { Target } from '../target.ts'
import {
  describeHolder,
  granted,
  type Holder,
  type OwnershipAnswer,
  type OwnershipRefused,
  refused,
} from './answers.ts'
import type { OwnershipContext } from './context.ts'
import { gatherEvidence, type Seen } from './evidence.ts'
import { type Claim, COMMAND_TTL_MS, emptyRecord, type OwnershipRecord } from './record.ts'
import { type AssertRequest, assertOwner } from './rules/assert.ts'
import { type ClaimRequest, claim } from './rules/claim.ts'
import { signalExit as ruleOnSignal, type SignalRequest } from './rules/exit-signal.ts'
import { type GuardRequest, guard } from './rules/guard.ts'
import type { HolderRequest } from './rules/holding.ts'
import type { Evidence } from './rules/liveness.ts'
import { type ParkRequest, park } from './rules/park.ts'
import { release } from './rules/release.ts'
import { renew } from './rules/renew.ts'
import type { Transition } from './rules/transition.ts'
import { readRecord } from './stored.ts'
import { type Looked, transact } from './transact.ts'

export type { Holder, OwnershipAnswer, OwnershipGranted, OwnershipRefused } from './answers.ts'
export type { OwnershipContext } from './context.ts'
export { type ListedOwnership, listOwnership } from './list.ts'

export interface OwnershipView {
  readonly record: OwnershipRecord | null
  /** `null`: the store has no record yet; `record` may then stem from a predecessor's file. */
  readonly version: string | null
  readonly holder: Holder | null
}

/** Without `ttlMs` a new claim gets the lease of a one-shot command; `null` means no lease. */
export function claimTarget(
  target: Target,
  request: ClaimRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  return answer(target, request, context, (looked) => ruleOnClaim(target, request, looked))
}

/** What `claimTarget` would answer, without taking anything. */
export async function previewClaim(
  target: Target,
  request: ClaimRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  const seen = await readRecord(target, context)
  const looked = { ...seen, evidence: gatherEvidence(seen, context.store.now(), context, false) }
  return tell(ruleOnClaim(target, request, looked), { target, request, looked, context }).told
}

function ruleOnClaim(target: Target, request: ClaimRequest, { record, evidence }: Looked): Ruled {
  const isNew = record?.activeRun?.runId !== request.runId
  const ttlMs = request.ttlMs === undefined && isNew ? COMMAND_TTL_MS : request.ttlMs
  return claim(record ?? emptyRecord(target), { ...request, ttlMs }, evidence)
}

export function renewTarget(
  target: Target,
  request: HolderRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  return withBranch(target, context, renewTarget, request, ({ record, evidence }) => renew(record, request, evidence))
}

export function parkTarget(target: Target, request: ParkRequest, context: OwnershipContext): Promise<OwnershipAnswer> {
  return withBranch(target, context, parkTarget, request, ({ record, evidence }) => park(record, request, evidence))
}

/** Renews the lease when a third of its term is gone, unless told not to; else writes nothing. */
export function assertTarget(
  target: Target,
  request: AssertRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  return withBranch(target, context, renewTarget, request, ({ record, evidence }) => {
    return assertOwner(record, request, evidence)
  })
}

export function releaseTarget(
  target: Target,
  request: HolderRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  return withBranch(target, context, releaseTarget, request, ({ record, evidence }) => {
    return release(record, request, evidence)
  })
}

export function signalExit(
  target: Target,
  request: SignalRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  return answer(target, request, context, ({ record, evidence }) => ruleOnSignal(record, request, evidence))
}

export async function readOwnership(target: Target, context: OwnershipContext): Promise<OwnershipView> {
  const seen = await readRecord(target, context)
  const evidence = gatherEvidence(seen, context.store.now(), context, false)
  return { record: seen.record, version: seen.version, holder: describeHolder(seen.record, evidence) }
}

export interface WorkChange<Result> {
  readonly work: Json
  /** `null`: nothing changed, only the right to change was asked for. */
  readonly entry: Json
  readonly result: Result
}

/**
 * Changes the `work` of a target in the same compare-and-swap that proves that the run holds it.
 *
 * @param change pure; may be called several times, and only the committed call counts
 * @returns a refusal (`ownership_missing`, `ownership_lost`, `lease_expired`, `exit_signal_recorded`)
 *   when the run may not act; then nothing was written
 */
export function guardedUpdate<Result>(
  target: Target,
  request: GuardRequest,
  change: (work: Json, now: Instant) => WorkChange<Result>,
  context: OwnershipContext,
): Promise<Outcome<Result>> {
  return transact<Outcome<Result>>(target, context, (looked) => {
    const allowed = guard(looked.record, request, looked.evidence)
    if (!allowed.ok) return { result: refusal(allowed, target, request, { looked, context }) }

    const { work, entry, result } = change(allowed.value.work, looked.evidence.now)
    const renewed = allowed.value.activeRun !== looked.record?.activeRun
    if (entry !== null) return { record: { ...allowed.value, work }, entry, result: accept(result) }
    if (!renewed) return { result: accept(result) }
    return { record: allowed.value, entry: renewal(request), result: accept(result) }
  })
}

function renewal({ runId, token }: GuardRequest): Json {
  return { type: 'renew', runId, token }
}

type Ruled = Outcome<Transition<string> | { readonly status: string }>

async function answer(
  target: Target,
  request: { readonly runId: string },
  context: OwnershipContext,
  rule: (looked: Looked) => Ruled,
): Promise<OwnershipAnswer> {
  const { told } = await ruleOn(target, request, context, rule)
  return told
}

interface Told {
  readonly told: OwnershipAnswer
  /** The claim before the change, when there was one and it was changed. */
  readonly changed: Claim | null
}

function ruleOn(
  target: Target,
  request: { readonly runId: string },
  context: OwnershipContext,
  rule: (looked: Looked) => Ruled,
): Promise<Told> {
  return transact<Told>(target, context, (looked) => {
    const ruled = rule(looked)
    const result = tell(ruled, { target, request, looked, context })
    const writes = ruled.ok && 'record' in ruled.value && ruled.value.entry !== null
    return writes ? { record: ruled.value.record, entry: ruled.value.entry, result } : { result }
  })
}

interface Asked {
  readonly target: Target
  readonly request: { readonly runId: string }
  readonly looked: Looked
  readonly context: OwnershipContext
}

function tell(ruled: Ruled, { target, request, looked, context }: Asked): Told {
  if (!ruled.ok) return { told: refusal(ruled, target, request, { looked, context }), changed: null }

  const after = 'record' in ruled.value ? ruled.value : { record: looked.record, entry: null }
  const seen = { ...looked, record: after.record }
  const telling = { target, runId: request.runId, seen, evidence: evidenceAfter(seen, looked, context), context }
  const changed = after.entry === null ? null : (looked.record?.activeRun ?? null)
  return { told: granted(ruled.value.status, telling), changed }
}

/** The worker and the sighting that were looked at belong to the claim before the change. */
function evidenceAfter(seen: Seen, looked: Looked, context: OwnershipContext): Evidence {
  return seen.record === looked.record ? looked.evidence : gatherEvidence(seen, looked.evidence.now, context, false)
}

/**
 * A claim on a pull request holds its head branch too, so what changes the one changes the other. The
 * number decides: a branch that was lost meanwhile is a warning, and the next push is refused.
 */
async function withBranch<Request extends HolderRequest>(
  target: Target,
  context: OwnershipContext,
  alike: (target: Target, request: HolderRequest & Request, context: OwnershipContext) => Promise<OwnershipAnswer>,
  request: Request,
  rule: (looked: Looked) => Ruled,
): Promise<OwnershipAnswer> {
  const { told, changed } = await ruleOn(target, request, context, rule)
  if (!told.ok || !changed?.branch) return told

  const branch = { host: target.host, ...changed.branch }
  const followed = await alike(branch, { ...request, token: undefined }, context)
  return followed.ok ? told : { ...told, warnings: [`branch_not_held: ${followed.message}`] }
}

function refusal(
  refusal: Refusal,
  target: Target,
  { runId }: { readonly runId: string },
  { looked, context }: { readonly looked: Looked; readonly context: OwnershipContext },
): OwnershipRefused {
  return refused(refusal, { target, runId, seen: looked, evidence: looked.evidence, context })
}
