/**
 * How many requests to GitHub does one `next` make? Counted where they leave the process, on a local
 * forge, for an issue and for a pull request.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onForge, REPO } from '../github/on-forge.ts'
import { aContext } from '../support/context.ts'

export interface RequestBench {
  readonly issue: number
  readonly pullRequest: number
}

export async function benchRequests(): Promise<RequestBench> {
  const state = mkdtempSync(join(tmpdir(), 'dev-loops-bench-'))
  const hub = await onForge()
  try {
    const env = { ...hub.forge.environment, HOME: state, DEV_LOOPS_STATE_DIR: state, PATH: '' }
    const ask = (...words: string[]) =>
      countRequests(() => aContext({ cwd: state, env }).execute(['next', '--repo', REPO, ...words]))
    const issue = await ask('--issue', '1')

    await hub.push('export const price = () => 1\n')
    const { number } = await hub.openDraft()
    return { issue, pullRequest: await ask('--pr', String(number)) }
  } finally {
    await hub.end()
    rmSync(state, { recursive: true, force: true })
  }
}

async function countRequests(act: () => Promise<{ readonly answer: { readonly ok: boolean } }>): Promise<number> {
  const real = globalThis.fetch
  let count = 0
  globalThis.fetch = (...request) => {
    count += 1
    return real(...request)
  }
  try {
    const { answer } = await act()
    if (!answer.ok) throw new Error(JSON.stringify(answer))
    return count
  } finally {
    globalThis.fetch = real
  }
}
