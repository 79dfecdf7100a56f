/**
 * The objects in the cache: written and, where they lie alone, read without starting git.
 *
 * Nothing here is precious. A damaged object is removed and counts as absent, so that it is fetched
 * again; what was written but never pushed is found by nobody.
 */
import { createHash } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deflateSync, inflateSync } from 'node:zlib'
import { makeFolder } from '../../make-folder.ts'
import { newWriteId } from '../files/write-id.ts'

export type ObjectType = 'commit' | 'tree'

export function nameOfObject(type: ObjectType, content: Buffer): string {
  return hashOf(withHeader(type, content))
}

/** @returns the object's name */
export function writeObject(folder: string, type: ObjectType, content: Buffer): string {
  const bytes = withHeader(type, content)
  const sha = hashOf(bytes)
  const path = objectPath(folder, sha)
  const draft = `${path}.${newWriteId()}`
  makeFolder(dirname(path))
  writeFileSync(draft, deflateSync(bytes, { level: 1 }), { mode: 0o444 })
  renameSync(draft, path)
  return sha
}

/** @returns null when it does not lie here as a file of its own */
export function readLoose(folder: string, sha: string): { readonly type: string; readonly content: Buffer } | null {
  const path = objectPath(folder, sha)
  const packed = readOrNull(path)
  if (packed === null) return null

  const bytes = inflateOrNull(packed)
  if (bytes === null || hashOf(bytes) !== sha) {
    rmSync(path, { force: true })
    return null
  }
  const end = bytes.indexOf(0)
  return { type: bytes.toString('latin1', 0, bytes.indexOf(0x20)), content: bytes.subarray(end + 1) }
}

function withHeader(type: ObjectType, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
}

function hashOf(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex')
}

function objectPath(folder: string, sha: string): string {
  return join(folder, sha.slice(0, 2), sha.slice(2))
}

function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}

function inflateOrNull(bytes: Buffer): Buffer | null {
  try {
    return inflateSync(bytes)
  } catch {
    return null
  }
}
