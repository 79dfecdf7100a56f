/**
 * Puts a predecessor's record out of use, before we own its target.
 *
 * The old file is kept as `.imported`, and one of schemaVersion 3 takes its place, which the
 * predecessor refuses to read. This comes *before* our first commit: a crash between the two leaves a
 * target that the old tool cannot claim and that our next call imports from `.imported`. The other
 * order would leave two tools that both may own it.
 */
import { readFileSync } from 'node:fs'
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { StoreError } from '../errors.ts'
import type { Target } from '../target.ts'
import type { OwnershipContext } from './context.ts'
import { errorCode, importedName, type PredecessorRecord, readPredecessor } from './predecessor-file.ts'
import { recordTarget, SCHEMA_VERSION } from './record.ts'

const LOCK_PAUSE_MS = 50
/** The predecessor holds its lock for milliseconds; one that stays this long belongs to a dead process. */
const LOCK_PATIENCE_MS = 1_000
const ORPHAN_AFTER_MS = 60_000

/** Takes the predecessor's own lock, so that none of its changes is in flight while the files change places. */
export async function sealPredecessor(
  { file }: PredecessorRecord,
  target: Target,
  context: OwnershipContext,
): Promise<void> {
  const unlock = await lock(file)
  try {
    const found = readPredecessor(file, target, context)
    if (found === null || found.sealed) return
    await writeWhole(importedName(file), readFileSync(file, 'utf8'))
    await writeWhole(file, sealText(target, context))
  } finally {
    await unlock()
  }
}

function sealText(target: Target, { store }: OwnershipContext): string {
  const note = 'dev-loops keeps this record now; the file that was here has .imported at the end of its name'
  const seal = { schemaVersion: SCHEMA_VERSION, target: recordTarget(target), importedInto: store.location, note }
  return `${JSON.stringify(seal, null, 2)}\n`
}

/** On disk under its final name, whole, or not at all. */
async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`
  try {
    await writeFile(draft, text, { flush: true })
    await rename(draft, file)
    await syncFolder(dirname(file))
  } catch (cause) {
    await rm(draft, { force: true })
    const message = `${file} could not be put out of use (${errorCode(cause)}), so its target was not claimed; nothing else was changed`
    throw new StoreError('store_unavailable', message, { file }, { cause })
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function lock(file: string): Promise<() => Promise<void>> {
  const folder = `${file}.lock`
  const startedAt = performance.now()
  while (!(await makeFolder(folder))) {
    if (await isOrphan(folder)) return async () => {}
    if (performance.now() - startedAt >= LOCK_PATIENCE_MS) throw lockHeld(folder)
    await pause(LOCK_PAUSE_MS)
  }
  const owner = { pid: process.pid, acquiredAt: new Date().toISOString() }
  await writeFile(join(folder, 'owner.json'), JSON.stringify(owner))
  return () => rm(folder, { recursive: true, force: true })
}

async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder)
    return true
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return false
    throw new StoreError(
      'store_unavailable',
      `${folder} could not be made (${errorCode(cause)})`,
      { folder },
      { cause },
    )
  }
}

async function isOrphan(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => null)
  return found !== null && Date.now() - found.mtimeMs > ORPHAN_AFTER_MS
}

function lockHeld(folder: string): StoreError {
  const message = `another tool holds ${folder}; nothing was changed, try again, and remove that folder if no such tool runs`
  return new StoreError('store_contended', message, { folder })
}
