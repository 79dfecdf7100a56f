/**
 * How much longer than Node itself does a fast command take to start, do its work and end?
 *
 * A busy machine slows everything, so each run of a command is paired with one of `node -e 0` right before or
 * right after it, by turns; the pairs of all commands follow each other in another order each round, because what
 * ran before tells as well; and the median of a command's ratios counts. The ratio of the quickest runs stands
 * beside it, because that is what a machine without other work shows. They run
 * where people run them: in a linked worktree of a clone whose repository has a `.devloops` of 40 lines.
 *
 * `renew` also waits for the disk, twice: what is left without that is told apart, with a bare durable change
 * right after each run as the measure.
 *
 * Two empty programs are timed too. No module can start faster than an empty one.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatSaved } from '../../lib/dispatch/saved/saved-facts.ts'
import { shuffle } from '../../lib/testing/random.ts'
import { anInput, finished, MERGE_ALLOWED } from '../loop/build.ts'
import { linkedWorktree } from '../support/linked-worktree.ts'
import { median } from './median.ts'
import { changeBare } from './store.ts'

export interface StartupBench {
  readonly nodeMs: number
  readonly commands: readonly StartupRow[]
}

interface StartupRow {
  readonly name: string
  readonly ms: number
  /** Median over the pairs. */
  readonly ratio: number
  /** Of the quickest run of all to the quickest of `node -e 0`. */
  readonly quickest: number
}

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
const PAIRS = 60
const TARGET = ['--issue', '12']
const RUN = [...TARGET, '--run-id', 'bench']

const FAST = {
  status: ['ownership', 'status', ...TARGET],
  assert: ['ownership', 'assert', ...RUN],
  renew: ['ownership', 'renew', ...RUN],
  'renew --help': ['ownership', 'renew', '--help'],
} as const

/** The command among them that makes a durable change. */
const WRITES = 'dev-loops renew'
const LESS_THE_DISK = `${WRITES}, less the disk`

/** What `dev-loops` names where the package is installed. */
const CLI = `${dist}cli/dev-loops.cjs`

/** The programs as they are started: through the command line, and a script by itself. */
function programsIn(folder: string): Readonly<Record<string, readonly string[]>> {
  const fast = Object.entries(FAST)
  return {
    ...Object.fromEntries(fast.map(([name, words]) => [`dev-loops ${name}`, [CLI, ...words]])),
    'dev-loops --help': [CLI, '--help'],
    'dev-loops next --facts': [CLI, 'next', '--facts', savedFacts(folder)],
    ...Object.fromEntries(
      fast.map(([name, [group, command, ...words]]) => [
        `${name}.mjs`,
        [`${dist}scripts/${group}/${command}.mjs`, ...words],
      ]),
    ),
    ...Object.fromEntries(['cjs', 'mjs'].map((kind) => [`an empty .${kind}`, [emptyProgram(folder, kind)]])),
  }
}

/** Facts whose answer is a command: a wait and a person have an exit code of their own. */
function savedFacts(folder: string): string {
  const file = join(folder, 'facts.json')
  writeFileSync(
    file,
    formatSaved(anInput({ ...finished(), policy: MERGE_ALLOWED }), (text) => text),
  )
  return file
}

function emptyProgram(folder: string, kind: string): string {
  const file = join(folder, `empty.${kind}`)
  writeFileSync(file, '')
  return file
}

export function benchStartup(): StartupBench {
  const folder = mkdtempSync(join(tmpdir(), 'dev-loops-bench-'))
  try {
    const start = starterIn(linkedWorktree(folder), folder)
    start([`${dist}scripts/ownership/claim.mjs`, ...RUN, '--ttl', '1h'])
    const programs = programsIn(folder)
    for (const argv of Object.values(programs)) start(argv)
    return measure(programs, start, () => changeBare(folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Start = (argv: readonly string[]) => number

function measure(
  programs: Readonly<Record<string, readonly string[]>>,
  start: Start,
  change: () => void,
): StartupBench {
  const bare: number[] = []
  const rounds = Array.from({ length: PAIRS }, (_, round) =>
    shuffle(Object.entries(programs), Math.random).flatMap(([name, argv]) => {
      const before = round % 2 === 0 ? start(BARE) : null
      const ms = start(argv)
      const nodeMs = before ?? start(BARE)
      bare.push(nodeMs)
      if (name !== WRITES) return [{ name, nodeMs, ms }]
      return [
        { name, nodeMs, ms },
        { name: LESS_THE_DISK, nodeMs, ms: ms - timed(change) },
      ]
    }),
  )
  const runs = rounds.flat()
  const names = Object.keys(programs).flatMap((name) => (name === WRITES ? [name, LESS_THE_DISK] : [name]))
  const commands = names.map((name) => {
    const own = runs.filter((run) => run.name === name)
    const times = own.map(({ ms }) => ms)
    const ratio = median(own.map(({ ms, nodeMs }) => ms / nodeMs))
    return { name, ms: median(times), ratio, quickest: Math.min(...times) / Math.min(...bare) }
  })
  return { nodeMs: median(bare), commands }
}

const BARE = ['-e', '0']

function timed(act: () => void): number {
  const startedAt = performance.now()
  act()
  return performance.now() - startedAt
}

/** Answers with the milliseconds from the start of the process to its end. */
function starterIn(cwd: string, home: string): Start {
  const env = { PATH: process.env.PATH, HOME: home, GH_TOKEN: 'bench' }
  return (argv) => {
    const startedAt = performance.now()
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd, env, encoding: 'utf8' })
    const ms = performance.now() - startedAt
    if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stdout}${stderr}`)
    return ms
  }
}
