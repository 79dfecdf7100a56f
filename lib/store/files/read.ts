/**
 * What is the newest version of a record, and how did it come about?
 *
 * Readers take no lock. A listing made while a head is renamed may show neither its old nor its new
 * name, and a data file may be pruned between the listing and the reading. Both only mean that there
 * is something newer, so one looks again; neither ever means that there is no record.
 */
import { within } from '../../within.ts'
import type { JournalEntry } from '../store.ts'
import {
  dataPath,
  decodeName,
  type Head,
  headsAmong,
  journalFolder,
  plainKey,
  recordsFolder,
  type SegmentRange,
  segmentPath,
  segmentsAmong,
} from './layout.ts'
import { type Content, damaged, openContent, openSegment } from './seal.ts'
import { type Steps, step } from './steps.ts'

export interface Newest {
  readonly head: Head
  /** What the record's folder held beside it. */
  readonly names: readonly string[]
  readonly content: Content
}

/** Two listings without a head are rare, a hundred mean that it is gone; later ones are spaced out. */
const MOST_LISTINGS = 100
const LISTINGS_AT_ONCE = 20

/** @returns null only when the record has no folder */
export function* readNewest(record: string): Steps<Newest | null> {
  let missing: string | null = null

  for (;;) {
    const found = yield* findHead(record)
    if (found === null) return null

    const { head } = found
    const content = yield* readContent(record, head)
    if (content) return { ...found, content }

    const path = dataPath(record, head)
    // A head that is still the newest after its data was not found never had any: heads come second.
    if (path === missing) throw damaged(path, 'it is missing')
    missing = path
  }
}

/** @returns null when the file is not there, because it was pruned or never committed */
export function* readContent(record: string, head: Head): Steps<Content | null> {
  const path = dataPath(record, head)
  const text = yield* step((files) => files.read(path))
  return text === null ? null : openContent(path, text, head)
}

/** The entries with a sequence greater than `after`, in order. */
export function* readJournal(record: string, after: number): Steps<readonly JournalEntry[]> {
  const newest = yield* readNewest(record)
  if (newest === null) return []

  const entries = yield* entriesSince(record, newest, after)
  const oldest = entries[0]?.sequence ?? newest.head.sequence + 1
  if (oldest <= after + 1 || oldest === 1) return entries

  // What was pruned is in a segment: segments are durable before their data files go.
  const older = yield* entriesFromSegments(record, { first: Math.max(1, after + 1), last: oldest - 1 })
  return [...older, ...entries]
}

/** A key that has a record, and the record's folder. */
export interface Found {
  readonly key: string
  readonly record: string
}

/** All of them, in no particular order. */
export function* findRecords(root: string): Steps<readonly Found[]> {
  return yield* recordsBelow(recordsFolder(root), Buffer.alloc(0))
}

/** Follows the chain of versions backwards as far as their data files reach. */
export function* entriesSince(
  record: string,
  newest: Omit<Newest, 'names'>,
  after: number,
): Steps<readonly JournalEntry[]> {
  const entries: JournalEntry[] = []
  let content: Content | null = newest.content

  while (content && content.sequence > after) {
    const { sequence, at, entry, previous }: Content = content
    entries.push({ sequence, at, entry })
    if (previous === null || sequence - 1 <= after) break
    content = yield* readContent(record, { sequence: sequence - 1, writeId: previous })
  }
  return entries.reverse()
}

function* entriesFromSegments(record: string, wanted: SegmentRange): Steps<readonly JournalEntry[]> {
  const names = (yield* step((files) => files.list(journalFolder(record)))) ?? []
  const entries: JournalEntry[] = []

  for (const range of [...segmentsAmong(names, 'entries')].sort((a, b) => a.first - b.first)) {
    if (range.last < wanted.first || range.first > wanted.last) continue
    const path = segmentPath(record, range)
    const text = yield* step((files) => files.read(path))
    if (text !== null) entries.push(...openSegment(path, text, range))
  }

  const found = entries.filter(({ sequence }) => sequence >= wanted.first && sequence <= wanted.last)
  const whole =
    found.length === wanted.last - wanted.first + 1 && found.every(({ sequence }, i) => sequence === wanted.first + i)
  if (!whole) throw damaged(journalFolder(record), `entries between ${wanted.first} and ${wanted.last} are missing`)
  return found
}

function* recordsBelow(folder: string, before: Buffer): Steps<readonly Found[]> {
  const names = (yield* step((files) => files.list(folder))) ?? []
  const found: Found[] = []

  for (const name of names) {
    const record = within(folder, name)
    const plain = before.length === 0 ? plainKey(name) : null
    if (plain !== null) found.push({ key: plain, record })
    const part = plain === null ? decodeName(name) : null
    if (part === null) continue
    const bytes = Buffer.concat([before, part.bytes])
    if (part.continues) found.push(...(yield* recordsBelow(record, bytes)))
    else found.push({ key: bytes.toString('utf8'), record })
  }
  return found
}

function* findHead(record: string): Steps<Omit<Newest, 'content'> | null> {
  for (let listings = 1; listings <= MOST_LISTINGS; listings += 1) {
    const names = yield* step((files) => files.list(record))
    if (names === null) return null

    const head = newestOf(headsAmong(names))
    if (head) return { head, names }
    if (listings > LISTINGS_AT_ONCE) yield* step((files) => files.pause(5))
  }
  throw damaged(record, 'it has no head file')
}

/** While a head is renamed a listing may show it under both names; the greater one is newer. */
export function newestOf(heads: readonly Head[]): Head | null {
  return heads.reduce<Head | null>((newest, head) => (newest && newest.sequence >= head.sequence ? newest : head), null)
}
