import type { HostIdentity } from '../../lib/ownership/host.ts'
import type { Claim, OwnershipRecord } from '../../lib/ownership/record.ts'
import { emptyRecord } from '../../lib/ownership/record.ts'
import type { OwnershipContext } from '../../lib/ownership/service.ts'
import { openMemoryStore } from '../../lib/store/memory.ts'
import type { Instant } from '../../lib/store/store.ts'
import type { NumberedTarget } from '../../lib/target.ts'

export const PR: NumberedTarget = { host: 'github.com', repo: 'acme/api', number: 88 }

export const HERE: HostIdentity = { machineId: 'm-1', bootId: 'boot-1', pidNamespace: 'pid:[1]' }

export interface Clock {
  now(): Instant
  advance(ms: number): void
}

/** A clock that only the test moves. */
export function aClock(bootId = 'boot-1', startMs = 1_000_000): Clock {
  let monotonicMs = startMs
  return {
    now: () => ({ bootId, monotonicMs, wallMs: Date.UTC(2030, 0, 1) + monotonicMs }),
    advance: (ms) => {
      monotonicMs += ms
    },
  }
}

export function anOwnership(given: Partial<OwnershipContext> & { clock?: Clock } = {}): OwnershipContext {
  const { clock = aClock(), ...rest } = given
  return { store: openMemoryStore({ now: clock.now }), host: HERE, ...rest }
}

export function aClaim(given: Partial<Claim> = {}): Claim {
  const at = '2030-01-01T00:00:00.000Z'
  return {
    runId: 'a',
    claimedAt: at,
    updatedAt: at,
    token: 1,
    lease: null,
    process: null,
    branch: null,
    stop: null,
    ...given,
  }
}

export function aRecord(given: Partial<OwnershipRecord> = {}): OwnershipRecord {
  return { ...emptyRecord(PR), token: given.activeRun?.token ?? 0, ...given }
}
