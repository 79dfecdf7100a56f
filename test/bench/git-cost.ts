/**
 * What does the git store ask of a remote for a change, a conflict and a read: how many calls of git that
 * reach it, and how many HTTP requests these make? Counted at a proxy before the forge, and at `git` itself.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openGitStore } from '../../lib/store/git/open-git-store.ts'
import type { Store } from '../../lib/store/store.ts'
import { update } from '../../lib/store/update.ts'
import { aForge } from '../forge/with-forge.ts'
import { aProxy } from '../support/http-proxy.ts'

export interface GitCost {
  /** The calls of git that reach the remote, in order, such as `push`. */
  readonly calls: readonly string[]
  readonly httpRequests: number
}

export interface GitCostBench {
  readonly change: GitCost
  readonly conflict: GitCost
  readonly read: GitCost
}

const REPO = 'acme/parcel-price'
const KEY = 'bench/git'
const REACHING = /(?:^| )(push|fetch|ls-remote)(?: |$)/

export async function benchGitCost(): Promise<GitCostBench> {
  const folder = mkdtempSync(join(tmpdir(), 'dev-loops-bench-'))
  const { forge, end } = await aForge()
  const proxy = await aProxy(new URL(forge.gitUrl(REPO)).origin)
  try {
    const words = noteCallsOfGit(folder)
    const url = `${proxy.origin}${new URL(forge.gitUrl(REPO)).pathname}`
    const access = { origin: `${proxy.origin}/`, token: forge.tokens.developer }
    const open = (name: string) => openGitStore({ url, folder: join(folder, name), access, env: words.env })
    const cost = async (act: () => Promise<unknown>): Promise<GitCost> => {
      proxy.reset()
      words.forget()
      await act()
      return { calls: words.calls(), httpRequests: proxy.requests.length }
    }

    const [here, elsewhere] = [open('here'), open('elsewhere')]
    await count(here)
    const change = await cost(() => count(here))
    await count(elsewhere)
    const conflict = await cost(() => count(here))
    const read = await cost(() => here.read(KEY))
    return { change, conflict, read }
  } finally {
    await proxy.close()
    await end()
    rmSync(folder, { recursive: true, force: true })
  }
}

function count(store: Store): Promise<null> {
  return update(store, KEY, (current) => ({ value: Number(current?.value ?? 0) + 1, entry: null, result: null }))
}

/** Puts a program of the same name before git, which notes its words and goes on as git. */
function noteCallsOfGit(folder: string) {
  const [bin, notes] = [join(folder, 'bin'), join(folder, 'calls')]
  const git = execFileSync('which', ['git'], { encoding: 'utf8' }).trim()
  mkdirSync(bin)
  writeFileSync(join(bin, 'git'), `#!/bin/sh\necho "$*" >> '${notes}'\nexec '${git}' "$@"\n`, { mode: 0o755 })
  const forget = () => writeFileSync(notes, '')
  forget()
  return {
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
    forget,
    calls: () =>
      readFileSync(notes, 'utf8')
        .split('\n')
        .flatMap((line) => REACHING.exec(line)?.[1] ?? []),
  }
}
