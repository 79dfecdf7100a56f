/**
 * The default store: a folder of plain files that needs no service and can be read with `cat`.
 *
 * This file only joins the parts: names (layout), checksums (seal), and the protocols (read, commit,
 * tidy) over a disk. Nothing is kept in memory between two calls, so any number of processes and
 * stores may share the folder.
 */
import { randomBytes } from 'node:crypto'
import { StoreError } from '../../errors.ts'
import { readClock } from '../clock.ts'
import { checkKey } from '../key.ts'
import type { Instant, Store, StoreScope, Swap } from '../store.ts'
import { commitChange, createRecord, type Draft } from './commit.ts'
import { disk } from './disk.ts'
import { formatVersion, type Head, parseVersion, recordFolder, SEGMENT_LENGTH } from './layout.ts'
import { readJournal, readKeys, readNewest } from './read.ts'
import { type Files, run } from './steps.ts'
import { tidyPrepared, tidyRecord } from './tidy.ts'
import { takeTurn } from './turn.ts'

export interface FileStoreOptions {
  readonly scope: StoreScope
  readonly now?: () => Instant
  /** Another disk, for tests that break it. */
  readonly files?: Files
}

export function openFileStore(folder: string, options: FileStoreOptions): Store {
  const { scope, now = readClock, files = disk } = options
  const folderOf = (key: string): string => {
    checkKey(key)
    return recordFolder(folder, key)
  }

  return {
    scope,
    location: folder,
    now,

    async read(key) {
      const newest = await run(readNewest(folderOf(key)), files)
      return newest && { value: newest.content.value, version: formatVersion(newest.head) }
    },

    async compareAndSwap(key, version, value, entry) {
      const record = folderOf(key)
      const at = new Date(now().wallMs).toISOString()
      const draft: Draft = { writeId: randomBytes(10).toString('hex'), at, entry, value }
      const head =
        version === null ? await create(folder, record, draft, files) : await change(record, version, draft, files)
      return head ? { ok: true, version: formatVersion(head) } : ({ ok: false, conflict: true } satisfies Swap)
    },

    list: async (prefix) => (await run(readKeys(folder), files)).filter((key) => key.startsWith(prefix)).sort(),
    journal: async (key, after) => run(readJournal(folderOf(key), after), files),
    takeTurn: async (key) => takeTurn(folderOf(key)),
    placeOf: folderOf,
  }
}

async function create(root: string, record: string, draft: Draft, files: Files): Promise<Head | null> {
  const head = await run(createRecord(root, record, { draft, pid: process.pid }), files)
  await leniently(run(tidyPrepared(root, draft.writeId), files))
  return head
}

async function change(record: string, version: string, draft: Draft, files: Files): Promise<Head | null> {
  const replaced = parseVersion(version)
  const head = replaced && (await run(commitChange(record, replaced, draft), files))
  if (head) await leniently(run(tidyRecord(record, head, SEGMENT_LENGTH), files))
  return head
}

/** The change is committed; that its housekeeping failed is the next writer's business. */
async function leniently(housekeeping: Promise<void>): Promise<void> {
  await housekeeping.catch((error: unknown) => {
    if (!(error instanceof StoreError)) throw error
  })
}
