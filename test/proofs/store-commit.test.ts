/**
 * The first proof of the commit protocol: all orders of the steps of three writers, with pruning, and
 * each writer dying between any two steps. See docs/decisions/0001-commit-by-renaming-the-head.md
 *
 * A writer appends its letter to the value, so the value tells whose changes are in, and in which order.
 */
import { describe, expect, it } from 'vitest'
import { dataPath, type Head, headPath, recordFolder } from '../../lib/store/files/layout.ts'
import { readJournal, readNewest } from '../../lib/store/files/read.ts'
import { sealContent } from '../../lib/store/files/seal.ts'
import { type Steps, step } from '../../lib/store/files/steps.ts'
import { swap } from '../../lib/store/files/swap.ts'
import { type Exploration, exploreAll } from '../support/store-interleavings.ts'
import { type Disk, namesIn, runAlone } from '../support/store-simulated-disk.ts'

type Protocol = Exploration['swap']

/** Short, so that three writers fill and prune segments while they compete. */
const SEGMENT_LENGTH = 2
/** Seconds on a quiet machine; a busy one must not make a proof fail. */
const LONGEST_PROOF_MS = 240_000
const ROOT = 's'
const RECORD = recordFolder(ROOT, 'k')
const OTHER_RECORD = recordFolder(ROOT, 'other')
const AT = '2020-01-01T00:00:00.000Z'

const place = { root: ROOT, record: RECORD, pid: 1, segmentLength: SEGMENT_LENGTH }
const draft = (writeId: string, value: string) => ({ writeId, at: AT, entry: value.slice(-1), value })
const realSwap: Protocol = ({ writer, writeId, replaced, value }) =>
  swap({ ...place, pid: writer.charCodeAt(0) }, replaced, draft(writeId, value))

describe('the commit protocol', () => {
  it(
    'loses and doubles no change of three writers, whatever their order, wherever they die',
    () => {
      explore('changing, filling and pruning a segment', recordWith('x'), realSwap)
    },
    LONGEST_PROOF_MS,
  )

  it(
    'creates a record once when three want to, and loses none of their changes',
    () => {
      explore('creating', new Map(), realSwap)
    },
    LONGEST_PROOF_MS,
  )
})

describe('the enumeration', () => {
  it('finds the lost change of a protocol that looks before it replaces', () => {
    expect(() => explore('looking first', recordWith('xy'), lookThenReplace)).toThrow(
      /is missing from|the journal reads/,
    )
  })

  it('finds the hole of a protocol that prunes before it has kept the entries', () => {
    expect(() => explore('pruning first', recordWith('xy'), pruneFirst)).toThrow()
  })
})

function explore(name: string, disk: Disk, protocol: Protocol): void {
  const startedAt = performance.now()
  const before = look(disk).value
  const seen = remembered(look)
  const next = remembered((disk) => {
    expect(oneMoreChange(disk)).toEqual(tidyAfter(`${look(disk).value}z`))
    return true
  })

  const { states, orders } = exploreAll({
    disk,
    record: RECORD,
    writers: ['a', 'b', 'c'],
    swap: protocol,
    check({ disk, reported, settled }) {
      const { value, journal } = seen(disk)
      if (!value.startsWith(before)) throw new Error(`what was there is missing from "${value}"`)
      for (const letter of reported)
        if (!value.includes(letter)) throw new Error(`"${letter}" is missing from "${value}"`)
      if (new Set(value).size !== value.length) throw new Error(`a change is doubled in "${value}"`)
      if (journal !== value) throw new Error(`the journal reads "${journal}", the value "${value}"`)
      if (settled && protocol === realSwap) next(disk)
    },
  })
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  console.info(`store, ${name}: ${orders} orders of steps and deaths in ${states} states, ${seconds} s`)
}

function look(disk: Disk): { readonly value: string; readonly journal: string } {
  const newest = runAlone(readNewest(RECORD), disk).value
  const entries = runAlone(readJournal(RECORD, 0), disk).value
  return { value: String(newest?.content.value ?? ''), journal: entries.map(({ entry }) => entry).join('') }
}

/** What is left in the folders after one more change, by a writer with nobody beside it. */
function oneMoreChange(disk: Disk): { readonly value: string; readonly names: readonly string[] } {
  const newest = runAlone(readNewest(RECORD), disk).value
  const changed = runAlone(swap(place, newest?.head ?? null, draft('z', `${newest?.content.value ?? ''}z`)), disk)
  const created = runAlone(swap({ ...place, record: OTHER_RECORD }, null, draft('o', 'o')), changed.disk)

  const names = ['records/k', 'records/k/journal', 'prepared'].flatMap(
    (folder) => namesIn(created.disk, `${ROOT}/${folder}`) ?? [],
  )
  return { value: look(created.disk).value, names: names.map(withoutWriteId).sort() }
}

function tidyAfter(value: string): ReturnType<typeof oneMoreChange> {
  const lastFull = Math.floor((value.length - 1) / SEGMENT_LENGTH) * SEGMENT_LENGTH
  const recent = Array.from({ length: value.length - lastFull }, (_, i) => `data.${lastFull + i + 1}`)
  const segments = Array.from(
    { length: lastFull / SEGMENT_LENGTH },
    (_, i) => `entries.${i * SEGMENT_LENGTH + 1}.${(i + 1) * SEGMENT_LENGTH}`,
  )
  return { value, names: ['journal', `head.${value.length}`, ...recent, ...segments].sort() }
}

const withoutWriteId = (name: string) => name.replace(/^((?:head|data)\.\d+)\.\w+$/, '$1')

function recordWith(letters: string): Disk {
  let disk: Disk = new Map()
  let head: Head | null = null
  for (const [i, letter] of [...letters].entries()) {
    const done: { readonly value: Head | null; readonly disk: Disk } = runAlone(
      swap(place, head, draft(letter, letters.slice(0, i + 1))),
      disk,
    )
    disk = done.disk
    head = done.value
  }
  return disk
}

/** What one would write first: see that the head is still there, then make the new one, then remove the old. */
function* lookThenReplace({ writeId, replaced, value }: Parameters<Protocol>[0]): Steps<Head | null> {
  if (replaced === null) return null
  const head = { sequence: replaced.sequence + 1, writeId }
  const text = sealContent({ ...draft(writeId, value), sequence: head.sequence, previous: replaced.writeId })
  yield* step((files) => files.write(dataPath(RECORD, head), text))

  if (!(yield* step((files) => files.has(headPath(RECORD, replaced))))) return null
  yield* step((files) => files.write(headPath(RECORD, head), ''))
  yield* step((files) => files.remove(headPath(RECORD, replaced)))
  return head
}

function* pruneFirst(attempt: Parameters<Protocol>[0]): Steps<Head | null> {
  const { replaced } = attempt
  if (replaced) yield* step((files) => files.remove(dataPath(RECORD, { sequence: 1, writeId: 'x' })))
  return yield* realSwap(attempt)
}

/** Many states have the same disk, which is then the same object; it is looked at once. */
function remembered<T>(of: (disk: Disk) => T): (disk: Disk) => T {
  const known = new Map<Disk, T>()
  return (disk) => {
    const value = known.get(disk) ?? of(disk)
    known.set(disk, value)
    return value
  }
}
