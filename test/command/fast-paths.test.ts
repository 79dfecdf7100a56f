/**
 * What the fast commands load, to the file: a start-up cannot be timed in a suite, but what makes it slow
 * can be seen. `npm run bench` times it.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linkedWorktree } from '../support/linked-worktree.ts'

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url))

let folder: string
let cwd: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-fast-'))
  cwd = linkedWorktree(folder)
  // A git that tells when it was started.
  writeFileSync(join(folder, 'git'), `#!/bin/sh\n: > ${folder}/git-was-started\n`, { mode: 0o755 })
  // A file that only just changed is not cached from, so the first commands read it anew.
  const cache = join(folder, 'clone/.git/dev-loops/cache')
  const endsAt = Date.now() + 20_000
  do start(['scripts/ownership/claim.mjs', '--issue', '12', '--run-id', 'a'])
  while (!existsSync(cache) && Date.now() < endsAt)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const RUN = ['--issue', '12', '--run-id', 'a']
const STATUS = 'scripts/ownership/status.mjs'
const ASSERT = 'scripts/ownership/assert.mjs'
const RENEW = 'scripts/ownership/renew.mjs'
const CLI = 'cli/dev-loops.mjs'
/** What `dev-loops` names where the package is installed. */
const INSTALLED = 'cli/dev-loops.cjs'

const CASES: readonly (readonly string[])[] = [
  [STATUS, '--issue', '12'],
  [ASSERT, ...RUN],
  [RENEW, ...RUN],
  [STATUS, '--help'],
  ...[CLI, INSTALLED].flatMap((program) => [
    [program, 'ownership', 'status', '--issue', '12'],
    [program, 'ownership', 'assert', ...RUN],
    [program, 'ownership', 'renew', ...RUN],
    [program, 'ownership', 'status', '--help'],
    [program, '--help'],
  ]),
]

describe('a fast command', () => {
  it.each(CASES)('%s … loads no module but itself', (...argv) => {
    const listing = join(folder, 'modules')
    rmSync(listing, { force: true })
    start(argv, ['--import', fixture('ownership/loaded-modules.mjs')], { LOADED_MODULES: listing })
    const urls = readFileSync(listing, 'utf8').trim().split('\n')
    expect(urls).toEqual([new URL(argv[0] ?? '', `file://${dist}`).href])
  })

  it.each(CASES)('%s … takes only light modules of Node', (...argv) => {
    const { taken, loaded } = builtinsOf(argv)
    expect(taken.filter((name) => !LIGHT.has(name))).toEqual([])
    // Reading the program itself takes fs/promises; what that brings along is the floor.
    expect(loaded.filter((name) => HEAVY.has(name))).toEqual([])
  })

  it('is compiled from the cache that the build made', () => {
    for (const argv of CASES) expect(builtinsOf(argv).refused).toEqual([false])
  })

  it('starts no git', () => {
    for (const argv of CASES) start(argv)
    expect(existsSync(join(folder, 'git-was-started'))).toBe(false)
  })
})

describe('the measurement', () => {
  it('sees what a slow command loads', () => {
    const { loaded } = builtinsOf([CLI, 'worktree', 'status'])
    expect(loaded).toEqual(expect.arrayContaining(['child_process', 'stream']))
  })
})

/** Loaded before any program begins. */
const LIGHT = new Set(['node:fs', 'node:path', 'node:url', 'node:vm'])

const HEAVY = new Set([
  'child_process',
  'crypto',
  'http',
  'https',
  'net',
  'stream',
  'tls',
  'tty',
  'worker_threads',
  'zlib',
])

interface Taken {
  readonly taken: string[]
  readonly loaded: string[]
  readonly refused: (boolean | null)[]
}

function builtinsOf(argv: readonly string[]): Taken {
  const listing = join(folder, 'builtins')
  start(argv, ['--require', fixture('command/taken-builtins.cjs')], { TAKEN_BUILTINS: listing })
  return JSON.parse(readFileSync(listing, 'utf8'))
}

function start([program = '', ...words]: readonly string[], options: string[] = [], more: Record<string, string> = {}) {
  const env = { PATH: folder, HOME: folder, GH_TOKEN: 'x', ...more }
  execFileSync(process.execPath, [...options, dist + program, ...words], { cwd, env, stdio: 'pipe' })
}
