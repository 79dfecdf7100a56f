/**
 * How much longer than Node itself does a fast command take to start, do its work and end?
 *
 * A busy machine slows everything, so each run of a command is paired with one of `node -e 0` right
 * before it, the pairs of all commands alternate, and the median of a command's ratios counts. They run
 * where people run them: in a linked worktree of a clone whose repository has a `.devloops` of 40 lines.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { linkedWorktree } from '../support/linked-worktree.ts'

export interface StartupBench {
  readonly nodeMs: number
  readonly commands: readonly { readonly name: string; readonly ms: number; readonly ratio: number }[]
}

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
const PAIRS = 41
const TARGET = ['--issue', '12']
const RUN = [...TARGET, '--run-id', 'bench']

const FAST = {
  status: ['ownership', 'status', ...TARGET],
  assert: ['ownership', 'assert', ...RUN],
  renew: ['ownership', 'renew', ...RUN],
  help: ['ownership', 'claim', '--help'],
} as const

/** The programs as they are started: a script by itself, and the same through the CLI. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    Object.entries(FAST).flatMap(([name, [group, command, ...words]]) => [
      [`${name}.mjs`, [`${dist}scripts/${group}/${command}.mjs`, ...words]],
      [`dev-loops … ${name}`, [`${dist}cli/dev-loops.mjs`, group, command, ...words]],
    ]),
  ),
  'dev-loops --help': [`${dist}cli/dev-loops.mjs`, '--help'],
}

export function benchStartup(): StartupBench {
  const folder = mkdtempSync(join(tmpdir(), 'dev-loops-bench-'))
  try {
    const start = starterIn(linkedWorktree(folder), folder)
    start([`${dist}scripts/ownership/claim.mjs`, ...RUN, '--ttl', '1h'])
    for (const argv of Object.values(PROGRAMS)) start(argv)
    return measure(start)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Start = (argv: readonly string[]) => number

function measure(start: Start): StartupBench {
  const bare: number[] = []
  const rounds = Array.from({ length: PAIRS }, () =>
    Object.entries(PROGRAMS).map(([name, argv]) => {
      const nodeMs = start(['-e', '0'])
      bare.push(nodeMs)
      const ms = start(argv)
      return { name, ms, ratio: ms / nodeMs }
    }),
  )
  const commands = Object.keys(PROGRAMS).map((name) => {
    const runs = rounds.flat().filter((run) => run.name === name)
    return { name, ms: median(runs.map(({ ms }) => ms)), ratio: median(runs.map(({ ratio }) => ratio)) }
  })
  return { nodeMs: median(bare), commands }
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
