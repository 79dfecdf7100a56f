/**
 * Has a claim ended by itself? The table of design §6, and nothing else, answers that.
 *
 * Two questions look alike and are not: whether *others* may have it (only when the end is proved),
 * and whether the *owner* may still act (only when it is proved not to have ended). In between lies
 * what this host cannot know, such as a lease renewed on another machine; there nobody gets a yes.
 */
import type { Instant } from '../../store/store.ts'
import type { Claim, Lease } from '../record.ts'
import { type Sighting, watchedForMs } from './sighting.ts'

/** `dead` is only said with proof; everything that could not be looked at is `unknown`. */
export type WorkerState = 'alive' | 'dead' | 'unknown'

export type Alive = 'alive' | 'ended' | 'unknown'

/** What the caller saw right before the decision. */
export interface Evidence {
  readonly now: Instant
  /** What is written into the record for people; no rule reads it. */
  readonly at: string
  /** State of the process that the active claim names; `unknown` when it names none. */
  readonly worker: WorkerState
  /** How long this host has seen this very version of the record; `null`: it does not know. */
  readonly sighting: Sighting | null
  /** How long this host has seen the open request to stop; `null`: it does not know, or need not. */
  readonly stopSighting: Sighting | null
}

export interface Standing {
  readonly alive: Alive
  /** Time until the lease runs out, counted on the boot that renewed it; `null` on any other boot or without lease. */
  readonly leaseLeftMs: number | null
  /** Time until this host will know that the lease ran out; `null` without lease. */
  readonly freeInMs: number | null
  /** How long this host has watched a lease of another boot; `null` when it need not watch. */
  readonly observedForMs: number | null
}

/** What the table looks at: also workers are judged by it, whose heartbeat is a lease and no claim. */
type Judged = Pick<Claim, 'lease' | 'process'>
type Clues = Pick<Evidence, 'now' | 'worker' | 'sighting'>

export function judgeClaim(claim: Judged, evidence: Clues): Standing {
  const lease = claim.lease === null ? NO_LEASE : judgeLease(claim.lease, evidence)
  const processDead = claim.process !== null && evidence.worker === 'dead'
  if (processDead || lease.freeInMs === 0) return { ...lease, alive: 'ended', freeInMs: 0 }

  const leaseRuns = lease.leaseLeftMs !== null
  const processRuns = claim.process !== null && evidence.worker === 'alive'
  return { ...lease, alive: leaseRuns || processRuns ? 'alive' : 'unknown' }
}

/** A living lease or process stands in the way of a takeover; a claim with neither is open to it. */
export function isProtected(claim: Claim, standing: Standing): boolean {
  return standing.alive !== 'ended' && (claim.lease !== null || claim.process !== null)
}

/** The owner's own question: `null` means that it cannot be proved that the claim still stands. */
export function timeLeftForOwner(claim: Claim, evidence: Evidence): number | null {
  if (claim.process !== null && evidence.worker === 'dead') return null
  if (claim.lease === null) return Number.POSITIVE_INFINITY

  const leftMs = leaseLeft(claim.lease, evidence.now)
  return leftMs !== null && leftMs > 0 ? leftMs : null
}

export function leaseTerm(lease: Lease): number {
  return lease.parkedMs ?? lease.ttlMs
}

/** May be zero or negative: it ran out that long ago. */
export function leaseLeft(lease: Lease, now: Instant): number | null {
  if (lease.bootId !== now.bootId) return null
  return lease.renewedAtMs + leaseTerm(lease) - now.monotonicMs
}

type LeaseStanding = Omit<Standing, 'alive'>
const NO_LEASE: LeaseStanding = { leaseLeftMs: null, freeInMs: null, observedForMs: null }

function judgeLease(lease: Lease, { now, sighting }: Clues): LeaseStanding {
  const leftMs = leaseLeft(lease, now)
  if (leftMs !== null) return { leaseLeftMs: leftMs, freeInMs: Math.max(0, leftMs), observedForMs: null }

  const observedForMs = watchedForMs(sighting, now)
  return { leaseLeftMs: null, freeInMs: Math.max(0, leaseTerm(lease) - observedForMs), observedForMs }
}
