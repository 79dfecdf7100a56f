/**
 * A bare repository as remote, and stores in it as machines of their own would open them.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GitStoreOptions, openGitStore } from '../../../lib/store/git/open-git-store.ts'
import type { Store } from '../../../lib/store/store.ts'

export const KEY = 'forge.example/acme/api/number/88'

export interface World {
  readonly folder: string
  readonly url: string
  /** A store with a cache of its own, unless it is to share one. */
  readonly machine: (name: string, options?: Partial<GitStoreOptions>) => Store
  /** git in the remote. */
  readonly git: (...args: string[]) => string
  /** A hook of the remote, as lines of sh. */
  readonly hook: (name: string, lines: string) => void
  readonly close: () => void
}

/** The remote dies when the refs have changed, before it says so. */
export const LOSE_ANSWER = ['reference-transaction', 'if [ "$1" = committed ]; then kill -9 $PPID; fi'] as const
/** The remote dies while it changes the refs, before any of them changed. */
export const DIE_BEFORE = ['reference-transaction', 'if [ "$1" = prepared ]; then kill -9 $PPID; fi'] as const

const IDENTITY = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
}

/** @param name of the remote's folder, for whom it matters that the address names the repository */
export function makeWorld(name = 'remote'): World {
  const folder = mkdtempSync(join(tmpdir(), 'dev-loops-git-store-'))
  const url = join(folder, `${name}.git`)
  execFileSync('git', ['init', '--quiet', '--bare', url])
  return {
    folder,
    url,
    machine: (name, options = {}) => openGitStore({ url, folder: join(folder, name), ...options }),
    git: (...args) => runGit(url, args),
    hook: (name, lines) => writeFileSync(join(url, 'hooks', name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 }),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export function runGit(cwd: string, args: readonly string[]): string {
  const env = { ...process.env, ...IDENTITY }
  return execFileSync('git', [...args], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}

/** A clone with one commit, and the commit. */
export function cloneWithCommit({ folder, url }: World, name: string): { readonly dir: string; readonly sha: string } {
  const dir = join(folder, name)
  runGit(folder, ['clone', '--quiet', url, dir])
  runGit(dir, ['commit', '--quiet', '--allow-empty', '-m', name])
  return { dir, sha: runGit(dir, ['rev-parse', 'HEAD']) }
}

export async function create(store: Store, value: number | string, key = KEY): Promise<string> {
  const swap = await store.compareAndSwap(key, null, value, value)
  if (!swap.ok) throw new Error(`${key} is there already`)
  return swap.version
}

/** Two keys that the index keeps in one part. */
export function keysOfOnePart(): { readonly first: string; readonly second: string } {
  const byPart = new Map<string, string>()
  for (let i = 1; ; i += 1) {
    const second = `forge.example/acme/api/number/${i}`
    const part = createHash('sha1').update(second).digest('hex').slice(0, 2)
    const first = byPart.get(part)
    if (first !== undefined) return { first, second }
    byPart.set(part, second)
  }
}
