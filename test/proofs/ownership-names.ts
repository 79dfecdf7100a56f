/**
 * When are two worlds the same? When no rule, now or later, could tell them apart.
 *
 * Times count from now and end at the term that they are compared with, tokens are the current one or an
 * older one, boots are running or over. Without this the walk through all worlds would never end.
 */
import type { OwnershipRecord } from '../../lib/ownership/record.ts'
import type { Sighting } from '../../lib/ownership/rules/sighting.ts'
import type { Instant } from '../../lib/store/store.ts'
import {
  going,
  instantOn,
  LEASE_TICKS,
  MACHINES,
  type Machine,
  PARK_TICKS,
  STOP_TICKS,
  stopVersion,
  TICK_MS,
  WORKERS,
  type Worker,
  type World,
} from './ownership-world.ts'

export function nameOf(world: World): string {
  const { record, pending } = world
  const tokens = WORKERS.map((worker) => tokenName(world, worker)).join('')
  const paused = pending && `${pending.worker}${recordName(pending.record, world)}${pending.token === null ? '' : '='}`
  const seen = MACHINES.map((machine) => seenName(world, machine)).join('/')
  return `${recordName(record, world)}/${tokens}/${seen}/${paused ?? ''}`
}

/** An older token is as good as none, unless another works under the same run id. */
function tokenName({ tokens, record, scene }: World, worker: Worker): string {
  const token = tokens[worker]
  if (token !== null && token === record?.token) return '='
  const alone = WORKERS.every((other) => other === worker || scene.cast[other] !== scene.cast[worker])
  return token === null || alone ? '-' : '<'
}

/** What was watched from a machine, and since when it could have been: both count only for clocks of elsewhere. */
function seenName(world: World, machine: Machine): string {
  const { boots, truth, sightings, stopSightings } = world
  const held = world.record?.activeRun
  if (!held) return ''
  const now = instantOn(machine, boots[machine])
  const { ticks } = boots[machine]
  const ages = []
  if (held.lease?.bootId !== now.bootId) {
    const oldest = termOf(held.lease)
    ages.push(age(ticks - truth.changedAt[machine], oldest))
    ages.push(sightingName(going(sightings[machine], String(world.version), now), now, oldest))
  }
  if (held.stop !== null && held.stop.acknowledgedAt === null && held.stop.bootId !== now.bootId) {
    ages.push(age(ticks - truth.askedAt[machine], STOP_TICKS))
    ages.push(sightingName(going(stopSightings[machine], stopVersion(world), now), now, STOP_TICKS))
  }
  return ages.join('')
}

function sightingName(sighting: Sighting | null, now: Instant, oldest: number): string {
  return sighting === null ? '-' : age((now.monotonicMs - sighting.firstSeenMs) / TICK_MS, oldest)
}

function recordName(record: OwnershipRecord | null, world: World): string {
  const held = record?.activeRun
  if (!held) return record === null ? '' : 'free'
  const { runId, lease, process, stop } = held
  const kept = process === null ? '' : process.startTime === String(world.incarnation) ? 'p' : 'd'
  const parked = lease?.parkedMs == null ? '' : 'P'
  const term = lease && counted(lease.bootId, { atMs: lease.renewedAtMs, oldest: termOf(lease) }, world)
  const open = stop && counted(stop.bootId, { atMs: stop.askedAtMs, oldest: STOP_TICKS }, world)
  const asked = stop === null ? '' : stop.acknowledgedAt === null ? `?${open}` : '!'
  return `${runId}${kept}${term}${parked}${asked}`
}

/** The machine and how long ago; `old` for a boot that is over, on whose clock nobody counts any more. */
function counted(id: string, when: { readonly atMs: number; readonly oldest: number }, { boots }: World): string {
  const machine = MACHINES.find((candidate) => boots[candidate].id === id)
  if (machine === undefined) return 'old'
  const now = instantOn(machine, boots[machine])
  return `${machine}:${age((now.monotonicMs - when.atMs) / TICK_MS, when.oldest)}`
}

function termOf(lease: { readonly parkedMs: number | null } | null): number {
  return lease?.parkedMs == null ? LEASE_TICKS : PARK_TICKS
}

function age(ticks: number, oldest: number): string {
  return String(Math.min(ticks, oldest))
}
