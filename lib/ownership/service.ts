/**
 * Ownership over a store: each function reads, lets a pure rule decide, and commits with one
 * compare-and-swap; on a conflict the rule decides again on what is there then.
 *
 * The answer of a call that writes is always that of the committed decision. `readOwnership`
 * never writes anything, not even a sighting.
 */
import { accept, type Outcome } from '../outcome.ts'
import type { Instant, Json } from '../store/store.ts'
import type { Target } from '../target.ts'
import { describeHolder, type Holder, type OwnershipAnswer } from './answers.ts'
import { ask, askWithBranch, type Ruled, refusal, tell } from './ask.ts'
import type { OwnershipContext } from './context.ts'
import { gatherEvidence } from './evidence.ts'
import { type Claim, COMMAND_TTL_MS, emptyRecord, type OwnershipRecord } from './record.ts'
import { type AssertRequest, assertOwner } from './rules/assert.ts'
import { type ClaimRequest, claim } from './rules/claim.ts'
import { type GuardRequest, guard } from './rules/guard.ts'
import type { HolderRequest } from './rules/holding.ts'
import { type ParkRequest, park } from './rules/park.ts'
import { release } from './rules/release.ts'
import { renew } from './rules/renew.ts'
import { acknowledge, recordSignal, type SignalRequest } from './rules/stop-request.ts'
import { readRecord } from './stored.ts'
import { type Looked, transact } from './transact.ts'

export type { Holder, OwnershipAnswer, OwnershipGranted, OwnershipRefused, ShownStop } from './answers.ts'
export type { OwnershipContext } from './context.ts'
export { type ListedOwnership, listArchived, listOwnership } from './list.ts'

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
  return ask(target, request, context, (looked) => ruleOnClaim(target, request, looked))
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
  return askWithBranch(target, context, renewTarget, request, ({ record, evidence }) =>
    renew(record, request, evidence),
  )
}

export function parkTarget(target: Target, request: ParkRequest, context: OwnershipContext): Promise<OwnershipAnswer> {
  return askWithBranch(target, context, parkTarget, request, ({ record, evidence }) => park(record, request, evidence))
}

/** Renews the lease when a third of its term is gone, unless told not to; else writes nothing. */
export function assertTarget(
  target: Target,
  request: AssertRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  return askWithBranch(target, context, renewTarget, request, ({ record, evidence }) => {
    return assertOwner(record, request, evidence)
  })
}

/** Asked right before an effect; stricter than `assertTarget`. */
export function guardTarget(
  target: Target,
  request: HolderRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  return askWithBranch(target, context, renewTarget, request, ({ record, evidence }) => {
    const allowed = guard(record, request, evidence)
    if (!allowed.ok) return allowed
    const renewed = allowed.value.activeRun !== record?.activeRun
    return accept({
      status: 'may_act',
      record: allowed.value,
      entry: renewed ? renewal(allowed.value.activeRun) : null,
    })
  })
}

export function releaseTarget(
  target: Target,
  request: HolderRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  return askWithBranch(target, context, releaseTarget, request, ({ record, evidence }) => {
    return release(record, request, evidence)
  })
}

export function signalExit(
  target: Target,
  request: SignalRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  return askWithBranch(target, context, signalExit, request, ({ record, evidence }) => {
    return recordSignal(record, request, evidence)
  })
}

/** The holder's answer to a request to stop; it still has to release. */
export function acknowledgeStop(
  target: Target,
  request: HolderRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  return askWithBranch(target, context, acknowledgeStop, request, ({ record, evidence }) => {
    return acknowledge(record, request, evidence)
  })
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
  request: GuardRequest & { readonly token: number },
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

function renewal({ runId, token }: Pick<Claim, 'runId' | 'token'>): Json {
  return { type: 'renew', runId, token }
}
