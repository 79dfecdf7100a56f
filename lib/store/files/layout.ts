/**
 * Which names mean what inside the folder of a file store?
 *
 *   records/<key>/head.<sequence>.<write id>       empty; its name says which version is the newest
 *   records/<key>/data.<sequence>.<write id>       one version: value, journal entry, checksum
 *   records/<key>/segment.<first>.<last>.<write id>  a journal segment that is being written
 *   records/<key>/journal/entries.<first>.<last>   entries whose data files may be gone
 *   records/<key>/turn/                            who waits for this record; nothing depends on it
 *   prepared/<pid>.<write id>/                     a record that is about to be renamed into place
 *   prepared/trash.…                               what a killed creator left; being removed
 *
 * A key becomes one folder name, so that `a` and `a/b` can both be records. Letters of the alphabet's
 * upper half and everything unusual are spelled as bytes, because some file systems take `A` for `a`
 * or compose accents anew. Too long a name goes on in a folder below one that ends in `~`.
 */
import { consistsOf } from '../../consists-of.ts'
import { within } from '../../within.ts'

/** One version of a record: how many changes it had, and who made the last. */
export interface Head {
  readonly sequence: number
  readonly writeId: string
}

export interface SegmentRange {
  readonly first: number
  readonly last: number
}

/** So many versions of a record are kept as data files before their entries move to one segment. */
export const SEGMENT_LENGTH = 64

export const TURN = 'turn'
export const JOURNAL = 'journal'

const LONGEST_NAME = 200
const LONGEST_SPELLING = '=2f'.length
const SEGMENT = /^(?:entries|segment)\.([1-9][0-9]{0,14})\.([1-9][0-9]{0,14})(?:\.[0-9a-z]+)?$/
const DIGITS = '0123456789'
const SMALL = 'abcdefghijklmnopqrstuvwxyz'
const LONGEST_SEQUENCE = 15
const LONGEST_PLAIN_KEY = 198
const IN_PLAIN_KEY = `${SMALL}${DIGITS}._@/-`
const PLAIN_NAME = /^[a-z0-9._@,-]+$/
const PREPARED = /^([1-9][0-9]*)\.[0-9a-z]+$/

export const recordsFolder = (root: string) => within(root, 'records')
export const preparedFolder = (root: string) => within(root, 'prepared')
export const turnFolder = (record: string) => within(record, TURN)
export const journalFolder = (record: string) => within(record, JOURNAL)

export const headPath = (record: string, head: Head) => within(record, `head.${head.sequence}.${head.writeId}`)
export const dataPath = (record: string, head: Head) => within(record, `data.${head.sequence}.${head.writeId}`)

export function segmentPath(record: string, { first, last }: SegmentRange): string {
  return within(journalFolder(record), `entries.${first}.${last}`)
}

export function unfinishedSegmentPath(record: string, { first, last }: SegmentRange, writeId: string): string {
  return within(record, `segment.${first}.${last}.${writeId}`)
}

export function headsAmong(names: readonly string[]): readonly Head[] {
  return names.map((name) => versioned(name, 'head')).filter((head) => head !== null)
}

export function dataAmong(names: readonly string[]): readonly Head[] {
  return names.map((name) => versioned(name, 'data')).filter((head) => head !== null)
}

export function segmentsAmong(
  names: readonly string[],
  kind: 'entries' | 'segment',
): readonly (SegmentRange & { name: string })[] {
  return names.flatMap((name) => {
    const [, first, last] = name.startsWith(`${kind}.`) ? (SEGMENT.exec(name) ?? []) : []
    return first && last ? [{ first: Number(first), last: Number(last), name }] : []
  })
}

/** The process that prepared a folder, or null when the name is none of ours. */
export function preparerOf(name: string): number | null {
  const pid = PREPARED.exec(name)?.[1]
  return pid ? Number(pid) : null
}

export function formatVersion({ sequence, writeId }: Head): string {
  return `${sequence}.${writeId}`
}

/** @returns null for what this store never gave out */
export function parseVersion(version: string): Head | null {
  return versioned(`head.${version}`, 'head')
}

/** The folder of a record, and the folders above it that exist only because the key is long. */
export function recordFolder(root: string, key: string): string {
  const names = namesFor(key)
  return names.reduce(within, recordsFolder(root))
}

/** @returns the key of nearly every record, whose name needed no spelling; null for the others */
export function plainKey(name: string): string | null {
  return PLAIN_NAME.test(name) ? name.replaceAll(',', '/') : null
}

/** @returns the part of a key that a folder name holds, or null when no key can have that name */
export function decodeName(name: string): { readonly bytes: Buffer; readonly continues: boolean } | null {
  const continues = name.endsWith('~')
  const text = continues ? name.slice(0, -1) : name
  if (!/^(?:[a-z0-9._@,-]|=[0-9a-f]{2})+$/.test(text)) return null

  const spelled = text.replaceAll(',', '=2f').match(/=[0-9a-f]{2}|[^=]/g) ?? []
  const bytes = spelled.map((each) => (each.length === 3 ? Number.parseInt(each.slice(1), 16) : each.charCodeAt(0)))
  return { bytes: Buffer.from(bytes), continues }
}

/** Neither a dot nor a slash outside, and short enough for one name. */
function isPlainKey(key: string): boolean {
  const isInner = key !== '' && key.length <= LONGEST_PLAIN_KEY && consistsOf(key, IN_PLAIN_KEY)
  return isInner && !'./'.includes(key.charAt(0)) && !'./'.includes(key.charAt(key.length - 1))
}

function namesFor(key: string): readonly string[] {
  // Nearly every key: nothing in it needs a spelling.
  if (isPlainKey(key)) return [key.replaceAll('/', ',')]
  const chunks: string[][] = []
  let room = 0
  for (const byte of Buffer.from(key, 'utf8')) {
    if (room < LONGEST_SPELLING) {
      chunks.push([])
      room = LONGEST_NAME
    }
    const spelled = spell(byte)
    chunks.at(-1)?.push(spelled)
    room -= spelled.length
  }
  return chunks.map((chunk, i) => withoutOuterDots(chunk).join('') + (i < chunks.length - 1 ? '~' : ''))
}

function spell(byte: number): string {
  const character = String.fromCharCode(byte)
  if (character === '/') return ','
  return /[a-z0-9._@-]/.test(character) ? character : `=${byte.toString(16).padStart(2, '0')}`
}

/** `.` and `..` are no names, and some systems drop a dot at the end. */
function withoutOuterDots(chunk: readonly string[]): readonly string[] {
  return chunk.map((part, i) => (part === '.' && (i === 0 || i === chunk.length - 1) ? '=2e' : part))
}

/** By hand: every listing of a record comes through here, and a fast command has one. */
function versioned(name: string, kind: 'head' | 'data'): Head | null {
  if (!name.startsWith(`${kind}.`)) return null
  const [, sequence = '', writeId = '', ...others] = name.split('.')
  const isNumber = sequence !== '' && sequence.length <= LONGEST_SEQUENCE && consistsOf(sequence, DIGITS)
  const isWrite = writeId !== '' && consistsOf(writeId, DIGITS + SMALL)
  if (!isNumber || sequence.startsWith('0') || !isWrite || others.length > 0) return null
  return { sequence: Number(sequence), writeId }
}
