/**
 * How many requests to GitHub does one `next` make? Counted where they leave the process, on a local
 * forge, for an issue and for a pull request; and, while the quota of GraphQL is spent, how many over REST
 * and how many of these the quota of REST is charged for, the first time and when nothing has changed.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { GitHubClient } from '../../lib/github/client.ts'
import { onForge, REPO } from '../github/on-forge.ts'
import { aContext } from '../support/context.ts'

export interface RequestBench {
  readonly issue: number
  readonly pullRequest: number
  readonly rest: readonly { readonly name: string; readonly requests: number; readonly charged: number }[]
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
    const pullRequest = await ask('--pr', String(number))

    const { forge, client } = hub
    const login = forge.logins.developer
    forge.leaveQuota(login, { remaining: 0 })
    // The answer that says so is a request of its own, once in an hour.
    await ask('--pr', '404')
    const rest = []
    for (const name of ['--issue, first', '--issue, unchanged', '--pr, first', '--pr, unchanged']) {
      if (name.endsWith('first')) forgetAnswers(state)
      const before = await usedOfRest(client)
      const requests = await ask(...(name.startsWith('--issue') ? ['--issue', '1'] : ['--pr', String(number)]))
      rest.push({ name, requests, charged: (await usedOfRest(client)) - before })
    }
    return { issue, pullRequest, rest }
  } finally {
    await hub.end()
    rmSync(state, { recursive: true, force: true })
  }
}

function forgetAnswers(home: string): void {
  const quota = join(home, '.local/state/dev-loops/quota')
  for (const token of readdirSync(quota)) rmSync(join(quota, token, 'answers'), { recursive: true, force: true })
}

async function usedOfRest(client: GitHubClient): Promise<number> {
  const { body } = await client.rest('GET', '/rate_limit')
  return RateLimit.parse(body).resources.core.used
}

const RateLimit = z.object({ resources: z.object({ core: z.object({ used: z.number() }) }) })

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
