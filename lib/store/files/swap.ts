/**
 * One compare-and-swap from beginning to end: commit, then housekeeping.
 */
import { StoreError } from '../../errors.ts'
import { commitChange, createRecord, type Draft } from './commit.ts'
import type { Head } from './layout.ts'
import type { Steps } from './steps.ts'
import { completesSegment, tidyPrepared, tidyRecord } from './tidy.ts'

export interface Place {
  readonly root: string
  readonly record: string
  /** Of this process; by it others see whether an unfinished record still has its maker. */
  readonly pid: number
  readonly segmentLength: number
}

/**
 * @param replaced the head that was read; null to create the record
 * @param wasTidy whether there was nothing to throw away when it was read; what came since, the next change finds
 * @returns the head now standing, or null when somebody else came first and nothing was changed
 */
export function* swap(place: Place, replaced: Head | null, draft: Draft, wasTidy = false): Steps<Head | null> {
  const { root, record, segmentLength } = place
  const head = replaced ? yield* commitChange(record, replaced, draft) : yield* createRecord(place, draft)
  if (head === null) return null

  if (replaced === null) yield* leniently(tidyPrepared(root, head.writeId))
  else if (!wasTidy || completesSegment(head, segmentLength)) yield* leniently(tidyRecord(record, head, segmentLength))
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
