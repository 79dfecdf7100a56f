/**
 * A store for tests and for dry runs: gone with the process, shared with nobody.
 *
 * Values are kept as text, so a caller that changes what it handed over, or what it was handed,
 * changes nothing in here; a real store would not notice either.
 */
import { readClock } from './clock.ts'
import { checkKey } from './key.ts'
import type { Instant, JournalEntry, Json, Store, Swap, Versioned } from './store.ts'

interface MemoryRecord {
  readonly version: string
  readonly text: string
  readonly journal: readonly string[]
}

interface MemoryOptions {
  /** A clock that the test moves by hand; the machine's when not given. */
  readonly now?: () => Instant
}

let openedStores = 0

export function openMemoryStore(options: MemoryOptions = {}): Store {
  const now = options.now ?? readClock
  const records = new Map<string, MemoryRecord>()
  openedStores += 1
  const store = openedStores

  return {
    scope: 'process',
    location: 'memory',
    now,

    async read(key) {
      checkKey(key)
      return contentOf(records.get(key))
    },

    async compareAndSwap(key, version, value, entry) {
      checkKey(key)
      const current = records.get(key)
      if ((current?.version ?? null) !== version) return { ok: false, conflict: true }

      const sequence = (current?.journal.length ?? 0) + 1
      const line = journalLine(sequence, now(), entry)
      const next = `${sequence}.memory-${store}`
      records.set(key, { version: next, text: JSON.stringify(value), journal: [...(current?.journal ?? []), line] })
      return { ok: true, version: next } satisfies Swap
    },

    async list(prefix) {
      return [...records.keys()].filter((key) => key.startsWith(prefix)).sort()
    },

    async journal(key, after) {
      checkKey(key)
      return (records.get(key)?.journal ?? []).slice(Math.max(0, after)).map((line): JournalEntry => JSON.parse(line))
    },
  }
}

function contentOf(record: MemoryRecord | undefined): Versioned | null {
  return record ? { value: JSON.parse(record.text), version: record.version } : null
}

function journalLine(sequence: number, at: Instant, entry: Json): string {
  return JSON.stringify({ sequence, at: new Date(at.wallMs).toISOString(), entry } satisfies JournalEntry)
}
