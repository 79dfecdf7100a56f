/**
 * Where this host remembers since when it sees a version of a record: one small file a target.
 *
 * A lost or damaged file only starts the watch anew. A file that another process of this host writes at
 * the same time holds a sighting just as true. So no lock, and no failure here is worth an error.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../make-folder.ts'
import type { Instant } from '../store/store.ts'
import { type Sighting, sight } from './rules/sighting.ts'

export function keepSighting(folder: string, key: string, version: string, now: Instant): Sighting {
  const file = fileFor(folder, key)
  const before = readFile(file)
  const sighting = sight(before, version, now)
  if (sighting !== before) writeFile(folder, file, sighting)
  return sighting
}

/** @returns `null` when this very version was not seen before */
export function readSighting(folder: string, key: string, version: string, now: Instant): Sighting | null {
  const before = readFile(fileFor(folder, key))
  return before !== null && sight(before, version, now) === before ? before : null
}

/** Only for leases of other machines, so that the others need not load the module. */
function fileFor(folder: string, key: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.json`)
}

function readFile(file: string): Sighting | null {
  try {
    const { version, bootId, firstSeenMs } = JSON.parse(readFileSync(file, 'utf8'))
    const valid = typeof version === 'string' && typeof bootId === 'string' && Number.isFinite(firstSeenMs)
    return valid ? { version, bootId, firstSeenMs } : null
  } catch {
    return null
  }
}

function writeFile(folder: string, file: string, sighting: Sighting): void {
  const draft = `${file}.${process.pid}.tmp`
  try {
    makeFolder(folder)
    writeFileSync(draft, JSON.stringify(sighting))
    renameSync(draft, file)
  } catch {
    // A folder that cannot be written makes this host wait for ever, which is safe; `doctor` tells of it.
  }
}
