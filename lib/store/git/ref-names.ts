/**
 * Which refs of the remote hold what?
 *
 *   refs/dev-loops/records/<key>/=head   the newest version of a record; its history is the journal
 *   refs/dev-loops/index/<00-ff>/=head   which records are in the archive, a 256th part of all keys each
 *   refs/dev-loops/archive/=head         keeps the versions of archived records from being thrown away
 *
 * A key keeps its slashes, so that the refs read like paths. Everything that git or a file system which
 * takes `A` for `a` would not keep apart is spelled as bytes; so is a comma, which stands for the slash
 * where a key must be one name. Too long a part goes on behind one that ends in `=`, and the leaf begins
 * with `=`: neither can be the spelling of a key.
 */
import { createHash } from 'node:crypto'

/** Where in the remote the refs are. Branches are the way out where others are forbidden; see address.ts. */
export const NAMESPACES = { refs: 'refs/dev-loops', branches: 'refs/heads/dev-loops-store' } as const
export type Namespace = keyof typeof NAMESPACES

const LEAF = '/=head'
const LONGEST_PART = 200
const PLAIN = /^[a-z0-9_@-]+(?:[./][a-z0-9_@-]+)*$/

export function recordRef(namespace: Namespace, key: string): string {
  return `${recordsPrefix(namespace)}${encodeKey(key)}${LEAF}`
}

/** Matches this ref and no other; unlike a whole name it may match nothing. */
export function patternOf(ref: string): string {
  return `${ref.slice(0, -'head'.length)}*`
}

function recordsPrefix(namespace: Namespace): string {
  return `${NAMESPACES[namespace]}/records/`
}

export function archiveRef(namespace: Namespace): string {
  return `${NAMESPACES[namespace]}/archive${LEAF}`
}

export function indexRef(namespace: Namespace, key: string): string {
  return `${indexPrefix(namespace)}${createHash('sha1').update(key).digest('hex').slice(0, 2)}${LEAF}`
}

export function indexPrefix(namespace: Namespace): string {
  return `${NAMESPACES[namespace]}/index/`
}

/** @returns the key whose record the ref holds; null when it is the ref of no record */
export function keyOfRef(namespace: Namespace, ref: string): string | null {
  const prefix = recordsPrefix(namespace)
  if (!ref.startsWith(prefix) || !ref.endsWith(LEAF)) return null
  return decodeKey(ref.slice(prefix.length, -LEAF.length))
}

/** The key as one name, for a file and for an entry of the index. */
export function flatName(key: string): string {
  return encodeKey(key).replaceAll('/', ',')
}

export function keyOfFlatName(name: string): string | null {
  return decodeKey(name.replaceAll(',', '/'))
}

function encodeKey(key: string): string {
  if (isPlain(key)) return key
  const spelled = [...Buffer.from(key, 'utf8')].map((byte, i, bytes) => spell(byte, bytes[i - 1], bytes[i + 1]))
  return splitParts(spelled).map(withoutLockEnding).join('/')
}

/** Almost every key is its own spelling; ten thousand of them are looked at in one call. */
function isPlain(key: string): boolean {
  return key.length < LONGEST_PART && PLAIN.test(key) && !key.includes('.lock')
}

/** A dot stands alone and inside a part only, a slash between two others only, because git refuses the rest. */
function spell(byte: number, before: number | undefined, after: number | undefined): string {
  const character = String.fromCharCode(byte)
  const isBorder = (next: number | undefined) => next === undefined || next === 0x2f
  if (character === '/' && !isBorder(before) && !isBorder(after)) return '/'
  if (character === '.' && !isBorder(before) && !isBorder(after) && before !== byte) return '.'
  return /[a-z0-9_@-]/.test(character) ? character : `=${byte.toString(16).padStart(2, '0')}`
}

function splitParts(spelled: readonly string[]): readonly string[] {
  const parts = ['']
  for (const piece of spelled) {
    const last = parts.length - 1
    const part = parts[last] ?? ''
    if (piece === '/') parts.push('')
    else if (part.length + piece.length < LONGEST_PART) parts[last] = part + piece
    else {
      parts[last] = `${part}=`
      parts.push(piece === '.' ? '=2e' : piece)
    }
  }
  return parts
}

function withoutLockEnding(part: string): string {
  return part.replace(/\.(lock)$/, '=2e$1')
}

function decodeKey(encoded: string): string | null {
  if (isPlain(encoded)) return encoded
  const joined = encoded.replaceAll('=/', '')
  if (!/^(?:[a-z0-9._@/-]|=[0-9a-f]{2})+$/.test(joined)) return null
  const spelled = joined.match(/=[0-9a-f]{2}|[^=]/g) ?? []
  const bytes = spelled.map((each) => (each.length === 3 ? Number.parseInt(each.slice(1), 16) : each.charCodeAt(0)))
  const key = Buffer.from(bytes).toString('utf8')
  return encodeKey(key) === encoded ? key : null
}
