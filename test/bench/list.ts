/**
 * How long does `ownership list` take over ten thousand targets, and how much memory, as a process of its own?
 *
 * Every target is held by a run with a lease. The records are laid down without waiting for the disk, and in
 * the remote without ten thousand pushes; what reads them is the built command, as people start it.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readHostIdentity } from '../../lib/ownership/host.ts'
import { claimTarget } from '../../lib/ownership/service.ts'
import { disk } from '../../lib/store/files/disk.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import { openCache } from '../../lib/store/git/cache.ts'
import { writeCommit } from '../../lib/store/git/commits.ts'
import { formatContent } from '../../lib/store/git/content.ts'
import { recordRef } from '../../lib/store/git/ref-names.ts'
import { openMemoryStore } from '../../lib/store/memory.ts'
import type { Json } from '../../lib/store/store.ts'
import { targetKey } from '../../lib/target.ts'
import { median } from './median.ts'

export interface ListCost {
  readonly ms: number
  readonly megabytes: number
}

export interface ListBench {
  readonly targets: number
  readonly files: ListCost
  /** What this host has seen before. */
  readonly gitWarm: ListCost
  readonly gitCold: ListCost
}

const TARGETS = 10_000
const RUNS = 5
const TARGET = { host: 'github.com', repo: 'acme/api' }
const script = fileURLToPath(new URL('../../dist/scripts/ownership/list.mjs', import.meta.url))
/** Loaded before the command: prints what it took, when it ends. */
const METER = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('maxRSS ' + process.resourceUsage().maxRSS))",
)}`

export async function benchList(): Promise<ListBench> {
  const folder = mkdtempSync(join(tmpdir(), 'dev-loops-bench-'))
  try {
    const values = await recordsHeld()
    const files = join(folder, 'files')
    await layDownFiles(files, values)
    const bare = join(folder, 'remote.git')
    layDownRefs(bare, values)

    const state = { DEV_LOOPS_STATE_DIR: join(folder, 'cache'), DEV_LOOPS_STORE: `git+${bare}` }
    const gitCold = list(folder, state)
    return {
      targets: TARGETS,
      files: middle(() => list(folder, { DEV_LOOPS_STATE_DIR: files })),
      gitWarm: middle(() => list(folder, state)),
      gitCold,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One real claim, and the same for every other number. */
async function recordsHeld(): Promise<ReadonlyMap<string, Json>> {
  const store = openMemoryStore()
  const first = { ...TARGET, number: 1 }
  await claimTarget(first, { runId: 'bench', mode: 'claim', ttlMs: 3_600_000 }, { store, host: readHostIdentity() })
  const text = JSON.stringify((await store.read(targetKey(first)))?.value)
  const numbers = Array.from({ length: TARGETS }, (_, index) => index + 1)
  const heldBy = (number: number): Json => JSON.parse(text.replace('"number":1', `"number":${number}`))
  return new Map(numbers.map((number) => [targetKey({ ...TARGET, number }), heldBy(number)]))
}

async function layDownFiles(folder: string, values: ReadonlyMap<string, Json>): Promise<void> {
  const hasty = {
    ...disk,
    write(path: string, text: string) {
      writeFileSync(path, text, { flag: 'wx' })
      return 'done' as const
    },
    sync: () => {},
  }
  const store = openFileStore(folder, { scope: 'machine', files: hasty })
  for (const [key, value] of values) await store.compareAndSwap(key, null, value, { type: 'claim' })
}

function layDownRefs(bare: string, values: ReadonlyMap<string, Json>): void {
  const git = (args: readonly string[], input = '') => execFileSync('git', args, { cwd: bare, input, stdio: 'pipe' })
  execFileSync('git', ['init', '--quiet', '--bare', bare])
  const at = '2020-01-01T00:00:00.000Z'
  const lines = [...values].map(([key, value], index) => {
    const message = formatContent({ key, sequence: 1, at, writeId: String(index), entry: { type: 'claim' }, value })
    return `create ${recordRef('refs', key)} ${writeCommit(openCache(bare), { parents: [], message }, 0)}\n`
  })
  git(['update-ref', '--stdin'], lines.join(''))
  git(['repack', '-adq'])
  git(['pack-refs', '--all'])
}

function list(cwd: string, env: Readonly<Record<string, string>>): ListCost {
  const startedAt = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', METER, script, '--json'], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    encoding: 'utf8',
  })
  const ms = performance.now() - startedAt
  if (status !== 0 || JSON.parse(stdout).total !== TARGETS) throw new Error(`${stdout.slice(0, 500)}${stderr}`)
  return { ms, megabytes: Number(/maxRSS (\d+)/.exec(stderr)?.[1]) / 1024 }
}

function middle(run: () => ListCost): ListCost {
  const runs = Array.from({ length: RUNS }, run)
  return { ms: median(runs.map(({ ms }) => ms)), megabytes: median(runs.map(({ megabytes }) => megabytes)) }
}
