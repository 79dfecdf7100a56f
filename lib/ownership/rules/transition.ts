/**
 * What a rule answers: the record to write, what the journal says of it, and the status that the
 * caller is told. Without an entry nothing is written.
 */
import type { Outcome } from '../../outcome.ts'
import type { Json } from '../../store/store.ts'
import type { Claim, OwnershipRecord } from '../record.ts'

export interface Transition<Status extends string> {
  readonly status: Status
  readonly record: OwnershipRecord
  /** `null`: the record stays as it is. */
  readonly entry: Json
}

export type Ruling<Status extends string> = Outcome<Transition<Status>, RulingDetails>

/** Only what the record itself cannot tell; holder and token are added by the service. */
interface RulingDetails {
  readonly observedForMs?: number | null
  readonly freeForYouInMs?: number | null
}

/** The holder without the longer term of a wait, and with its lease counted from `now`. */
export function renewedClaim(claim: Claim, { now, at }: RenewalTime, parkedMs: number | null): Claim {
  const { lease } = claim
  if (lease === null) return { ...claim, updatedAt: at }
  return {
    ...claim,
    updatedAt: at,
    lease: { ...lease, parkedMs, bootId: now.bootId, renewedAtMs: Math.floor(now.monotonicMs) },
  }
}

interface RenewalTime {
  readonly now: { readonly bootId: string; readonly monotonicMs: number }
  readonly at: string
}
