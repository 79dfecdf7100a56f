/**
 * From a key to a record: what the store holds, else what a predecessor left behind.
 */
import type { Store, Versioned } from '../store/store.ts'
import { type Target, targetKey } from '../target.ts'
import { formerTarget } from './alias.ts'
import type { OwnershipContext } from './context.ts'
import type { Seen } from './evidence.ts'
import { parseRecord } from './parse.ts'
import { findPredecessor, type PredecessorRecord } from './predecessor-file.ts'

export interface Stored extends Seen {
  /** Set when the record stems from a predecessor's file, because the store has none. */
  readonly predecessor: PredecessorRecord | null
}

export async function readRecord(target: Target, context: OwnershipContext): Promise<Stored> {
  const { at, current } = await locate(target, context.store)
  return interpret(at, current, context)
}

/** The record of a target, and the name it has there: that of before, when the repository was renamed. */
export async function locate(
  target: Target,
  store: Store,
  read: (key: string) => Promise<Versioned | null> = (key) => store.read(key),
): Promise<{ readonly at: Target; readonly current: Versioned | null }> {
  const current = await read(targetKey(target))
  if (current !== null) return { at: target, current }
  const at = await formerTarget(target, store)
  return at === null ? { at: target, current } : { at, current: await read(targetKey(at)) }
}

/** @throws StoreError `state_unreadable` for a record that cannot be believed */
export function interpret(target: Target, current: Versioned | null, context: OwnershipContext): Stored {
  const key = targetKey(target)
  if (current === null) {
    const predecessor = findPredecessor(target, context)
    return { key, record: predecessor?.record ?? null, version: null, predecessor }
  }
  const record = parseRecord(current.value, target, placeOf(key, context.store))
  return { key, record, version: current.version, predecessor: null }
}

/** Where a person finds the record. */
export function placeOf(key: string, store: Store): string {
  return store.placeOf?.(key) ?? `${store.location}/${key}`
}
