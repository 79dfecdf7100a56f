/**
 * A part of the index: which records of these keys are in the archive, and at which version.
 *
 * Each is a commit without a parent, replaced whole. Whoever creates a record replaces it too, if only by
 * an equal one with another write id. So a writer that was paused between reading "there is none" and
 * creating it is refused when the record was created, released and archived in between: it could
 * otherwise give out a token for the second time.
 */
import type { Json } from '../store.ts'
import { type CommitText, formatFields, parseFields, unreadable } from './content.ts'

export interface Index {
  /** Version by flat name. */
  readonly tips: ReadonlyMap<string, string>
  /** Whether records were ever archived in this store. */
  readonly compacted: boolean
}

export const EMPTY_INDEX: Index = { tips: new Map(), compacted: false }

export function formatIndex({ tips, compacted }: Index, writeId: string): CommitText {
  const sorted = Object.fromEntries([...tips].sort(([a], [b]) => (a < b ? -1 : 1)))
  return { parents: [], message: formatFields('Archived records', { compacted, write: writeId, tips: sorted }) }
}

/** @throws StoreError `state_unreadable` */
export function openIndex(sha: string, commit: CommitText | null, where: string): Index {
  const fields = commit && parseFields(commit.message)
  const [tips, compacted] = [fields?.get('tips'), fields?.get('compacted')]
  if (!isTips(tips) || typeof compacted !== 'boolean')
    throw unreadable(where, sha, 'it is no index of archived records')
  return { tips: new Map(Object.entries(tips)), compacted }
}

function isTips(value: Json | undefined): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((sha) => typeof sha === 'string')
}
