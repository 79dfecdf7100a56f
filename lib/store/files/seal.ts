/**
 * How a damaged file is told from a good one: its first line holds the checksum of the rest.
 *
 * Both lines are JSON, so that `cat` and `jq` can read them. A file that fails is named and left
 * alone; nothing older is put in its place, because an older version may name an older owner.
 */
import { StoreError } from '../../errors.ts'
import type { JournalEntry, Json } from '../store.ts'
import { checksum } from './checksum.ts'
import type { Head, SegmentRange } from './layout.ts'

const FORMAT = 1

/** One version of a record as it lies on the disk. */
export interface Content extends JournalEntry {
  readonly writeId: string
  /** Write id of the version before this one: tells committed data files from those that lost. */
  readonly previous: string | null
  readonly value: Json
}

export function sealContent(content: Content): string {
  return seal([content])
}

export function sealSegment(entries: readonly JournalEntry[]): string {
  return seal(entries)
}

/** @throws StoreError `state_unreadable` when it is not what was written under that name */
export function openContent(path: string, text: string, head: Head): Content {
  const [content] = unseal(path, text)
  if (content?.sequence !== head.sequence || content.writeId !== head.writeId)
    throw damaged(path, 'it holds another version')
  return content
}

/** @throws StoreError `state_unreadable` when it is not what was written under that name */
export function openSegment(path: string, text: string, range: SegmentRange): readonly JournalEntry[] {
  const entries = unseal(path, text)
  const whole =
    entries.length === range.last - range.first + 1 && entries.every(({ sequence }, i) => sequence === range.first + i)
  if (!whole) throw damaged(path, 'it holds other entries')
  return entries
}

export function damaged(path: string, why: string): StoreError {
  return new StoreError(
    'state_unreadable',
    `${path} is damaged: ${why}. It was kept and nothing was changed; restore it from a backup, or move the record's folder away to start anew`,
    { path, why },
  )
}

function seal(parts: readonly object[]): string {
  const body = parts.map((part) => `${JSON.stringify(part)}\n`).join('')
  return `${JSON.stringify({ format: FORMAT, crc32: checksum(body) })}\n${body}`
}

function unseal(path: string, text: string): readonly Content[] {
  const end = text.indexOf('\n')
  const body = text.slice(end + 1)
  const header = parseHeader(text.slice(0, Math.max(end, 0)))
  if (header === null) throw damaged(path, 'its first line is no header')
  if (header.format !== FORMAT)
    throw damaged(path, `its format ${header.format} is not ${FORMAT}; a newer dev-loops may have written it`)
  if (header.crc32 !== checksum(body)) throw damaged(path, 'its checksum does not fit')

  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

function parseHeader(line: string): { readonly format: unknown; readonly crc32: unknown } | null {
  try {
    const header: unknown = JSON.parse(line)
    return typeof header === 'object' && header !== null && 'format' in header && 'crc32' in header ? header : null
  } catch {
    return null
  }
}
