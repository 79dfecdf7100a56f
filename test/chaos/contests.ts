/**
 * The contests of the chaos tests: what is done to the users of which store.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import type { Store } from '../../lib/store/store.ts'
import { update } from '../../lib/store/update.ts'
import type { Answers } from '../../lib/testing/answers.ts'
import { checkStore, type StoreReport } from '../../lib/testing/check-store.ts'
import type { Seat } from '../../lib/testing/contest.ts'
import { findLitter } from '../support/file-store-litter.ts'
import { HOW_TO_MOUNT, mountSmallDisk } from '../support/small-disk.ts'
import { bundleWorker } from '../support/store-processes.ts'
import { litterOfGit, openBadRemote } from './bad-remote.ts'

export interface ContestWords {
  readonly seconds: number
  readonly seed: number
  /** The names of answers, refusals and failures that there must be, as in the report. */
  readonly until?: readonly string[]
  readonly keepIn?: string
}

export interface ContestReport extends StoreReport {
  readonly litter: readonly string[]
  /** What was done to requests on their way, and how often. */
  readonly spoiled?: Readonly<Record<string, number>>
}

const OWN_PIDS = ['unshare', '--pid', '--fork', '--mount-proc'] as const
const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

function asked({ until = [], ...words }: ContestWords) {
  return { ...words, enough: (soFar: Answers) => until.every((name) => hasAnswer(soFar, name)) }
}

export function hasAnswer({ said, refusals, failures }: Answers, name: string): boolean {
  return [said, refusals, failures].some((counts) => name in counts)
}

/** Eight processes on a healthy disk, one of them in a pid namespace of its own where that is allowed. */
export function contendForFiles(words: ContestWords): Promise<ContestReport> {
  return inFolder(async (bundles) => {
    const folder = join(bundles, 'state')
    const programs = bundle(bundles, '../fixtures/store/file-store.ts')
    const seats = [...Array<Seat>(7).fill({}), mayUnshare() ? { launcher: OWN_PIDS } : {}]
    const report = await checkStore({ ...asked(words), ...programs, options: { folder }, seats, landsWithinMs: 0 })
    return { ...report, litter: await litterAfter(folder) }
  })
}

/** Eight processes on a small disk that is full at times and read-only at others, half of them slow. */
export async function contendOnBadDisk(words: ContestWords): Promise<ContestReport> {
  const small = mountSmallDisk()
  if (small === null) throw new Error(`this ${HOW_TO_MOUNT}`)
  try {
    return await inFolder(async (bundles) => {
      const folder = join(small.folder, 'state')
      const programs = bundle(bundles, '../fixtures/store/file-store.ts')
      const disturb = ['kill', () => small.fillFor(150), () => small.forbidFor(150)] as const
      const options = { folder, slowMs: 8 }
      const report = await checkStore({ ...asked(words), ...programs, options, disturb, landsWithinMs: 0 })
      return { ...report, litter: await litterAfter(folder) }
    })
  } finally {
    small.unmount()
  }
}

/**
 * Eight processes on two machines that share a repository behind HTTP. The remote declines some pushes, and on
 * the way some are cut: before they arrive, in the middle, or before the answer is back.
 */
export function contendForGit(words: ContestWords): Promise<ContestReport> {
  return inFolder(async (bundles) => {
    const remote = await openBadRemote()
    try {
      const folder = join(bundles, 'machines')
      const programs = bundle(bundles, '../fixtures/store/git-store.ts')
      const one = { host: 'one' }
      const two = { host: 'two' }
      const own = mayUnshare() ? { ...two, launcher: OWN_PIDS } : two
      const seats: Seat[] = [one, one, one, one, two, two, two, own]
      const options = { folder, url: remote.url, origin: remote.origin, token: remote.token }
      const timing = { keys: 2, shortestTtlMs: 1_200, pauseMs: 50, disturbEveryMs: 500 }
      const report = await checkStore({ ...asked(words), ...programs, ...timing, options, seats })
      return { ...report, litter: await litterOfGit(folder, options, remote), spoiled: remote.spoiled() }
    } finally {
      await remote.end()
    }
  })
}

async function inFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'dev-loops-chaos-'))
  try {
    return await act(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Bundled once, so that a new process starts in the time of a bare one. */
function bundle(folder: string, module: string) {
  return {
    module: bundleWorker(source(module), folder, 'store'),
    contender: [bundleWorker(source('../../lib/testing/contender.ts'), folder, 'contender')],
  }
}

/** Whoever changes a record next sweeps what the dead left; so does whoever creates the next. */
async function litterAfter(folder: string): Promise<readonly string[]> {
  const store = openFileStore(folder, { scope: 'machine' })
  for (const key of [...(await store.list('')), 'one more']) await touch(store, key)
  return findLitter(folder, store)
}

function touch(store: Store, key: string): Promise<null> {
  return update(store, key, (current) => ({ value: current?.value ?? null, entry: 'touched', result: null }))
}

function mayUnshare(): boolean {
  try {
    const [program, ...args] = [...OWN_PIDS, 'true']
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
