/**
 * How many durable changes does the file store make in a second, and does a record's age matter?
 *
 * The disk decides most of it, so each round also makes the bare calls that no durable change can do
 * without: write, fsync, rename, fsync of the folder. Rounds alternate, so that a busy machine slows
 * all of them alike, and the median round counts.
 */
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { disk } from '../../lib/store/files/disk.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import type { Files } from '../../lib/store/files/steps.ts'
import type { Store } from '../../lib/store/store.ts'
import { update } from '../../lib/store/update.ts'

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

const AGES = [1, 1_000, 10_000]
const ROUNDS = 7
/** One segment's length, so that each round pays for exactly one pruning. */
const CHANGES_PER_ROUND = 64
/** About what a claimed target with some history weighs. */
const VALUE = {
  history: Array.from({ length: 20 }, (_, i) => ({
    runId: `run-${i}`,
    outcome: 'claimed_new',
    at: '2020-01-01T00:00:00Z',
  })),
}

/** @param parent where the files go: the answer holds for the disk that this folder is on */
export async function benchStore(parent: string = tmpdir()): Promise<StoreBench> {
  const folder = mkdtempSync(join(parent, 'dev-loops-bench-'))
  try {
    for (const age of AGES.filter((each) => each > 1)) await makeOld(folder, keyOf(age, 0), age)
    return await measure(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(folder: string): Promise<StoreBench> {
  const store = openFileStore(join(folder, 'state'), { scope: 'machine' })
  const bare: number[] = []
  const changes = AGES.map((): number[] => [])

  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await perSecond(() => bareChanges(folder)))
    await makeOld(folder, keyOf(1, round), 1)
    for (const [i, age] of AGES.entries())
      changes[i]?.push(await perSecond(() => changeOften(store, keyOf(age, round), CHANGES_PER_ROUND)))
  }

  const barePerSecond = median(bare)
  const ages = AGES.map((age, i) => {
    const changesPerSecond = median(changes[i] ?? [])
    return { age, changesPerSecond, ratioToBare: changesPerSecond / barePerSecond }
  })
  return { barePerSecond, ages }
}

/** Without waiting for the device, which would take minutes and leave the same files. */
async function makeOld(folder: string, key: string, age: number): Promise<void> {
  const hasty: Files = {
    ...disk,
    write(path, text) {
      writeFileSync(path, text, { flag: 'wx' })
      return 'done'
    },
    sync: () => {},
  }
  await changeOften(openFileStore(join(folder, 'state'), { scope: 'machine', files: hasty }), key, age)
}

async function changeOften(store: Store, key: string, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    await update(store, key, () => ({ value: VALUE, entry: { kind: 'renewed' }, result: null }))
  }
}

function bareChanges(folder: string): void {
  const place = join(folder, 'bare')
  mkdirSync(place, { recursive: true })
  const text = JSON.stringify(VALUE)
  for (let i = 0; i < CHANGES_PER_ROUND; i += 1) {
    const file = openSync(join(place, 'next'), 'w')
    writeFileSync(file, text)
    fsyncSync(file)
    closeSync(file)
    renameSync(join(place, 'next'), join(place, 'current'))
    const opened = openSync(place, 'r')
    fsyncSync(opened)
    closeSync(opened)
  }
}

async function perSecond(changes: () => void | Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await changes()
  return (CHANGES_PER_ROUND * 1_000) / (performance.now() - startedAt)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** A young record stays young only if each round has its own. */
const keyOf = (age: number, round: number) => `bench/age/${age}/${age === 1 ? round : 'all'}`
