/**
 * What must hold in every world and at every step, said without the rules: with the token in the record,
 * with clocks that no rule can see, and by trying what a worker in need would try.
 */
import type { Claim, OwnershipRecord, StopRequest } from '../../lib/ownership/record.ts'
import { guard } from '../../lib/ownership/rules/guard.ts'
import { judgeClaim, leaseTerm } from '../../lib/ownership/rules/liveness.ts'
import {
  commit,
  decide,
  evidenceFor,
  instantOn,
  LEASE_TICKS,
  MACHINE_OF,
  PARK_TICKS,
  STOP_TICKS,
  type Step,
  TICK_MS,
  tick,
  WORKERS,
  type Worker,
  type World,
} from './ownership-world.ts'

/** @returns what is wrong with the step, or `null` */
export function brokenBy(before: World, { committed, world }: Step): string | null {
  if (committed === null || world.record === null) return null
  const { worker, act } = committed
  const [old, next] = [before.record, world.record]
  const changedOwner = next.activeRun !== null && !isSameClaim(old?.activeRun ?? null, next.activeRun)
  if (next.token < (old?.token ?? 0)) return 'the token fell'
  if (changedOwner && next.token <= (old?.token ?? 0)) return 'an owner changed without a new token'
  if (changedOwner && act !== 'force' && !mayTake(before, worker, act)) return 'a living claim was taken'
  if (act === 'push' && !isOwner(before, worker)) return 'a push landed that was not the owner’s'
  if (revives(old?.activeRun ?? null, next.activeRun)) return 'a lease that had run out was renewed under its token'
  return stopProblem(old, next)
}

/** Whoever else has that token was told that it is over; only another token tells the two apart. */
function revives(old: Claim | null, next: Claim | null): boolean {
  if (next === null || old?.lease == null || next.lease === null || !isSameClaim(old, next)) return false
  const [before, after] = [old.lease, next.lease]
  if (before.bootId === after.bootId) return after.renewedAtMs - before.renewedAtMs >= leaseTerm(before)
  return true
}

function isSameClaim(old: Claim | null, next: Claim): boolean {
  return old !== null && old.runId === next.runId && old.token === next.token
}

function isOwner({ record, tokens, scene }: World, worker: Worker): boolean {
  const held = record?.activeRun
  return held?.runId === scene.cast[worker] && held.token === tokens[worker]
}

function stopProblem(old: OwnershipRecord | null, next: OwnershipRecord): string | null {
  const [before, after] = [old?.activeRun, next.activeRun]
  if (!before || !after) return null
  if (before.runId === after.runId) return before.stop ? changedStop(before.stop, after.stop) : null
  return after.stop === null ? null : 'a request to stop was inherited by another run'
}

function changedStop(before: StopRequest, after: StopRequest | null): string | null {
  if (after === null) return 'a request to stop was lost'
  const goesOn = before.bootId === after.bootId && before.askedAtMs === after.askedAtMs
  return goesOn ? null : 'the term of a request to stop began anew'
}

/** Had the claim ended, or its run left a request unanswered, by a clock that its taker may rely on? */
function mayTake({ record, scene, boots, truth, incarnation }: World, worker: Worker, act: string): boolean {
  const held = record?.activeRun
  if (!held || held.runId === scene.cast[worker]) return true
  if (held.process !== null && held.process.startTime !== String(incarnation)) return true

  const machine = MACHINE_OF[worker]
  const now = instantOn(machine, boots[machine])
  const ticksSince = (bootId: string, atMs: number, watchedFrom: number) => {
    return bootId === now.bootId ? (now.monotonicMs - atMs) / TICK_MS : boots[machine].ticks - watchedFrom
  }
  const { lease, stop } = held
  const term = lease?.parkedMs == null ? LEASE_TICKS : PARK_TICKS
  if (lease !== null && ticksSince(lease.bootId, lease.renewedAtMs, truth.changedAt[machine]) >= term) return true
  if (act !== 'takeover' || stop === null || stop.acknowledgedAt !== null) return false
  return ticksSince(stop.bootId, stop.askedAtMs, truth.askedAt[machine]) >= STOP_TICKS
}

/** @returns what somebody could do that must be impossible, or cannot do that must be possible; or `null` */
export function brokenIn(world: World): string | null {
  for (const worker of WORKERS) {
    if (wrongGuard(world, worker)) return `${worker} sees a guard pass that must not`
    if (!takesWhatIsFree(world, worker)) return `${worker} cannot take what is free`
    if (!takesInTheEnd(world, worker)) return `${worker} could wait for ever`
    if (!takesWhenUnanswered(world, worker)) return `${worker} cannot take from a run that answers nothing`
  }
  return null
}

/** Tried with every run id and with every token that was ever given out, or at least the last three. */
function wrongGuard(world: World, worker: Worker): boolean {
  const { record, scene } = world
  const held = record?.activeRun
  const evidence = evidenceFor(world, worker)
  const last = record?.token ?? 0
  return [last + 1, last, last - 1, last - 2].some((token) =>
    Object.values(scene.cast).some((runId) => {
      if (!guard(record, { runId, token }, evidence).ok) return false
      return held?.runId !== runId || held.token !== token || held.stop !== null
    }),
  )
}

function takesWhatIsFree(world: World, worker: Worker): boolean {
  const held = world.record?.activeRun
  const free = !held || judgeClaim(held, evidenceFor(world, worker)).alive === 'ended'
  return !free || decide(world, worker, 'claim').pending !== null
}

/** Everybody else falls silent, and one clock goes on: that of the machine where somebody waits. */
function takesInTheEnd(world: World, worker: Worker): boolean {
  const watching = decide({ ...world, pending: null }, worker, 'claim')
  if (watching.pending !== null) return true
  const later = tick(watching.world, MACHINE_OF[worker], PARK_TICKS)
  return decide(later, worker, 'claim').pending !== null
}

/** The holder renews as often as it likes, but does not acknowledge. */
function takesWhenUnanswered(world: World, worker: Worker): boolean {
  const held = world.record?.activeRun
  const acts = world.scene.acts
  if (!held || held.runId === world.scene.cast[worker] || !acts.includes('ask to stop')) return true
  if (held.stop !== null && held.stop.acknowledgedAt !== null) return true

  const asked = after({ ...world, pending: null }, worker, 'ask to stop')
  const watching = decide(renewedByHolder(asked), worker, 'takeover')
  if (watching.pending !== null) return true
  const later = renewedByHolder(tick(watching.world, MACHINE_OF[worker], STOP_TICKS))
  return decide(later, worker, 'takeover').said === 'taken_over'
}

function renewedByHolder(world: World): World {
  const holder = WORKERS.find((worker) => isOwner(world, worker))
  return holder === undefined ? world : after(world, holder, 'renew')
}

function after(world: World, worker: Worker, act: 'renew' | 'ask to stop'): World {
  const { world: looked, pending } = decide(world, worker, act)
  return pending === null ? looked : commit(looked, pending)
}
