/**
 * Where records and journals live, behind four calls.
 *
 * Only `compareAndSwap` is atomic; everything else is a pure function of a value, applied by
 * `update`. A version is opaque: equal versions mean the same committed value, nothing more.
 */
import type { StoreError } from '../errors.ts'

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

/** One of many records that were read together. */
export interface ListedRecord {
  readonly key: string
  /** Or why it cannot be read: one damaged record must not hide the others. */
  readonly read: Versioned | StoreError
}

export type Swap = { readonly ok: true; readonly version: string } | { readonly ok: false; readonly conflict: true }

/** One record of a step that changes several things at once. */
export interface RecordChange {
  readonly key: string
  readonly version: string | null
  readonly value: Json
  readonly entry: Json
}

/** A ref of the store's own remote that changes in the same step, such as the branch that is pushed. */
export interface RefChange {
  /** Whole name, such as `refs/heads/dev-loops/issue-12`. */
  readonly ref: string
  /** What the remote must hold; `null`: nothing. */
  readonly expected: string | null
  readonly next: string
  /** Git folder whose objects make up `next`. */
  readonly objects: string
}

export interface TogetherOptions {
  readonly signal?: AbortSignal
  /** Longest time until the step can still land. */
  readonly deadlineMs?: number
}

export type SwapTogether =
  | { readonly ok: true; readonly versions: readonly string[] }
  /** `moved`: the keys and refs that no longer hold what was stated; empty when that is not known. */
  | { readonly ok: false; readonly conflict: true; readonly moved: readonly string[] }
  /** The remote cannot change several refs in one step; nothing was changed. */
  | { readonly ok: false; readonly unsupported: 'atomic_push' }

export interface RecordVersion {
  readonly key: string
  readonly version: string
}

export interface Archived {
  /** Keys of the records that are in the archive now. */
  readonly archived: readonly string[]
  /** Those that were changed meanwhile, and so were left where they are. */
  readonly left: readonly string[]
}

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

export interface StoreCare {
  /**
   * Moves records to where they are out of the way and cost nothing, each only if it still has this version.
   * They are read, changed and taken into use again like any other.
   */
  archive(records: readonly RecordVersion[]): Promise<Archived>

  inspect(): Promise<Inspected>

  /** Reads every record that starts with `prefix` with its whole journal, archived ones too. */
  check(prefix: string): Promise<Checked>
}

export interface Inspected {
  readonly live: number
  readonly archived: number
  /** Whether several refs change in one step; `null`: that could not be learnt. */
  readonly atomicPushes: boolean | null
}

export interface Checked {
  readonly records: number
  readonly damaged: readonly { readonly key: string; readonly problem: StoreError }[]
}

export interface Store {
  readonly scope: StoreScope
  /** Where it is, for people: a folder or an address without secrets. */
  readonly location: string

  /** @throws StoreError `state_unreadable` (the damaged file is named and kept) or `store_unavailable` */
  read(key: string): Promise<Versioned | null>

  /**
   * Replaces the value only if the record still has `version` (`null`: only if there is no record).
   * The journal entry commits in the same step. A conflict changes nothing.
   *
   * @param standing called by a store that can as soon as others see the change, which it may be before the change is
   *   durable: who has waited for a turn can begin
   */
  compareAndSwap(key: string, version: string | null, value: Json, entry: Json, standing?: () => unknown): Promise<Swap>

  /** Keys that start with `prefix`, sorted. */
  list(prefix: string): Promise<readonly string[]>

  /** The records that start with `prefix`, sorted, read together; what is archived is left out. */
  readLive?(prefix: string): Promise<readonly ListedRecord[]>

  /** Entries with a sequence greater than `after`, in order. */
  journal(key: string, after: number): Promise<readonly JournalEntry[]>

  now(): Instant

  /** How long conflicts are worth bearing here, where that is longer than among files. */
  readonly patienceMs?: number

  /**
   * Queues up behind others who want to change the same record, for a short and bounded time; the
   * answer gives the turn back. It makes conflicts rarer and promises nothing. Never throws.
   */
  takeTurn?(key: string): Promise<() => Promise<void>>

  /** Whether somebody stands in that queue, so that who comes now had better queue up as well. Cheap. */
  isWaitedFor?(key: string): boolean

  /**
   * What was last seen of the record, without asking anybody, so it may be old: a decision on it counts
   * only once it is committed. After a conflict it is what was found then. `undefined`: nothing was seen yet.
   */
  recall?(key: string): Promise<Versioned | null | undefined>

  /** Only of a store in a git remote: records and refs of that remote change in one step, or none of them. */
  swapTogether?(
    changes: readonly RecordChange[],
    refs: readonly RefChange[],
    options?: TogetherOptions,
  ): Promise<SwapTogether>

  /** The address of the remote whose refs `swapTogether` can change, without secrets. */
  readonly remote?: string

  /** What is done now and then to a store that many share, by hand or by a timer. */
  readonly care?: StoreCare

  /** Where the record of a key is or would be, for people. Not given where there is no such place. */
  placeOf?(key: string): string
}
