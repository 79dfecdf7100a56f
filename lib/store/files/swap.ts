/**
 * One compare-and-swap from beginning to end: commit, then housekeeping.
 */
import { StoreError } from '../../errors.ts'
import { commitChange, createRecord, type Draft } from './commit.ts'
import type { Head } from './layout.ts'
import type { Steps } from './steps.ts'
import { tidyPrepared, tidyRecord } from './tidy.ts'

export interface Place {
  readonly root: string
  readonly record: string
  /** Of this process; by it others see whether an unfinished record still has its maker. */
  readonly pid: number
  readonly segmentLength: number
}

/**
 * @param replaced the head that was read; null to create the record
 * @returns the head now standing, or null when somebody else came first and nothing was changed
 */
export function* swap(place: Place, replaced: Head | null, draft: Draft): Steps<Head | null> {
  const head = replaced ? yield* commitChange(place.record, replaced, draft) : yield* createRecord(place, draft)
  if (head === null) return null

  yield* leniently(
    replaced ? tidyRecord(place.record, head, place.segmentLength) : tidyPrepared(place.root, head.writeId),
  )
  return head
}

/** The change is committed; housekeeping that fails is left to the next change. */
function* leniently(housekeeping: Steps<void>): Steps<void> {
  try {
    yield* housekeeping
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
  }
}
