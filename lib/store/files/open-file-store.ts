/**
 * The default store: a folder of plain files that needs no service and can be read with `cat`.
 *
 * This file only joins the parts: names (layout), checksums (seal), and the protocols (read, swap)
 * over a disk. Nothing is kept in memory between two calls but whether the last reading left anything to
 * tidy up, so any number of processes and stores may share the folder.
 */
import { isoTime } from '../../iso-time.ts'
import { readClock } from '../clock.ts'
import { checkKey } from '../key.ts'
import type { Instant, Store, StoreScope } from '../store.ts'
import { disk } from './disk.ts'
import { formatVersion, parseVersion, recordFolder, SEGMENT_LENGTH, turnFolder } from './layout.ts'
import { findRecords, readJournal, readNewest } from './read.ts'
import { type Files, run } from './steps.ts'
import { swap } from './swap.ts'
import { isTidy } from './tidy.ts'
import { isQueued, takeTurn } from './turn.ts'
import { newWriteId } from './write-id.ts'

const CONFLICT = { ok: false, conflict: true } as const

interface FileStoreOptions {
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
  let changedBefore = false
  let tidy: { readonly key: string; readonly version: string } | null = null

  return {
    scope,
    location: folder,
    now,

    async read(key) {
      const newest = await run(readNewest(folderOf(key)), files)
      if (newest === null) return null
      const version = formatVersion(newest.head)
      tidy = isTidy(newest.names, newest.head, SEGMENT_LENGTH) ? { key, version } : null
      return { value: newest.content.value, version }
    },

    async compareAndSwap(key, version, value, entry, standing) {
      const place = { root: folder, record: folderOf(key), pid: process.pid, segmentLength: SEGMENT_LENGTH }
      const replaced = version === null ? null : parseVersion(version)
      if (replaced === null && version !== null) return CONFLICT

      const draft = { writeId: newWriteId(), at: isoTime(now().wallMs), entry, value }
      const wasTidy = tidy?.key === key && tidy.version === version
      const head = await run(swap(place, replaced, draft, wasTidy), standing ? renaming(files, standing) : files)
      // The disk is asked synchronously: who changes again and again must still hear signals and timers.
      if (changedBefore) await new Promise((resolve) => setImmediate(resolve))
      changedBefore = true
      return head ? { ok: true, version: formatVersion(head) } : CONFLICT
    },

    list: async (prefix) => {
      const keys = (await run(findRecords(folder), files)).map(({ key }) => key)
      return keys.filter((key) => key.startsWith(prefix)).sort()
    },
    readLive: async (prefix) => (await import('./read-live.ts')).readLive(folder, prefix, files),
    journal: async (key, after) => run(readJournal(folderOf(key), after), files),
    isWaitedFor: (key) => isQueued(turnFolder(folderOf(key))),
    takeTurn: (key) => takeTurn(turnFolder(folderOf(key))),
    placeOf: folderOf,
  }
}

/** Others see a change when the head, or a whole new record, has got its name. */
function renaming(files: Files, standing: () => unknown): Files {
  return {
    ...files,
    async rename(from, to) {
      const renamed = await files.rename(from, to)
      if (renamed === 'done') standing()
      return renamed
    },
  }
}
