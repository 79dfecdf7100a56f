/**
 * The local folder in which the facts of decisions are kept, each under the digest of its text.
 *
 * A file is written beside its place and renamed, so it is whole or not there; what a killed writer left
 * is swept with the next new file, as is what is too old or more than the folder may hold. Nothing else
 * depends on it: facts that could not be kept only make a decision that cannot be replayed.
 */
import { randomUUID } from 'node:crypto'
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../../make-folder.ts'
import { digestText, type Keepable } from './kept-facts.ts'

export interface ArchiveBounds {
  readonly sizeBytes: number
  readonly ageMs: number
}

const BOUNDS: ArchiveBounds = { sizeBytes: 64 * 1024 * 1024, ageMs: 30 * 24 * 60 * 60_000 }

/** Longer than any write takes: what is older was left by a writer that died. */
const UNFINISHED_MS = 60_000

export type FoundFacts =
  | { readonly status: 'kept'; readonly text: string }
  | { readonly status: 'not_kept' }
  /** Its text is not what the digest says. */
  | { readonly status: 'damaged'; readonly file: string }

export interface FactsArchive {
  /** @throws what the file system throws */
  keep(facts: Keepable): Promise<void>
  find(digest: string): Promise<FoundFacts>
}

export function openFactsArchive(folder: string, bounds: ArchiveBounds = BOUNDS): FactsArchive {
  const fileOf = (digest: string) => join(folder, `${digest}.json`)
  return {
    async keep({ digest, text }) {
      if (await touched(fileOf(digest))) return
      makeFolder(folder)
      const unfinished = join(folder, `${digest}.${randomUUID()}.tmp`)
      await writeFile(unfinished, text, { mode: 0o600 })
      await rename(unfinished, fileOf(digest))
      await sweep(folder, bounds)
    },
    async find(digest) {
      const file = fileOf(digest)
      const text = await readFile(file, 'utf8').catch(whenAbsent)
      if (text === null) return { status: 'not_kept' }
      return digestText(text) === digest ? { status: 'kept', text } : { status: 'damaged', file }
    },
  }
}

/** What is needed again stays longer. */
async function touched(file: string): Promise<boolean> {
  const now = new Date()
  return (await utimes(file, now, now).then(() => true, whenAbsent)) ?? false
}

async function sweep(folder: string, { sizeBytes, ageMs }: ArchiveBounds): Promise<void> {
  const now = Date.now()
  let left = sizeBytes
  for (const { path, size, mtimeMs } of await newestFirst(folder)) {
    const limitMs = path.endsWith('.tmp') ? UNFINISHED_MS : ageMs
    if (size <= left && now - mtimeMs <= limitMs) left -= size
    else await rm(path, { force: true })
  }
}

async function newestFirst(folder: string) {
  const files = []
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.json') && !name.endsWith('.tmp')) continue
    const path = join(folder, name)
    // Another process may sweep at the same time.
    const seen = await stat(path).catch(whenAbsent)
    if (seen?.isFile()) files.push({ path, size: seen.size, mtimeMs: seen.mtimeMs })
  }
  return files.sort((a, b) => b.mtimeMs - a.mtimeMs)
}

function whenAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
