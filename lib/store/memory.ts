/**
 * A store for tests and for dry runs: gone with the process, shared with nobody.
 *
 * Values are kept as text, so a caller that changes what it handed over, or what it was handed,
 * changes nothing in here; a real store would not notice either.
 */
import { readClock } from './clock.ts'
import { checkKey } from './key.ts'
import type {
  Instant,
  JournalEntry,
  Json,
  RecordChange,
  RefChange,
  Store,
  Swap,
  SwapTogether,
  Versioned,
} from './store.ts'

interface MemoryRecord {
  readonly version: string
  readonly text: string
  readonly journal: readonly string[]
}

interface MemoryOptions {
  /** A clock that the test moves by hand; the machine's when not given. */
  readonly now?: () => Instant
  /** Name and value of each ref of an imagined remote; given, records and these change together. */
  readonly refs?: Map<string, string>
}

let openedStores = 0

export function openMemoryStore(options: MemoryOptions = {}): Store {
  const now = options.now ?? readClock
  const records = new Map<string, MemoryRecord>()
  openedStores += 1
  const store = openedStores

  function versionOf(key: string): string | null {
    return records.get(key)?.version ?? null
  }

  function commit({ key, value, entry }: RecordChange): string {
    const journal = records.get(key)?.journal ?? []
    const sequence = journal.length + 1
    const version = `${sequence}.memory-${store}`
    records.set(key, {
      version,
      text: JSON.stringify(value),
      journal: [...journal, journalLine(sequence, now(), entry)],
    })
    return version
  }

  function swapAll(
    refs: Map<string, string>,
    changes: readonly RecordChange[],
    moves: readonly RefChange[],
  ): SwapTogether {
    for (const { key } of changes) checkKey(key)
    const moved = [
      ...changes.filter(({ key, version }) => versionOf(key) !== version).map(({ key }) => key),
      ...moves.filter(({ ref, expected }) => (refs.get(ref) ?? null) !== expected).map(({ ref }) => ref),
    ]
    if (moved.length > 0) return { ok: false, conflict: true, moved }
    for (const { ref, next } of moves) refs.set(ref, next)
    return { ok: true, versions: changes.map(commit) }
  }

  const { refs } = options
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
      if (versionOf(key) !== version) return { ok: false, conflict: true }
      return { ok: true, version: commit({ key, version, value, entry }) } satisfies Swap
    },

    async list(prefix) {
      return [...records.keys()].filter((key) => key.startsWith(prefix)).sort()
    },

    async journal(key, after) {
      checkKey(key)
      return (records.get(key)?.journal ?? []).slice(Math.max(0, after)).map((line): JournalEntry => JSON.parse(line))
    },

    ...(refs === undefined ? {} : { swapTogether: async (changes, moves) => swapAll(refs, changes, moves) }),
  }
}

function contentOf(record: MemoryRecord | undefined): Versioned | null {
  return record ? { value: JSON.parse(record.text), version: record.version } : null
}

function journalLine(sequence: number, at: Instant, entry: Json): string {
  return JSON.stringify({ sequence, at: new Date(at.wallMs).toISOString(), entry } satisfies JournalEntry)
}
