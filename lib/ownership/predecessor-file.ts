/**
 * A predecessor's record in `.pi/runner-coordination/<owner>/<name>/pr-<n>.json`, read as one of ours.
 *
 * A file that was sealed (see predecessor-seal.ts) still counts until the first commit of ours, so that
 * a crash between the two loses nothing. The seal names the store it was made for: a fresh store
 * elsewhere does not wake up a claim of long ago.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { findCheckout } from '../checkout.ts'
import { StoreError } from '../errors.ts'
import type { StateLocation } from '../store/location.ts'
import type { Target } from '../target.ts'
import type { OwnershipContext } from './context.ts'
import { parseRecord, unreadableState } from './parse.ts'
import { type OwnershipRecord, SCHEMA_VERSION } from './record.ts'

export interface PredecessorRecord {
  readonly file: string
  readonly record: OwnershipRecord
  /** The predecessor can no longer change it. */
  readonly sealed: boolean
}

/**
 * Where a predecessor may have left its records: it wrote below the folder it was started in, which in
 * practice was this one, the top of a worktree, or that of the main checkout.
 */
export function predecessorFoldersOf(
  cwd: string,
  { commonGitDir }: Pick<StateLocation, 'commonGitDir'>,
): readonly string[] {
  const top = findCheckout(cwd)?.top
  const main = commonGitDir === null ? undefined : dirname(commonGitDir)
  return [...new Set([cwd, top, main].filter((folder) => folder !== undefined))]
}

function predecessorFileFor(folder: string, { repo, number }: { repo: string; number: number }): string {
  return resolve(folder, '.pi', 'runner-coordination', ...repo.split('/'), `pr-${number}.json`)
}

/**
 * One that names an active run counts before others: each worktree may have a file of its own, and the
 * target is free only if none of them says otherwise.
 *
 * @throws StoreError `state_unreadable` when a file is there and cannot be believed
 */
export function findPredecessor(target: Target, context: OwnershipContext): PredecessorRecord | null {
  const found = candidates(target, context).map((file) => readPredecessor(file, target, context))
  const records = found.filter((each) => each !== null)
  return records.find(({ record }) => record.activeRun !== null) ?? records[0] ?? null
}

/** Those that the predecessor could still change. One that we cannot read, it cannot read either. */
export function findUnsealed(target: Target, context: OwnershipContext): readonly PredecessorRecord[] {
  return candidates(target, context)
    .map((file) => readOrSkip(file, target, context))
    .filter((each) => each !== null)
    .filter(({ sealed }) => !sealed)
}

function readOrSkip(file: string, target: Target, context: OwnershipContext): PredecessorRecord | null {
  try {
    return readPredecessor(file, target, context)
  } catch (error) {
    if (error instanceof StoreError && error.code === 'state_unreadable') return null
    throw error
  }
}

function candidates(target: Target, { predecessorFile, predecessorFolders }: OwnershipContext): readonly string[] {
  if (!('number' in target)) return []
  const files = (predecessorFolders ?? []).map((folder) => predecessorFileFor(folder, target))
  return [...new Set(predecessorFile === undefined ? files : [resolve(predecessorFile), ...files])]
}

export function readPredecessor(file: string, target: Target, context: OwnershipContext): PredecessorRecord | null {
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

export function importedName(file: string): string {
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

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error'
}
