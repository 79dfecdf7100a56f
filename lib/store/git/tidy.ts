/**
 * Keeps the cache from growing by a file or more for each change: objects that have lain alone for a while go
 * into a pack, many packs into one, and what killed processes left is removed.
 *
 * Nothing is locked and nothing depends on it. git's own housekeeping would throw away what no ref leads to,
 * and skip its work for good beside the lock of one that was killed.
 */
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cache } from './cache.ts'
import { inScratch, type Place } from './commits.ts'

export interface TidyLimits {
  /** So many objects may lie alone; judged, as git does, by one of the 256 folders that they are spread over. */
  readonly alone: number
  readonly packs: number
  /** What is younger is likely to be used again soon, or being written. Also the time between two looks. */
  readonly ageMs: number
  /** What was seen of a record so long ago is forgotten. */
  readonly forgetMs: number
}

const DAY_MS = 24 * 3_600_000
const USUAL: TidyLimits = { alone: 6_700, packs: 50, ageMs: 3_600_000, forgetMs: 60 * DAY_MS }

/** In the cache's folder; says by its age when somebody last set out to tidy. */
const MARK = 'tidied'
const FOLDERS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const ONE_FOLDER = FOLDERS[23] ?? ''
const OBJECT = /^[0-9a-f]{38}$/
const PACK = /^(pack-[0-9a-f]{40})\.pack$/
/** The index first: without it nobody begins to use the pack. */
const PARTS_OF_A_PACK = ['.idx', '.pack', '.rev', '.bitmap'] as const

/** Looks at one folder while there is nothing to do. What cannot be tidied stays as it is. */
export async function tidyCache(place: Place, limits: TidyLimits = USUAL): Promise<void> {
  const { cache } = place
  try {
    if (!hasMany(cache, limits) || !isOld(join(cache.folder, MARK), limits.ageMs)) return
    writeFileSync(join(cache.folder, MARK), '\n')
    removeLeftovers(cache, limits)
    await packAlone(place, limits)
    await joinPacks(place, limits)
  } catch {
    // A disk that is full or read-only, or a cache that git found damaged and that is gone now.
  }
}

function hasMany({ objects }: Cache, { alone, packs }: TidyLimits): boolean {
  return filesIn(join(objects, ONE_FOLDER)).length >= alone / FOLDERS.length || packsIn(objects).length > packs
}

/** Drafts, and packs that were not finished; both have names that no finished file has. */
function removeLeftovers({ folder, objects }: Cache, { ageMs, forgetMs }: TidyLimits): void {
  const drafts = FOLDERS.flatMap((name) => filesIn(join(objects, name))).filter(({ name }) => !OBJECT.test(name))
  const unfinished = filesIn(join(objects, 'pack')).filter(({ name }) => name.startsWith('tmp_'))
  const seen = filesIn(join(folder, 'seen'))
  const turns = filesIn(join(folder, 'turns'))
  const left = [...drafts, ...unfinished, ...seen.filter(({ name }) => name.includes('.'))]
  for (const { path } of left) if (isOld(path, ageMs)) rmSync(path, { recursive: true, force: true })
  for (const { path } of [...seen, ...turns]) if (isOld(path, forgetMs)) rmSync(path, { recursive: true, force: true })
}

async function packAlone(place: Place, { ageMs }: TidyLimits): Promise<void> {
  const { objects } = place.cache
  const alone = FOLDERS.flatMap((folder) =>
    filesIn(join(objects, folder))
      .filter(({ name, path }) => OBJECT.test(name) && isOld(path, ageMs))
      .map(({ name, path }) => ({ sha: folder + name, path })),
  )
  if (alone.length === 0) return
  await pack(
    alone.map(({ sha }) => sha),
    place,
  )
  for (const { path } of alone) rmSync(path, { force: true })
}

async function joinPacks(place: Place, { packs, ageMs }: TidyLimits): Promise<void> {
  const { objects } = place.cache
  // Listed before their objects are, so that none goes whose objects were not.
  const old = packsIn(objects).filter(({ path }) => isOld(path, ageMs))
  if (old.length <= packs) return
  const { stdout } = await inScratch(['cat-file', '--batch-all-objects', '--batch-check=%(objectname)'], place)
  const made = await pack(stdout.split('\n').filter(Boolean), place)
  for (const { path } of old) {
    const stem = path.slice(0, -'.pack'.length)
    if (!stem.endsWith(made)) for (const part of PARTS_OF_A_PACK) rmSync(stem + part, { force: true })
  }
}

/** @returns the name of the new pack, which is on the disk */
async function pack(shas: readonly string[], place: Place): Promise<string> {
  const args = ['pack-objects', '--quiet', '--delta-base-offset', join(place.cache.objects, 'pack', 'pack')]
  const { stdout } = await inScratch(args, place, `${shas.join('\n')}\n`)
  return stdout.trim()
}

interface Found {
  readonly name: string
  readonly path: string
}

/** Without those that a fetch holds on to. */
function packsIn(objects: string): readonly Found[] {
  const all = filesIn(join(objects, 'pack'))
  const names = new Set(all.map(({ name }) => name))
  return all.filter(({ name }) => {
    const [, stem] = PACK.exec(name) ?? []
    return stem !== undefined && !names.has(`${stem}.keep`)
  })
}

function filesIn(folder: string): readonly Found[] {
  try {
    return readdirSync(folder).map((name) => ({ name, path: join(folder, name) }))
  } catch {
    return []
  }
}

/** Or far in the future, by a clock that was set back since. */
function isOld(path: string, ageMs: number): boolean {
  const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return changedMs === undefined || Math.abs(Date.now() - changedMs) >= ageMs
}
