/**
 * Where records and journals live, behind four calls.
 *
 * Only `compareAndSwap` is atomic; everything else is a pure function of a value, applied by
 * `update`. A version is opaque: equal versions mean the same committed value, nothing more.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface Versioned {
  readonly value: Json
  readonly version: string
}

/** One committed change as it is kept: what the writer said of it, and where it stands. */
export interface JournalEntry {
  /** 1 for the first change of the record, then rising by one with each commit. */
  readonly sequence: number
  /** ISO 8601 UTC, for people only: no rule compares it. */
  readonly at: string
  readonly entry: Json
}

export type Swap = { readonly ok: true; readonly version: string } | { readonly ok: false; readonly conflict: true }

/**
 * A reading of the store's clock. Terms are compared on `monotonicMs` and only within one `bootId`;
 * `wallMs` is for people.
 */
export interface Instant {
  readonly bootId: string
  readonly monotonicMs: number
  readonly wallMs: number
}

/** How far the store's promises reach. */
export type StoreScope = 'process' | 'clone' | 'machine' | 'every_machine'

export interface Store {
  readonly scope: StoreScope
  /** Where it is, for people: a folder or an address without secrets. */
  readonly location: string

  /** @throws StoreError `state_unreadable` (the damaged file is named and kept) or `store_unavailable` */
  read(key: string): Promise<Versioned | null>

  /**
   * Replaces the value only if the record still has `version` (`null`: only if there is no record).
   * The journal entry commits in the same step. A conflict changes nothing.
   */
  compareAndSwap(key: string, version: string | null, value: Json, entry: Json): Promise<Swap>

  /** Keys that start with `prefix`, sorted. */
  list(prefix: string): Promise<readonly string[]>

  /** Entries with a sequence greater than `after`, in order. */
  journal(key: string, after: number): Promise<readonly JournalEntry[]>

  now(): Instant

  /**
   * Queues up behind others who want to change the same record, for a short and bounded time; the
   * answer gives the turn back. It makes conflicts rarer and promises nothing. Never throws.
   */
  takeTurn?(key: string): Promise<() => Promise<void>>

  /** Where the record of a key is or would be, for people. Not given where there is no such place. */
  placeOf?(key: string): string
}
