/**
 * One version of a record as a commit, and back.
 *
 * Everything stands in the message, because then a change is one object, many records are read as fast
 * as many messages, and `git log` of the ref shows the journal. The tree is the empty one. No two
 * commits are ever the same, thanks to the write id: the commit's name is the version.
 */
import { StoreError } from '../../errors.ts'
import type { Json } from '../store.ts'

/** The tree without a file, which git knows by itself. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

export interface Content {
  readonly key: string
  /** 1 for the first change of the record. */
  readonly sequence: number
  /** ISO 8601 UTC. */
  readonly at: string
  readonly writeId: string
  readonly entry: Json
  readonly value: Json
}

export interface CommitText {
  readonly parents: readonly string[]
  readonly message: string
}

export interface Version extends Content {
  readonly sha: string
  readonly parent: string | null
}

const WHO = 'dev-loops <dev-loops@localhost>'
const SHA = /^[0-9a-f]{40}$/

export function isSha(text: string): boolean {
  return SHA.test(text)
}

/** The message's part that programs read: a name, a space and JSON on each line. */
export function formatFields(subject: string, fields: Readonly<Record<string, Json>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  return `${subject}\n\n${lines.join('\n')}\n`
}

/** @returns null when it is no message of ours */
export function parseFields(message: string): ReadonlyMap<string, Json> | null {
  const lines = message.split('\n').slice(2)
  try {
    return new Map(
      lines.filter(Boolean).map((line): [string, Json] => {
        const space = line.indexOf(' ')
        return [line.slice(0, space), JSON.parse(line.slice(space + 1))]
      }),
    )
  } catch {
    return null
  }
}

export function formatContent({ key, sequence, at, writeId, entry, value }: Content): string {
  const subject = `Change ${sequence} of ${JSON.stringify(key).slice(1, -1)}`
  return formatFields(subject, { key, sequence, at, write: writeId, entry, value })
}

/** Its tree is the empty one. */
export function formatCommit({ parents, message }: CommitText, wallMs: number): string {
  const when = `${WHO} ${Math.floor(wallMs / 1000)} +0000`
  const before = parents.map((parent) => `parent ${parent}\n`).join('')
  return `tree ${EMPTY_TREE}\n${before}author ${when}\ncommitter ${when}\n\n${message}`
}

/** @returns null when it is no commit */
export function parseCommit(text: string): CommitText | null {
  const end = text.indexOf('\n\n')
  const [first = '', ...rest] = text.slice(0, end).split('\n')
  if (end < 0 || !first.startsWith('tree ')) return null
  const parents = rest.filter((line) => line.startsWith('parent ')).map((line) => line.slice('parent '.length))
  return { parents, message: text.slice(end + 2) }
}

/** @throws StoreError `state_unreadable` unless it is a version of exactly this record */
export function openVersion(
  sha: string,
  commit: CommitText | null,
  { key, place }: { key: string; place: string },
): Version {
  const fields = commit && parseFields(commit.message)
  const found = { key: fields?.get('key'), sequence: fields?.get('sequence'), at: fields?.get('at') }
  const writeId = fields?.get('write')
  const { sequence, at } = found
  if (!commit || !fields || typeof sequence !== 'number' || typeof at !== 'string' || typeof writeId !== 'string') {
    throw unreadable(place, sha, 'it is no version of a record')
  }
  if (found.key !== key) throw unreadable(place, sha, 'it belongs to another record')
  const [entry, value] = [fields.get('entry'), fields.get('value')]
  if (entry === undefined || value === undefined) throw unreadable(place, sha, 'its value is missing')
  return { sha, parent: commit.parents[0] ?? null, key, sequence, at, writeId, entry, value }
}

export function unreadable(place: string, sha: string, why: string): StoreError {
  const message = `${place} cannot be used: ${why} (${sha}); nothing was changed, look at it with git and put the ref back`
  return new StoreError('state_unreadable', message, { where: place, sha, why })
}
