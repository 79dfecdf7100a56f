/**
 * A small world over the real rules: two machines, three workers, one record, time in ticks.
 *
 * `near` and `local` live on one machine, `far` on another whose clock has nothing to do with theirs.
 * `local` claims with process and lease, and its process can die. One worker at a time may be paused
 * between its decision and its commit; a second paused one adds nothing, because whichever commits
 * first makes the other's version stale.
 */
import type { HostIdentity } from '../../lib/ownership/host.ts'
import { emptyRecord, type OwnershipRecord, type WorkerIdentity } from '../../lib/ownership/record.ts'
import { assertOwner } from '../../lib/ownership/rules/assert.ts'
import { claim } from '../../lib/ownership/rules/claim.ts'
import { guard, safetyMargin } from '../../lib/ownership/rules/guard.ts'
import { type Evidence, leaseTerm } from '../../lib/ownership/rules/liveness.ts'
import { park } from '../../lib/ownership/rules/park.ts'
import { release } from '../../lib/ownership/rules/release.ts'
import { renew } from '../../lib/ownership/rules/renew.ts'
import { type Sighting, sight } from '../../lib/ownership/rules/sighting.ts'
import type { Instant } from '../../lib/store/store.ts'

export const WORKERS = ['near', 'local', 'far'] as const
export type Worker = (typeof WORKERS)[number]

const ACTS = ['claim', 'takeover', 'force', 'renew', 'park', 'assert', 'guard', 'release'] as const
export type Act = (typeof ACTS)[number]

export const TICK_MS = 150_000
const TTL_MS = 2 * TICK_MS
const PARK_MS = 4 * TICK_MS

const MACHINES = {
  near: { bootId: 'boot-1', offsetMs: 0 },
  local: { bootId: 'boot-1', offsetMs: 0 },
  far: { bootId: 'boot-2', offsetMs: 77 * TICK_MS },
} as const satisfies Record<Worker, unknown>

/** What one worker believes of itself: it may act with this token until then. */
interface Belief {
  readonly token: number
  /** World time; `Infinity` without lease. */
  readonly until: number
}

interface Pending {
  readonly worker: Worker
  readonly act: Act
  readonly version: number
  readonly record: OwnershipRecord
  readonly belief: Belief | null
}

export interface World {
  readonly now: number
  readonly record: OwnershipRecord | null
  readonly version: number
  readonly beliefs: Readonly<Record<Worker, Belief | null>>
  readonly sightings: Readonly<Record<string, Sighting | null>>
  /** Which process `local` is; it has a new start time after each death. */
  readonly incarnation: number
  readonly pending: Pending | null
}

export interface Step {
  readonly name: string
  /** Status or refusal code of the rule; empty for time and death. */
  readonly said: string
  readonly world: World
}

const TARGET = { host: 'github.com', repo: 'acme/api', number: 88 }

export const START: World = {
  now: 10 * TICK_MS,
  record: null,
  version: 0,
  beliefs: { near: null, local: null, far: null },
  sightings: { 'boot-1': null, 'boot-2': null },
  incarnation: 1,
  pending: null,
}

export function stepsFrom(world: World): readonly Step[] {
  const steps: Step[] = [
    { name: 'time', said: '', world: { ...world, now: world.now + TICK_MS } },
    { name: 'local dies', said: '', world: dieLocal(world) },
  ]
  const { pending } = world
  if (pending) steps.push({ name: `${pending.worker} commits ${pending.act}`, said: '', world: commit(world, pending) })

  for (const worker of WORKERS) {
    if (pending?.worker === worker) continue
    for (const act of ACTS) steps.push(...actSteps(world, worker, act))
  }
  return steps
}

function actSteps(world: World, worker: Worker, act: Act): readonly Step[] {
  const decided = decide(world, worker, act)
  const name = `${worker} ${act}`
  if (decided.pending === null) return [{ name, said: decided.said, world: decided.world }]
  const atOnce = { name, said: decided.said, world: commit(decided.world, decided.pending) }
  if (world.pending) return [atOnce]
  const paused = { ...decided.world, pending: decided.pending }
  return [atOnce, { name: `${name}, paused before the commit`, said: decided.said, world: paused }]
}

export interface Decision {
  readonly said: string
  readonly world: World
  readonly pending: Pending | null
}

export function decide(before: World, worker: Worker, act: Act): Decision {
  const { evidence, world } = look(before, worker, act)
  const ruled = rule(world, worker, act, evidence)
  if (!ruled.ok) return { said: ruled.error, world: forget(world, worker), pending: null }

  const { status, record, entry } = ruled.value
  if (record === undefined || entry === null)
    return { said: status, world: confirm(world, worker, status), pending: null }
  const belief = beliefIn(record, worker, evidence, world.now)
  return { said: status, world, pending: { worker, act, version: world.version, record, belief } }
}

interface Ruled {
  readonly status: string
  readonly record?: OwnershipRecord
  readonly entry?: unknown
}

function rule(world: World, worker: Worker, act: Act, evidence: Evidence) {
  const { record } = world
  const token = world.beliefs[worker]?.token
  const holder = { runId: worker, token }
  const process = worker === 'local' ? workerIdentity(world) : null
  const asks = { runId: worker, ttlMs: TTL_MS, process }
  const ruled = {
    claim: () => claim(record ?? emptyRecord(TARGET), { ...asks, mode: 'claim' }, evidence),
    takeover: () => claim(record ?? emptyRecord(TARGET), { ...asks, mode: 'takeover' }, evidence),
    force: () =>
      claim(record ?? emptyRecord(TARGET), { ...asks, mode: 'takeover', force: true, reason: 'x' }, evidence),
    renew: () => renew(record, holder, evidence),
    park: () => park(record, { ...holder, parkMs: PARK_MS }, evidence),
    assert: () => assertOwner(record, holder, evidence),
    release: () => release(record, holder, evidence),
    guard: () => {
      const allowed = guard(record, { runId: worker, token: token ?? -1 }, evidence)
      return allowed.ok
        ? { ok: true as const, value: { status: 'guarded', record: allowed.value, entry: {} } }
        : allowed
    },
  }[act]()
  return ruled as { ok: true; value: Ruled } | { ok: false; error: string }
}

export function evidenceFor(world: World, worker: Worker): Evidence {
  const { bootId, offsetMs } = MACHINES[worker]
  const now: Instant = { bootId, monotonicMs: world.now + offsetMs, wallMs: 0 }
  return {
    now,
    at: '',
    worker: workerState(world, worker),
    sighting: currentSighting(world, bootId),
    stopSighting: null,
  }
}

function look(world: World, worker: Worker, act: Act): { readonly evidence: Evidence; readonly world: World } {
  const evidence = evidenceFor(world, worker)
  const lease = world.record?.activeRun?.lease
  const isForeign = lease && lease.bootId !== evidence.now.bootId
  if (!isForeign || act === 'assert') return { evidence, world }

  const { bootId } = evidence.now
  const sighting = sight(world.sightings[bootId] ?? null, String(world.version), evidence.now)
  return {
    evidence: { ...evidence, sighting },
    world: { ...world, sightings: { ...world.sightings, [bootId]: sighting } },
  }
}

function currentSighting(world: World, bootId: string): Sighting | null {
  const sighting = world.sightings[bootId]
  return sighting?.version === String(world.version) ? sighting : null
}

/** Only on its own machine can the process be looked at. */
function workerState(world: World, observer: Worker): Evidence['worker'] {
  const found = world.record?.activeRun?.process
  if (!found || MACHINES[observer].bootId !== MACHINES.local.bootId) return 'unknown'
  return found.startTime === String(world.incarnation) ? 'alive' : 'dead'
}

function workerIdentity(world: World): WorkerIdentity {
  const host: HostIdentity = { machineId: 'm-1', bootId: MACHINES.local.bootId, pidNamespace: 'n' }
  return { ...host, pid: 7, startTime: String(world.incarnation) }
}

function commit(world: World, pending: Pending): World {
  const after = world.pending === pending ? { ...world, pending: null } : world
  if (pending.version !== world.version) return after
  const others = pending.act === 'force' ? displaced(after) : after.beliefs
  const beliefs = { ...others, [pending.worker]: pending.belief }
  return { ...after, record: pending.record, version: world.version + 1, beliefs }
}

/** Force displaces a believer on purpose. It keeps its token, for which the guard must refuse it from now on. */
function displaced({ beliefs, now }: World): World['beliefs'] {
  const end = (belief: Belief | null) => belief && { ...belief, until: now }
  return { near: end(beliefs.near), local: end(beliefs.local), far: end(beliefs.far) }
}

/** What a worker may conclude from its answer: the term, counted from when it asked, less the margin. */
function beliefIn(record: OwnershipRecord, worker: Worker, { now }: Evidence, worldNow: number): Belief | null {
  const held = record.activeRun
  if (held?.runId !== worker) return null
  if (held.lease === null) return { token: held.token, until: Number.POSITIVE_INFINITY }
  const startedAt = worldNow - (now.monotonicMs - held.lease.renewedAtMs)
  return { token: held.token, until: startedAt + leaseTerm(held.lease) - safetyMargin(held) }
}

/** A refusal of what only the holder may do ends the belief; one of a claim as well. */
function forget(world: World, worker: Worker): World {
  return { ...world, beliefs: { ...world.beliefs, [worker]: null } }
}

function confirm(world: World, worker: Worker, status: string): World {
  return status === 'owner_confirmed' ? world : forget(world, worker)
}

function dieLocal(world: World): World {
  const pending = world.pending?.worker === 'local' ? null : world.pending
  return { ...world, pending, incarnation: world.incarnation + 1, beliefs: { ...world.beliefs, local: null } }
}

/** Two worlds with the same name behave alike: times count from now, tokens from the record's, ages have an end. */
export function nameOf(world: World): string {
  return JSON.stringify([
    recordName(world.record, world),
    WORKERS.map((worker) => beliefName(world.beliefs[worker], world)),
    sightingName(world, MACHINES.near),
    sightingName(world, MACHINES.far),
    pendingName(world),
  ])
}

const OLDEST_MS = 5 * TICK_MS

function ageName(ms: number): number {
  return Math.min(ms, OLDEST_MS) / TICK_MS
}

/** A sighting that the rule would go on with; any other is as good as none. */
function sightingName(world: World, { bootId, offsetMs }: { readonly bootId: string; readonly offsetMs: number }) {
  const kept = world.sightings[bootId] ?? null
  const now = { bootId, monotonicMs: world.now + offsetMs, wallMs: 0 }
  if (kept === null || sight(kept, String(world.version), now) !== kept) return null
  return ageName(now.monotonicMs - kept.firstSeenMs)
}

function recordName(record: OwnershipRecord | null, world: World) {
  const held = record?.activeRun
  if (!held) return record === null ? null : 'free'
  const { lease, process } = held
  const offsetMs = lease?.bootId === MACHINES.far.bootId ? MACHINES.far.offsetMs : 0
  return [
    held.runId,
    lease && [lease.bootId, ageName(world.now + offsetMs - lease.renewedAtMs), lease.parkedMs !== null],
    process && process.startTime === String(world.incarnation),
  ]
}

function beliefName(belief: Belief | null, world: World) {
  const leftMs = belief ? belief.until - world.now : 0
  // Only the current token and "some older one" differ; a run that believes nothing asks without a token.
  return belief && [belief.token === world.record?.token, Math.max(0, leftMs)]
}

function pendingName(world: World) {
  const { pending } = world
  if (!pending) return null
  if (pending.version !== world.version) return [pending.worker, 'stale']
  return [pending.worker, recordName(pending.record, world), beliefName(pending.belief, world)]
}
