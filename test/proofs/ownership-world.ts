/**
 * A small world over the real rules: two machines, three workers, one record in a store that only
 * compares and swaps.
 *
 * `near` and `local` live on one machine, `far` on another. Each machine has a clock of its own that
 * advances when it likes, which covers clocks that run apart, stand still in a suspended machine, or
 * jump ahead of each other; a reboot starts it anew. The wall clock cannot even be read. `local` claims
 * with process and lease, and its process can die. One worker at a time may be paused between its
 * decision and its commit; a commit by anybody else makes that decision void, so it is dropped then.
 */
import { emptyRecord, type OwnershipRecord, type WorkerIdentity } from '../../lib/ownership/record.ts'
import { type ClaimRequest, claim } from '../../lib/ownership/rules/claim.ts'
import { fence, type GuardRequest } from '../../lib/ownership/rules/guard.ts'
import type { Evidence } from '../../lib/ownership/rules/liveness.ts'
import { park } from '../../lib/ownership/rules/park.ts'
import { release } from '../../lib/ownership/rules/release.ts'
import { renew } from '../../lib/ownership/rules/renew.ts'
import { type Sighting, sight } from '../../lib/ownership/rules/sighting.ts'
import { acknowledge, recordSignal, stopRequestId } from '../../lib/ownership/rules/stop-request.ts'
import type { Instant } from '../../lib/store/store.ts'

export const WORKERS = ['near', 'local', 'far'] as const
export type Worker = (typeof WORKERS)[number]
export const MACHINES = [0, 1] as const
export type Machine = (typeof MACHINES)[number]

export const MACHINE_OF = { near: 0, local: 0, far: 1 } as const satisfies Record<Worker, Machine>

export const ACTS = [
  'claim',
  'takeover',
  'force',
  'renew',
  'park',
  'push',
  'release',
  'ask to stop',
  'acknowledge',
] as const
export type Act = (typeof ACTS)[number]

/** What is played: by whom, and which of all that can be done and can happen. */
export interface Scene {
  /** The run id that each works under: its own, or one run that was started twice. */
  readonly cast: Readonly<Record<Worker, string>>
  readonly acts: readonly Act[]
  readonly reboots: boolean
  readonly deaths: boolean
}

export const TICK_MS = 150_000
export const LEASE_TICKS = 2
export const PARK_TICKS = 3
export const STOP_TICKS = 1
interface Boot {
  readonly id: string
  /** Reading of its clock since then, in ticks. */
  readonly ticks: number
}

type PerMachine<Value> = readonly [Value, Value]

/** What really happened, as no rule can know it: the clocks when the version and the request came to be. */
interface Truth {
  readonly changedAt: PerMachine<number>
  readonly askedAt: PerMachine<number>
}

interface Pending {
  readonly worker: Worker
  readonly act: Act
  readonly record: OwnershipRecord
  /** The token that the worker has once this is committed. */
  readonly token: number | null
}

export interface World {
  readonly scene: Scene
  readonly boots: PerMachine<Boot>
  readonly record: OwnershipRecord | null
  readonly version: number
  readonly tokens: Readonly<Record<Worker, number | null>>
  /** Of the version, and of the request to stop; both outlive a reboot as files do. */
  readonly sightings: PerMachine<Sighting | null>
  readonly stopSightings: PerMachine<Sighting | null>
  /** Which process `local` is; it has a new start time after each death. */
  readonly incarnation: number
  readonly pending: Pending | null
  readonly truth: Truth
}

export interface Step {
  readonly name: string
  /** Status or refusal code of the rule; empty for what just happens. */
  readonly said: string
  readonly world: World
  /** The worker that changed the record with this step, and how. */
  readonly committed: Pending | null
}

const TARGET = { host: 'github.com', repo: 'acme/api', number: 88 }
const EMPTY = emptyRecord(TARGET)

export function startOf(scene: Scene): World {
  return {
    scene,
    boots: [
      { id: 'boot-0', ticks: 0 },
      { id: 'boot-1', ticks: 0 },
    ],
    record: null,
    version: 0,
    tokens: { near: null, local: null, far: null },
    sightings: [null, null],
    stopSightings: [null, null],
    incarnation: 0,
    pending: null,
    truth: { changedAt: [0, 0], askedAt: [0, 0] },
  }
}

export function stepsFrom(world: World): readonly Step[] {
  const { scene, pending } = world
  const steps = eventsIn(world)
  // A commit of another makes the paused one void, which leads to a world without pause: those are all visited.
  if (pending !== null) return [...steps, commitStep(`${pending.act} commits`, '', { world, pending })]
  for (const worker of WORKERS) {
    for (const act of scene.acts) {
      // Who asks for a stop is only told apart by its clock.
      if (act !== 'ask to stop' || worker !== 'local') steps.push(...actSteps(world, worker, act))
    }
  }
  return steps
}

function eventsIn(world: World): Step[] {
  const { reboots, deaths } = world.scene
  const happens = (name: string, next: World) => ({ name, said: '', world: next, committed: null })
  return [
    ...MACHINES.map((machine) => happens(`time on ${machine}`, tick(world, machine))),
    ...(reboots ? MACHINES.map((machine) => happens(`reboot of ${machine}`, reboot(world, machine))) : []),
    ...(deaths ? [happens('local dies', dieLocal(world))] : []),
  ]
}

function actSteps(world: World, worker: Worker, act: Act): readonly Step[] {
  const { said, world: looked, pending } = decide(world, worker, act)
  const name = `${worker}: ${act}`
  if (pending === null) return [{ name, said, world: looked, committed: null }]
  const atOnce = commitStep(name, said, { world: looked, pending })
  return [atOnce, { name: `${name}, paused`, said, world: { ...looked, pending }, committed: null }]
}

function commitStep(name: string, said: string, done: { readonly world: World; readonly pending: Pending }): Step {
  return { name, said, world: commit(done.world, done.pending), committed: done.pending }
}

export interface Decision {
  readonly said: string
  readonly world: World
  /** `null`: nothing is to be written. */
  readonly pending: Pending | null
}

export function decide(before: World, worker: Worker, act: Act): Decision {
  const world = look(before, worker)
  const ruled = rule(world, worker, act)
  if (!ruled.ok)
    return { said: ruled.error, world: withToken(world, worker, lostToken(world, worker, act)), pending: null }

  const { status, record, entry } = ruled.value
  if (record === undefined || entry === null) return { said: status, world, pending: null }
  const held = record.activeRun
  const isMine = held !== null && held.runId === world.scene.cast[worker]
  const token = act === 'ask to stop' ? world.tokens[worker] : isMine ? held.token : null
  return { said: status, world, pending: { worker, act, record: forgetful(record), token } }
}

/** A worker keeps the token it was given however often it is refused, as a script would that knows no better. */
function lostToken({ tokens }: World, worker: Worker, act: Act): number | null {
  return act === 'claim' || act === 'takeover' ? null : tokens[worker]
}

interface Ruled {
  readonly status: string
  readonly record?: OwnershipRecord
  readonly entry?: unknown
}

type RuledOrNot = { readonly ok: true; readonly value: Ruled } | { readonly ok: false; readonly error: string }

function rule(world: World, worker: Worker, act: Act): RuledOrNot {
  const { record, scene } = world
  const evidence = evidenceFor(world, worker)
  const token = world.tokens[worker] ?? undefined
  const holder = { runId: scene.cast[worker], token }
  if (act === 'claim') return claim(record ?? EMPTY, asks(world, worker, 'claim'), evidence)
  if (act === 'takeover') return claim(record ?? EMPTY, asks(world, worker, 'takeover'), evidence)
  if (act === 'force') {
    const forced = { ...asks(world, worker, 'takeover'), force: true, reason: 'x' }
    return claim(record ?? EMPTY, forced, evidence)
  }
  if (act === 'ask to stop') return askHolder(world, evidence)
  if (act === 'renew') return renew(record, holder, evidence)
  if (act === 'park') return park(record, { ...holder, parkMs: PARK_TICKS * TICK_MS }, evidence)
  if (act === 'acknowledge') return acknowledge(record, holder, evidence)
  if (act === 'release') return release(record, holder, evidence)
  return pushFenced(record, { ...holder, token: token ?? -1 }, evidence)
}

function pushFenced(record: OwnershipRecord | null, holder: GuardRequest, evidence: Evidence): RuledOrNot {
  const allowed = fence(record, holder, evidence)
  return allowed.ok ? { ok: true, value: { status: 'pushed', record: allowed.value, entry: {} } } : allowed
}

function asks({ scene, incarnation, boots }: World, worker: Worker, mode: ClaimRequest['mode']): ClaimRequest {
  const process = worker === 'local' ? workerIdentity(incarnation, boots[0]) : null
  return { runId: scene.cast[worker], mode, ttlMs: LEASE_TICKS * TICK_MS, process }
}

function askHolder({ record }: World, evidence: Evidence): RuledOrNot {
  const runId = record?.activeRun?.runId ?? 'nobody'
  return recordSignal(record, { runId, termMs: STOP_TICKS * TICK_MS }, evidence)
}

/** What no rule reads would only make worlds look different. */
function forgetful(record: OwnershipRecord): OwnershipRecord {
  return { ...record, history: [], previousRun: null, exitSignals: [] }
}

export function evidenceFor(world: World, worker: Worker): Evidence {
  const machine = MACHINE_OF[worker]
  const now = instantOn(machine, world.boots[machine])
  return {
    now,
    at: '',
    worker: workerState(world, worker),
    sighting: going(world.sightings[machine], String(world.version), now),
    stopSighting: going(world.stopSightings[machine], stopVersion(world), now),
  }
}

/** Each machine's clock starts somewhere else. */
export function instantOn(machine: Machine, { id, ticks }: Boot): Instant {
  return new Reading(id, (1 + 77 * machine + ticks) * TICK_MS)
}

class Reading implements Instant {
  constructor(
    readonly bootId: string,
    readonly monotonicMs: number,
  ) {}

  /** It may show anything, so who looks at it is wrong. */
  get wallMs(): number {
    throw new Error('a rule read the wall clock')
  }
}

export function going(kept: Sighting | null, version: string | null, now: Instant): Sighting | null {
  return kept !== null && version !== null && sight(kept, version, now) === kept ? kept : null
}

export function stopVersion({ record }: World): string | null {
  const held = record?.activeRun
  return held?.stop ? stopRequestId(held, held.stop) : null
}

/** What the evidence of a command leaves behind: since when this machine has seen the version and the request. */
function look(world: World, worker: Worker): World {
  const machine = MACHINE_OF[worker]
  const held = world.record?.activeRun
  const now = instantOn(machine, world.boots[machine])
  const isForeign = held?.lease && held.lease.bootId !== now.bootId
  const asked = held?.stop && held.stop.acknowledgedAt === null && held.stop.bootId !== now.bootId
  if (!isForeign && !asked) return world
  const [seen, stopSeen] = [world.sightings[machine], world.stopSightings[machine]]
  return {
    ...world,
    sightings: isForeign
      ? replaced(world.sightings, machine, sight(seen, String(world.version), now))
      : world.sightings,
    stopSightings: asked
      ? replaced(world.stopSightings, machine, sight(stopSeen, stopVersion(world) ?? '', now))
      : world.stopSightings,
  }
}

/** Only on its own machine can the process be looked at. */
function workerState({ record, incarnation }: World, observer: Worker): Evidence['worker'] {
  const found = record?.activeRun?.process
  if (!found || MACHINE_OF[observer] !== MACHINE_OF.local) return 'unknown'
  return found.startTime === String(incarnation) ? 'alive' : 'dead'
}

function workerIdentity(incarnation: number, { id }: Boot): WorkerIdentity {
  return { machineId: 'm-0', bootId: id, pidNamespace: 'n', pid: 7, startTime: String(incarnation) }
}

/** The abstract store: everything that was decided on another version was dropped when that was replaced. */
export function commit(world: World, { worker, act, record, token }: Pending): World {
  const now: PerMachine<number> = [world.boots[0].ticks, world.boots[1].ticks]
  const asked = act === 'ask to stop' && !world.record?.activeRun?.stop
  return {
    ...withToken(world, worker, token),
    record,
    version: world.version + 1,
    pending: null,
    truth: { changedAt: now, askedAt: asked ? now : world.truth.askedAt },
  }
}

function withToken(world: World, worker: Worker, token: number | null): World {
  if (world.tokens[worker] === token) return world
  return { ...world, tokens: { ...world.tokens, [worker]: token } }
}

export function tick(world: World, machine: Machine, ticks = 1): World {
  const boot = world.boots[machine]
  return { ...world, boots: replaced(world.boots, machine, { ...boot, ticks: boot.ticks + ticks }) }
}

/** Everybody on it starts anew and remembers no token; files stay. What was counted there is worth nothing now. */
function reboot(world: World, machine: Machine): World {
  const { truth, pending, tokens } = world
  const boot = { id: `${world.boots[machine].id}'`, ticks: 0 }
  const gone = WORKERS.filter((worker) => MACHINE_OF[worker] === machine)
  return {
    ...world,
    boots: replaced(world.boots, machine, boot),
    incarnation: world.incarnation + (machine === MACHINE_OF.local ? 1 : 0),
    tokens: { ...tokens, ...Object.fromEntries(gone.map((worker) => [worker, null])) },
    pending: pending !== null && gone.includes(pending.worker) ? null : pending,
    truth: { changedAt: replaced(truth.changedAt, machine, 0), askedAt: replaced(truth.askedAt, machine, 0) },
  }
}

function dieLocal(world: World): World {
  const pending = world.pending?.worker === 'local' ? null : world.pending
  return { ...withToken(world, 'local', null), pending, incarnation: world.incarnation + 1 }
}

function replaced<Value>([first, second]: PerMachine<Value>, machine: Machine, value: Value): PerMachine<Value> {
  return machine === 0 ? [value, second] : [first, value]
}
