/**
 * The merged configuration of the last time, as JSON, so that a fast command parses no YAML.
 *
 * An entry is three lines: what it was made from, where records are, and everything. The fastest commands need
 * no more than the second.
 *
 * An entry is used only while everything it was made from looks the same to `stat`. Two edits within
 * one tick of the file system's clock look the same, so a file that changed less than two seconds ago
 * is not cached from. Losing the cache, or never being able to write it, costs milliseconds and
 * nothing else: every failure here is silent.
 */
import { readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../make-folder.ts'
import { within } from '../within.ts'
import { BUILT_FOR } from './defaults.generated.ts'
import type { Inputs } from './inputs.ts'
import type { Origin, Resolved } from './resolved.ts'
import { isPolicy, isPreference } from './shape.ts'

const SETTLED_MS = 2_000
const KEPT_ENTRIES = 32

export function readCache(inputs: Inputs): Resolved | null {
  const resolved = parse(readEntry(inputs)?.whole)
  return isResolved(resolved) ? { ...resolved, problems: [] } : null
}

export function readCachedPlace(inputs: Inputs): CachedPlace | null {
  const place = parse(readEntry(inputs)?.place)
  return isPlace(place) ? place : null
}

/** @returns null when there is none for these inputs */
function readEntry(inputs: Inputs): { readonly place: string | undefined; readonly whole: string | undefined } | null {
  try {
    const [madeFrom, place, whole] = readFileSync(fileOf(inputs), 'utf8').split('\n')
    return madeFrom === fingerprint(inputs) ? { place, whole } : null
  } catch {
    return null
  }
}

function parse(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '')
  } catch {
    return null
  }
}

/** May what was read between these two looks at the files be cached? */
export function isCacheable(before: Inputs, after: Inputs, nowMs: number): boolean {
  const files = [...after.userFiles, ...after.repositoryFiles]
  const settled = files.every(({ stamp, changedMs }) => stamp !== null && nowMs - changedMs > SETTLED_MS)
  return settled && fingerprint(before) === fingerprint(after)
}

export function writeCache(inputs: Inputs, { config, localPolicy, origins }: Resolved): void {
  const file = fileOf(inputs)
  const prepared = `${file}.${process.pid}.tmp`
  try {
    makeFolder(inputs.cacheDir)
    const { store, stateDir } = config
    const lines = [
      { store, stateDir },
      { config, localPolicy, origins },
    ].map((each) => JSON.stringify(each))
    writeFileSync(prepared, [fingerprint(inputs), ...lines].join('\n'), { mode: 0o600 })
    renameSync(prepared, file)
    dropOldEntries(inputs.cacheDir)
  } catch {
    // A read-only or full disk: the next command resolves again.
  }
}

/** Everything the result depends on, in full: equal fingerprints mean equal inputs, not equal hashes. */
function fingerprint({ userFiles, repositoryFiles, variables, flags, cwd, home }: Inputs): string {
  const texts = [Object.entries(variables).sort(), Object.entries(flags).sort()]
  const relative = texts.some((entries) => entries.length > 0) ? cwd : null
  return JSON.stringify([BUILT_FOR, stamps(userFiles), stamps(repositoryFiles), texts, relative, home])
}

function stamps(files: Inputs['userFiles']): readonly (readonly [string, string | null])[] {
  return files.map(({ path, stamp }) => [path, stamp])
}

/** One entry for each set of files and texts, so that worktrees do not evict each other. */
function fileOf({ cacheDir, userFiles, repositoryFiles, variables, flags }: Inputs): string {
  const paths = [...userFiles, ...repositoryFiles].map(({ path }) => path)
  return within(cacheDir, `config-${shortHash(JSON.stringify([paths, variables, flags]))}`)
}

/** FNV-1a. A collision costs a cache miss, and a hash of node:crypto more time than it saves. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}

function dropOldEntries(folder: string): void {
  const files = readdirSync(folder).filter((name) => name.startsWith('config-'))
  if (files.length <= KEPT_ENTRIES) return

  const oldestFirst = files
    .map((name) => ({ path: join(folder, name), changedMs: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => a.changedMs - b.changedMs)
  for (const { path } of oldestFirst.slice(0, -KEPT_ENTRIES)) unlinkSync(path)
}

type CachedPlace = Pick<Resolved['config'], 'store' | 'stateDir'>

function isPlace(value: unknown): value is CachedPlace {
  if (!isObject(value) || typeof value.store !== 'string') return false
  return value.stateDir === null || typeof value.stateDir === 'string'
}

function isResolved(value: unknown): value is Omit<Resolved, 'problems'> {
  if (!isObject(value)) return false
  const { config, localPolicy, origins } = value
  return isPreference(config) && isPolicy(localPolicy) && isObject(origins) && Object.values(origins).every(isOrigin)
}

function isOrigin(value: unknown): value is Origin {
  return isObject(value) && typeof value.layer === 'string' && typeof value.source === 'string' && 'value' in value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
