/**
 * What loading configuration answers.
 */
import type { Checkout } from '../checkout.ts'
import type { Place, Problem } from './problem.ts'
import type { Policy, Preference } from './schema.ts'

/** Which layer decided a key, and the value as it was written there. */
export interface Origin extends Place {
  readonly value: unknown
}

export interface Resolved {
  /** Preference only: rules come from `readPolicy` over the base branch's file. */
  readonly config: Preference
  /** The policy that this checkout's file asks for. It is for showing; nothing may be decided by it. */
  readonly localPolicy: Policy
  /** By the path of the key as in a file (`lease.runTtl`); a key that is not listed has its default. */
  readonly origins: Readonly<Record<string, Origin>>
  readonly problems: readonly Problem[]
}

export interface LoadedConfig extends Resolved {
  readonly checkout: Checkout | null
  /** The files found, whether or not they could be read. */
  readonly files: readonly string[]
}

/** The part of the configuration without which nobody knows where records are. */
export interface PlaceOfRecords extends Pick<Preference, 'store' | 'stateDir'>, Pick<LoadedConfig, 'checkout'> {}
