/**
 * A predecessor's record in `.pi/runner-coordination/<owner>/<name>/pr-<n>.json`: read it, and put it
 * out of use before we own its target.
 *
 * Sealing keeps the old file as `.imported` and puts one of schemaVersion 3 in its place, which the
 * predecessor refuses to read. It comes *before* our first commit: a crash between the two leaves a
 * target that nobody can claim with the old tool and that the next call imports from `.imported`.
 * The other order would leave two tools that both may own it. The seal names the store, so that a
 * fresh store elsewhere does not wake up a claim of long ago.
 */
import { readFileSync } from 'node:fs'
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { StoreError } from '../errors.ts'
import type { Target } from '../target.ts'
import type { OwnershipContext } from './context.ts'
import { parseRecord, unreadableState } from './parse.ts'
import { type OwnershipRecord, recordTarget, SCHEMA_VERSION } from './record.ts'

export interface PredecessorRecord {
  readonly file: string
  readonly record: OwnershipRecord
  /** The predecessor can no longer change it. */
  readonly sealed: boolean
}

const LOCK_PAUSE_MS = 50
/** The predecessor holds its lock for milliseconds; one that stays this long belongs to a dead process. */
const LOCK_PATIENCE_MS = 1_000
const ORPHAN_AFTER_MS = 60_000

export function predecessorFileFor(folder: string, { repo, number }: { repo: string; number: number }): string {
  return resolve(folder, '.pi', 'runner-coordination', ...repo.split('/'), `pr-${number}.json`)
}

/** @throws StoreError `state_unreadable` when a file is there and cannot be believed */
export function findPredecessor(target: Target, context: OwnershipContext): PredecessorRecord | null {
  for (const file of candidates(target, context)) {
    const found = readPredecessor(file, target, context)
    if (found !== null) return found
  }
  return null
}

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

function candidates(target: Target, { predecessorFile, predecessorFolders }: OwnershipContext): readonly string[] {
  if (!('number' in target)) return []
  const files = (predecessorFolders ?? []).map((folder) => predecessorFileFor(folder, target))
  return [...new Set(predecessorFile === undefined ? files : [resolve(predecessorFile), ...files])]
}

function readPredecessor(file: string, target: Target, context: OwnershipContext): PredecessorRecord | null {
  const raw = readJson(file)
  if (raw === null) return null
  if (!isSeal(raw.value)) return { file, record: parseRecord(raw.value, target, file), sealed: false }
  if (raw.value.importedInto !== context.store.location) return null

  const kept = importedName(file)
  const before = readJson(kept)
  return before === null ? null : { file, record: parseRecord(before.value, target, kept), sealed: true }
}

function isSeal(value: unknown): value is { readonly importedInto: unknown } {
  const isFields = typeof value === 'object' && value !== null
  return isFields && 'schemaVersion' in value && value.schemaVersion === SCHEMA_VERSION && 'importedInto' in value
}

function sealText(target: Target, { store }: OwnershipContext): string {
  const note = 'dev-loops keeps this record now; the file that was here has .imported at the end of its name'
  const seal = { schemaVersion: SCHEMA_VERSION, target: recordTarget(target), importedInto: store.location, note }
  return `${JSON.stringify(seal, null, 2)}\n`
}

function importedName(file: string): string {
  return `${file}.imported`
}

function readJson(file: string): { readonly value: unknown } | null {
  const text = readText(file)
  if (text === null) return null
  try {
    return { value: JSON.parse(text) }
  } catch {
    throw unreadableState('it is not valid JSON', file)
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw unreadableState(`reading it failed with ${code}`, file)
  }
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
    if (performance.now() - startedAt < LOCK_PATIENCE_MS) await pause(LOCK_PAUSE_MS)
    else if (await isOrphan(folder)) return async () => {}
    else throw lockHeld(folder)
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
  return found === null || Date.now() - found.mtimeMs > ORPHAN_AFTER_MS
}

function lockHeld(folder: string): StoreError {
  const message = `another tool holds ${folder}; nothing was changed, try again, and remove that folder if no such tool runs`
  return new StoreError('store_contended', message, { folder })
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error'
}
