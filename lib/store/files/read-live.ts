/**
 * Many records at once, for a list of them: what takes microseconds a record takes a second for ten thousand.
 *
 * A record is looked at plainly first, one listing and one file. Only where somebody changes it at that
 * moment, or something is wrong with it, is it read again as a single one, with all the care of that.
 */
import { StoreError } from '../../errors.ts'
import type { ListedRecord, Versioned } from '../store.ts'
import { dataPath, formatVersion, headsAmong } from './layout.ts'
import { findRecords, newestOf, readNewest } from './read.ts'
import { openContent } from './seal.ts'
import { type Files, run } from './steps.ts'

export async function readLive(root: string, prefix: string, files: Files): Promise<readonly ListedRecord[]> {
  const found = (await run(findRecords(root), files)).filter(({ key }) => key.startsWith(prefix))
  const listed: ListedRecord[] = []
  for (const { key, record } of [...found].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const read = (await readPlainly(record, files)) ?? (await readWithCare(record, files))
    if (read !== null) listed.push({ key, read })
  }
  return listed
}

/** @returns `null` for whatever is not as plain as that */
async function readPlainly(record: string, files: Files): Promise<Versioned | null> {
  try {
    const head = newestOf(headsAmong((await files.list(record)) ?? []))
    if (head === null) return null
    const path = dataPath(record, head)
    const text = await files.read(path)
    return text === null ? null : { value: openContent(path, text, head).value, version: formatVersion(head) }
  } catch (error) {
    if (error instanceof StoreError) return null
    throw error
  }
}

async function readWithCare(record: string, files: Files): Promise<Versioned | StoreError | null> {
  try {
    const newest = await run(readNewest(record), files)
    return newest && { value: newest.content.value, version: formatVersion(newest.head) }
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}
