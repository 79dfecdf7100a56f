/**
 * Looks at what a rule has to know beside the record: the clock, the holder's process, the sighting.
 */
import { isoTime } from '../iso-time.ts'
import type { Instant } from '../store/store.ts'
import type { OwnershipContext } from './context.ts'
import { isWorkerDead } from './host.ts'
import type { OwnershipRecord } from './record.ts'
import type { Evidence } from './rules/liveness.ts'
import type { Sighting } from './rules/sighting.ts'
import { stopRequestId } from './rules/stop-request.ts'
import { keepSighting, readSighting } from './sightings.ts'

export interface Seen {
  readonly key: string
  readonly record: OwnershipRecord | null
  /** `null`: the store has no record; a predecessor's file may still have one. */
  readonly version: string | null
}

/** @param mayWrite `false` for commands that promise to write nothing: they only read sightings */
export function gatherEvidence(seen: Seen, now: Instant, context: OwnershipContext, mayWrite: boolean): Evidence {
  const worker = seen.record?.activeRun?.process ?? null
  return {
    now,
    at: context.at ?? isoTime(now.wallMs),
    worker: worker === null ? 'unknown' : isWorkerDead(worker, context.host),
    sighting: sightingOf(seen, now, context, mayWrite),
    stopSighting: stopSightingOf(seen, now, context, mayWrite),
  }
}

function sightingOf(
  { key, record, version }: Seen,
  now: Instant,
  { observations }: OwnershipContext,
  mayWrite: boolean,
): Sighting | null {
  const lease = record?.activeRun?.lease
  const isForeign = lease && lease.bootId !== now.bootId
  if (!isForeign || version === null || observations === undefined) return null
  return look(observations, { key, version }, now, mayWrite)
}

/** Of its own, because the holder goes on renewing and each renewal is another version. */
function stopSightingOf(
  { key, record }: Seen,
  now: Instant,
  { observations }: OwnershipContext,
  mayWrite: boolean,
): Sighting | null {
  const claim = record?.activeRun
  if (!claim?.stop || claim.stop.acknowledgedAt !== null) return null
  if (claim.stop.bootId === now.bootId || observations === undefined) return null
  return look(observations, { key: `${key} stop`, version: stopRequestId(claim, claim.stop) }, now, mayWrite)
}

function look(
  folder: string,
  { key, version }: { readonly key: string; readonly version: string },
  now: Instant,
  mayWrite: boolean,
): Sighting | null {
  return mayWrite ? keepSighting(folder, key, version, now) : readSighting(folder, key, version, now)
}
