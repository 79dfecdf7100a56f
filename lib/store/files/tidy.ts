/**
 * What may be thrown away after a commit, and what must be kept in another form first?
 *
 * Everything here is housekeeping: it may be cut off anywhere, done twice or by several at once, and
 * whoever changes the record next goes on with it. Three facts make that safe. A data file at or
 * below a committed head is either on the chain that leads to this head, or belongs to a writer whose
 * rename can no longer succeed. A segment's text follows from its range alone, so writing it again
 * changes nothing. And data files go only after their segment is durable.
 */
import { join } from 'node:path'
import {
  dataAmong,
  dataPath,
  type Head,
  JOURNAL,
  journalFolder,
  preparedFolder,
  preparerOf,
  type SegmentRange,
  segmentPath,
  segmentsAmong,
  TURN,
  unfinishedSegmentPath,
} from './layout.ts'
import { entriesSince, readContent } from './read.ts'
import { sealSegment } from './seal.ts'
import { type Steps, step } from './steps.ts'

/**
 * Files thrown away after one change: on many disks that is the dearest part of a full segment, and whoever
 * commits its last entry would pay for all of it while others wait. More than one, so that it comes to an end.
 */
const MOST_REMOVED = 8

/** @param names the folder, as the listing that showed this head had it */
export function isTidy(names: readonly string[], { sequence }: Head, segmentLength: number): boolean {
  const folders = [JOURNAL, TURN].filter((folder) => names.includes(folder)).length
  return names.length === folders + HEADS + sequence - lastOfFull(sequence, segmentLength)
}

const HEADS = 1

/** @returns whether the change to this version is the first after a segment became full */
export function completesSegment({ sequence }: Head, segmentLength: number): boolean {
  return sequence > 1 && lastOfFull(sequence, segmentLength) === sequence - 1
}

/** The last version whose entry belongs into a segment that is full. */
function lastOfFull(sequence: number, segmentLength: number): number {
  return Math.floor((sequence - 1) / segmentLength) * segmentLength
}

/** @param head the version that the caller has just committed */
export function* tidyRecord(record: string, head: Head, segmentLength: number): Steps<void> {
  const names = yield* step((files) => files.list(record))
  if (names === null) return

  const data = dataAmong(names)
  const lastFull = lastOfFull(head.sequence, segmentLength)
  for (const range of rangesOf(data, lastFull, segmentLength)) {
    if (!(yield* keepEntries(record, head, range))) return
  }

  const losers = yield* findLosers(
    record,
    head,
    data.filter(({ sequence }) => sequence > lastFull),
  )
  const unfinished = segmentsAmong(names, 'segment').filter(({ last }) => last <= lastFull)
  const old = data.filter(({ sequence }) => sequence <= lastFull)
  const often = repeated(old)
  // What a death left before what age left, which is too much for one change.
  const inOrder = [
    ...losers,
    ...old.filter(({ sequence }) => often.has(sequence)),
    ...old.filter(({ sequence }) => !often.has(sequence)),
  ]
  const litter = [...unfinished.map(({ name }) => join(record, name)), ...inOrder.map((each) => dataPath(record, each))]
  for (const path of litter.slice(0, MOST_REMOVED)) {
    yield* step((files) => files.remove(path))
  }
}

/**
 * Removes what creators left that were killed before their folder was renamed into place. Renaming
 * it away first makes this safe even against one that only seemed dead: it finds its folder absent.
 */
export function* tidyPrepared(root: string, writeId: string): Steps<void> {
  const folder = preparedFolder(root)
  const names = (yield* step((files) => files.list(folder))) ?? []

  for (const name of names) {
    const pid = preparerOf(name)
    if (name.startsWith('trash.')) yield* step((files) => files.removeFolder(join(folder, name)))
    if (pid === null || !(yield* step((files) => files.isGone(pid)))) continue

    const trash = join(folder, `trash.${writeId}.${name}`)
    if ((yield* step((files) => files.rename(join(folder, name), trash))) === 'done') {
      yield* step((files) => files.removeFolder(trash))
    }
  }
}

/** The full segments that still have data files, oldest first. */
function rangesOf(data: readonly Head[], lastFull: number, length: number): readonly SegmentRange[] {
  const kept = data.filter(({ sequence }) => sequence <= lastFull)
  const firsts = new Set(kept.map(({ sequence }) => Math.floor((sequence - 1) / length) * length + 1))
  return [...firsts].sort((a, b) => a - b).map((first) => ({ first, last: first + length - 1 }))
}

/** @returns whether the entries of the range are durable in their segment, by us or by another */
function* keepEntries(record: string, head: Head, range: SegmentRange): Steps<boolean> {
  const segment = segmentPath(record, range)
  const there = (yield* step((files) => files.has(segment))) || (yield* writeSegment(record, head, range))
  // Another writer may have renamed it a moment ago and died: its name is durable only after this.
  if (there) yield* step((files) => files.sync(journalFolder(record)))
  return there
}

function* writeSegment(record: string, head: Head, range: SegmentRange): Steps<boolean> {
  const segment = segmentPath(record, range)
  const content = yield* readContent(record, head)
  const entries = content ? yield* entriesSince(record, { head, content }, range.first - 1) : []
  // Others may have gone on so far that the data of this range, or of our own head, is pruned already.
  if (entries[0]?.sequence !== range.first) return yield* step((files) => files.has(segment))

  const unfinished = unfinishedSegmentPath(record, range, head.writeId)
  const text = sealSegment(entries.slice(0, range.last - range.first + 1))
  if ((yield* step((files) => files.write(unfinished, text))) === 'absent') return false
  if ((yield* step((files) => files.rename(unfinished, segment))) === 'done') return true
  return yield* step((files) => files.has(segment))
}

/** Data files of writers that came too late for their version; `recent` is not yet in a segment. */
function* findLosers(record: string, head: Head, recent: readonly Head[]): Steps<readonly Head[]> {
  const beside = recent.filter(({ sequence, writeId }) => sequence === head.sequence && writeId !== head.writeId)
  const below = recent.filter(({ sequence }) => sequence < head.sequence)
  const often = repeated(below)
  const disputed = below.filter(({ sequence }) => often.has(sequence))
  if (disputed.length === 0) return beside

  const committed = yield* committedBelow(record, head, Math.min(...disputed.map(({ sequence }) => sequence)))
  if (committed === null) return beside
  return [...beside, ...disputed.filter(({ sequence, writeId }) => committed.get(sequence) !== writeId)]
}

/** The versions of which there is more than one file. */
function repeated(data: readonly Head[]): ReadonlySet<number> {
  const once = new Set<number>()
  const often = new Set<number>()
  for (const { sequence } of data) (once.has(sequence) ? often : once).add(sequence)
  return often
}

/** Which write id each version down to `lowest` has, or null when the chain was pruned meanwhile. */
function* committedBelow(record: string, head: Head, lowest: number): Steps<ReadonlyMap<number, string> | null> {
  const committed = new Map<number, string>()
  let current: Head = head

  while (current.sequence > lowest) {
    const content = yield* readContent(record, current)
    if (content === null || content.previous === null) return null
    current = { sequence: current.sequence - 1, writeId: content.previous }
    committed.set(current.sequence, current.writeId)
  }
  return committed
}
