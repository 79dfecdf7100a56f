/**
 * What this host remembers of one remote, so that most changes ask nothing before they are made.
 *
 *   objects/          git's objects, without any ref: a killed process leaves no lock that lasts
 *   seen/<hash>       what was last seen of a record
 *   turns/<hash>      somebody asks for patience; nothing depends on it
 *   scratch/<pid>.…   the folder that one call of git believes to be its repository
 *   tidied            when somebody last set out to put it in order; see tidy.ts
 *   discarded         when somebody last threw the objects away because they were damaged
 *
 * All of it may be deleted at any time; that costs one fetch.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from '../../errors.ts'
import { makeFolder } from '../../make-folder.ts'
import { newWriteId } from '../files/write-id.ts'
import { isSha } from './content.ts'

/** Where a record was found; what a writer states when it changes or creates it. */
export type Seen =
  | { readonly place: 'live'; readonly version: string }
  /** `index`: the index that was seen together with it. */
  | { readonly place: 'archived'; readonly version: string; readonly index: string }
  | { readonly place: 'absent'; readonly index: string | null }

export interface Cache {
  readonly folder: string
  readonly objects: string
}

/** A call of git that takes longer was killed long ago, whatever its pid says. */
const ABANDONED_AFTER_MS = 10 * 60_000

export function openCache(folder: string): Cache {
  return { folder, objects: join(folder, 'objects') }
}

export function versionOf(seen: Seen): string | null {
  return seen.place === 'absent' ? null : seen.version
}

export function readSeen({ folder }: Cache, key: string): Seen | null {
  try {
    const { place, version, index }: Record<string, unknown> = JSON.parse(readFileSync(seenPath(folder, key), 'utf8'))
    const [hasVersion, hasIndex] = [version, index].map((sha) => typeof sha === 'string' && isSha(sha))
    if (place === 'live' && hasVersion) return { place, version: String(version) }
    if (place === 'archived' && hasVersion && hasIndex) return { place, version: String(version), index: String(index) }
    return place === 'absent' && (hasIndex || index === null) ? { place, index: hasIndex ? String(index) : null } : null
  } catch {
    return null
  }
}

/** What cannot be remembered is asked for again. */
export function writeSeen({ folder }: Cache, key: string, seen: Seen): void {
  const path = seenPath(folder, key)
  const draft = `${path}.${newWriteId()}`
  try {
    makeFolder(join(folder, 'seen'))
    writeFileSync(draft, JSON.stringify({ ...seen, key }))
    renameSync(draft, path)
  } catch {
    rmSync(draft, { force: true })
  }
}

/** The folder above is made, if it can be: without it nobody queues up. */
export function turnPath({ folder }: Cache, key: string): string {
  const turns = join(folder, 'turns')
  try {
    makeFolder(turns)
  } catch {
    // A disk that is full or read-only.
  }
  return join(turns, hashOf(key))
}

/**
 * Throws away what git cannot work with, so that it is fetched anew: a crash of the machine may cut objects off.
 *
 * @param sinceMs wall clock at the start of the call that met the damage. Who used what others threw away
 *   meanwhile met nothing else, and what they fetched by now is whole.
 */
export function discardObjects({ folder, objects }: Cache, sinceMs: number): void {
  const mark = join(folder, 'discarded')
  const discardedMs = statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0
  // One in the future is from before the clock was set back.
  if (discardedMs >= sinceMs && discardedMs <= Date.now()) return
  try {
    writeFileSync(mark, '\n')
    rmSync(objects, { recursive: true, force: true })
  } catch (cause) {
    throw unwritable(folder, cause)
  }
}

/**
 * @param haves commits in the cache that the remote need not send again
 * @param body  is handed a folder that git takes for a bare repository with the cache's objects
 */
export async function withScratch<T>(
  cache: Cache,
  haves: readonly string[],
  body: (gitDir: string) => Promise<T>,
): Promise<T> {
  const gitDir = makeScratch(cache, haves)
  try {
    return await body(gitDir)
  } finally {
    rmSync(gitDir, { recursive: true, force: true })
  }
}

function makeScratch(cache: Cache, haves: readonly string[]): string {
  const all = join(cache.folder, 'scratch')
  const gitDir = join(all, `${process.pid}.${newWriteId()}`)
  try {
    makeFolder(cache.objects)
    sweep(all)
    makeFolder(join(gitDir, 'refs'))
    const lines = haves.map((sha, i) => `${sha} refs/have/${i}\n`)
    writeFileSync(join(gitDir, 'packed-refs'), `# pack-refs with: sorted \n${lines.sort(byName).join('')}`)
    writeFileSync(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n')
    return gitDir
  } catch (cause) {
    throw unwritable(cache.folder, cause)
  }
}

function byName(a: string, b: string): number {
  return a.slice(41) < b.slice(41) ? -1 : 1
}

/** Folders of killed processes. One that is removed too early makes its call fail, so none is that is young. */
function sweep(folder: string): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY
    if (Date.now() - changedMs > ABANDONED_AFTER_MS) rmSync(path, { recursive: true, force: true })
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function seenPath(folder: string, key: string): string {
  return join(folder, 'seen', hashOf(key))
}

function hashOf(key: string): string {
  return createHash('sha1').update(key).digest('hex')
}

export function unwritable(folder: string, cause: unknown): StoreError {
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : 'an unknown error'
  const message = `cannot write to ${folder} (${errno}); nothing was changed, check the disk, or choose another --state-dir`
  return new StoreError('store_unavailable', message, { path: folder, errno, changed: 'no' }, { cause })
}
