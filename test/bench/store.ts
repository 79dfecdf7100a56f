/**
 * How many durable changes does the file store make in a second, and does a record's age matter?
 *
 * The disk decides most of it, so it is measured beside the bare calls that no durable change can do
 * without: write, fsync, rename, fsync of the folder. They take turns with the changes one by one, so that
 * a busy machine slows all of them alike, and the records take turns in being first; a round is several
 * segments long, so that each pays for its pruning; each round has records of its own, made side by side,
 * because where on the disk a folder lies can matter more than anything in it; and the median of the rounds'
 * ratios counts.
 */
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  dataPath,
  headPath,
  journalFolder,
  recordFolder,
  SEGMENT_LENGTH,
  segmentPath,
} from '../../lib/store/files/layout.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import { sealContent, sealSegment } from '../../lib/store/files/seal.ts'
import type { Store } from '../../lib/store/store.ts'
import { update } from '../../lib/store/update.ts'
import { median } from './median.ts'

export interface StoreBench {
  readonly barePerSecond: number
  readonly ages: readonly {
    /** Versions that the record had before the first round. */
    readonly age: number
    readonly changesPerSecond: number
    /** 1 would be as fast as the bare calls. */
    readonly ratioToBare: number
  }[]
}

const AGES = [1, 1_000, 10_000, 100_000]
const ROUNDS = 5
const ROUND_LENGTH = 3 * SEGMENT_LENGTH
/** About what a claimed target with some history weighs. */
const VALUE = {
  history: Array.from({ length: 20 }, (_, i) => ({
    runId: `run-${i}`,
    outcome: 'claimed_new',
    at: '2020-01-01T00:00:00Z',
  })),
}
const ENTRY = { kind: 'renewed' }

/** @param parent where the files go: the answer holds for the disk that this folder is on */
export async function benchStore(parent: string = tmpdir()): Promise<StoreBench> {
  const folder = mkdtempSync(join(parent, 'dev-loops-bench-'))
  try {
    const store = openFileStore(join(folder, 'state'), { scope: 'machine' })
    const rounds = await repeat(ROUNDS, (round) => measureRound(folder, store, round))
    return summarise(rounds)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Round {
  readonly bareMs: number
  /** In the order of `AGES`. */
  readonly changesMs: readonly number[]
}

function summarise(rounds: readonly Round[]): StoreBench {
  const perSecond = (ms: readonly number[]) => (ROUND_LENGTH * 1_000) / median(ms)
  const ages = AGES.map((age, index) => ({
    age,
    changesPerSecond: perSecond(rounds.map(({ changesMs }) => changesMs[index] ?? 0)),
    ratioToBare: median(rounds.map(({ bareMs, changesMs }) => bareMs / (changesMs[index] ?? 0))),
  }))
  return { barePerSecond: perSecond(rounds.map(({ bareMs }) => bareMs)), ages }
}

async function measureRound(folder: string, store: Store, round: number): Promise<Round> {
  const keys = AGES.map((age) => `bench/age/${age}/${round}`)
  for (const [index, age] of AGES.entries()) await grow(store, keys[index] ?? '', age)

  let bareMs = 0
  const changesMs = keys.map(() => 0)
  for (let turn = 0; turn < ROUND_LENGTH; turn += 1) {
    bareMs += await timed(() => changeBare(folder))
    const inTurn = turn % 2 === 0 ? [...keys.entries()] : [...keys.entries()].reverse()
    for (const [index, key] of inTurn) {
      changesMs[index] = (changesMs[index] ?? 0) + (await timed(() => change(store, key)))
    }
  }
  return { bareMs, changesMs }
}

/**
 * The record that so many changes would leave: all its segments, and the last version before a new one
 * begins. Made file by file, because as many real changes take minutes; the journal read back is the proof.
 */
async function grow(store: Store, key: string, age: number): Promise<void> {
  const record = recordFolder(store.location, key)
  const at = '2020-01-01T00:00:00.000Z'
  const entries = (first: number) =>
    Array.from({ length: SEGMENT_LENGTH }, (_, index) => ({ sequence: first + index, at, entry: ENTRY }))

  const segments = Math.floor((age - 1) / SEGMENT_LENGTH)
  if (segments === 0) return void (await change(store, key))
  mkdirSync(journalFolder(record), { recursive: true })
  for (let segment = 0; segment < segments; segment += 1) {
    const first = segment * SEGMENT_LENGTH + 1
    const range = { first, last: first + SEGMENT_LENGTH - 1 }
    writeDurably(segmentPath(record, range), sealSegment(entries(first)))
  }
  const head = { sequence: segments * SEGMENT_LENGTH + 1, writeId: 'old' }
  writeFileSync(dataPath(record, head), sealContent({ ...head, at, entry: ENTRY, previous: 'older', value: VALUE }))
  writeFileSync(headPath(record, head), '')
  while (((await store.journal(key, age - 1)).at(-1)?.sequence ?? 0) < age) await change(store, key)
  const kept = (await store.journal(key, 0)).length
  if (kept !== age) throw new Error(`the record of ${age} changes has ${kept}`)
}

function change(store: Store, key: string): Promise<null> {
  return update(store, key, () => ({ value: VALUE, entry: ENTRY, result: null }))
}

/** What no durable change can do without, in a folder of its own. */
export function changeBare(folder: string): void {
  const place = join(folder, 'bare')
  mkdirSync(place, { recursive: true })
  writeDurably(join(place, 'next'), JSON.stringify(VALUE))
  renameSync(join(place, 'next'), join(place, 'current'))
  const opened = openSync(place, 'r')
  fsyncSync(opened)
  closeSync(opened)
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'w')
  writeFileSync(file, text)
  fsyncSync(file)
  closeSync(file)
}

async function timed(act: () => unknown): Promise<number> {
  const startedAt = performance.now()
  await act()
  return performance.now() - startedAt
}

async function repeat<T>(times: number, act: (index: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = []
  for (let index = 0; index < times; index += 1) results.push(await act(index))
  return results
}
