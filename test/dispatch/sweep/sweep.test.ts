/** The command that looks at a whole repository: what it says, what it costs, what it remembers. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fields } from '../../github/hub.ts'
import { headCommit } from '../../github/hub.ts'
import { manyPulls, numbered, openPulls } from '../../github/many-pulls.ts'
import { type Behaviour, type Received, type Server, startServer, TOKEN } from '../../github/server.ts'
import { aContext } from '../../support/context.ts'

let server: Server
let folder: string
let pulls: Fields[]
let refuse: (request: Received) => Behaviour | null

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-sweep-'))
  pulls = openPulls(3)
  refuse = () => null
  const answer = manyPulls(() => pulls)
  server = await startServer((request) => refuse(request) ?? answer(request))
})

afterEach(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers whose shape is the test's subject
async function sweep(...words: string[]): Promise<any> {
  const env = { GITHUB_GRAPHQL_URL: `${server.url}/graphql`, GITHUB_API_URL: server.url, GH_TOKEN: TOKEN }
  const context = aContext({ cwd: folder, env: { ...env, HOME: folder, DEV_LOOPS_STATE_DIR: folder, PATH: '' } })
  const { answer, exit } = await context.execute(['sweep', '--repo', 'acme/api', ...words])
  return { ...answer, exit, lines: context.lines }
}

async function claim(number: number): Promise<void> {
  const words = ['ownership', 'claim', '--repo', 'acme/api', '--pr', String(number), '--run-id', 'r-1']
  const env = { GITHUB_GRAPHQL_URL: `${server.url}/graphql`, GITHUB_API_URL: server.url, GH_TOKEN: TOKEN }
  await aContext({ cwd: folder, env: { ...env, HOME: folder, DEV_LOOPS_STATE_DIR: folder, PATH: '' } }).execute(words)
}

function seenFile(): string {
  const [name = ''] = readdirSync(join(folder, 'sweeps'))
  return join(folder, 'sweeps', name)
}

const failing = () => ({
  commits: {
    totalCount: 1,
    nodes: [
      {
        commit: headCommit({
          checkSuites: { totalCount: 1, nodes: [{ status: 'COMPLETED' }] },
          statusCheckRollup: {
            state: 'FAILURE',
            contexts: {
              totalCount: 1,
              checkRunCountsByState: [],
              statusContextCountsByState: [{ state: 'FAILURE', count: 1 }],
              pageInfo: { hasNextPage: false, endCursor: null },
              nodes: [
                {
                  __typename: 'StatusContext',
                  context: 'test',
                  state: 'FAILURE',
                  description: null,
                  targetUrl: null,
                  createdAt: '2026-01-02T10:00:00Z',
                  creator: null,
                },
              ],
            },
          },
        }),
      },
    ],
  },
})

describe('sweep', () => {
  it('says of each open pull request where it stands, who has the next step and who holds it', async () => {
    pulls[1] = numbered(2, failing())
    await claim(2)
    const { pullRequests, complete, requests, exit } = await sweep()
    expect([exit, complete, requests]).toEqual([0, true, 2])
    expect(pullRequests.map((one: Fields) => one.number)).toEqual([1, 2, 3])
    expect(pullRequests[1]).toMatchObject({ state: 'checks_failed', step: 'fix_checks', actor: 'agent', holder: 'r-1' })
    expect(pullRequests[0]).toMatchObject({ actor: 'wait', holder: null, draft: true })
  })

  it('hands out neither commands nor prompts', async () => {
    pulls[1] = numbered(2, failing())
    expect(JSON.stringify(await sweep())).not.toMatch(/"command"|"prompt"|dev-loops /)
  })

  it('takes pages no larger than there are pull requests, because room costs points', async () => {
    const { points } = await sweep()
    expect(points).toBe(4 + 1)
  })

  it('takes 3 requests for 100 and 30 for 1,000', async () => {
    for (const [count, requests] of [
      [100, 3],
      [1_000, 30],
    ] as const) {
      pulls = openPulls(count)
      const swept = await sweep()
      expect([swept.pullRequests.length, swept.requests]).toEqual([count, requests])
    }
  }, 120_000)

  it('of a repository without open pull requests says so', async () => {
    pulls = []
    expect(await sweep()).toMatchObject({ ok: true, pullRequests: [], complete: true })
  })
})

describe('sweep --changed', () => {
  it('names only what moved since the last sweep, and why', async () => {
    await sweep()
    pulls = [numbered(1), numbered(2, { ...failing(), updatedAt: '2026-01-02T09:00:00Z' }), numbered(4)]
    const { pullRequests, unchanged, gone } = await sweep('--changed')
    expect(pullRequests).toMatchObject([
      { number: 2, state: 'checks_failed', why: ['checks'] },
      { number: 4, why: ['new'] },
    ])
    expect([unchanged, gone]).toEqual([[1], [3]])
    expect(await sweep('--changed')).toMatchObject({ pullRequests: [], unchanged: [1, 2, 4], gone: [], requests: 1 })
  })

  it('looks at everything the first time, and again when what was seen is damaged', async () => {
    expect((await sweep('--changed')).pullRequests.length).toBe(3)
    for (const damage of ['', '{', '[]', '{"schema":2}', readFileSync(seenFile(), 'utf8').slice(0, -20)]) {
      writeFileSync(seenFile(), damage)
      expect((await sweep('--changed')).pullRequests.map((one: Fields) => one.why)).toEqual([['new'], ['new'], ['new']])
    }
  })

  it('looks again at what could not be read as a whole', async () => {
    await sweep()
    const moving = numbered(2, { headRefOid: 'e'.repeat(40) })
    pulls[1] = moving
    expect(await sweep('--changed')).toMatchObject({ pullRequests: [], unsettled: [2], unchanged: [1, 3] })
    pulls[1] = numbered(2)
    expect(await sweep('--changed')).toMatchObject({ pullRequests: [{ number: 2, why: ['new'] }] })
  })

  it('remembers the size of page that was answered, for a day', async () => {
    pulls = openPulls(40)
    const sizes = () => server.received.splice(0).map(({ body }) => JSON.parse(body).variables.first)
    refuse = ({ body }) => {
      const { first, cursor } = JSON.parse(body).variables
      return first > 10 && cursor !== undefined && body.includes('PullRequestCommon') ? { status: 502 } : null
    }
    await sweep()
    expect(sizes()).toEqual([100, 40, 20, 10, 10, 10, 10])
    await sweep()
    expect(sizes()).toEqual([100, 10, 10, 10, 10])
    const seen = JSON.parse(readFileSync(seenFile(), 'utf8'))
    writeFileSync(seenFile(), JSON.stringify({ ...seen, sizesAtMs: seen.sizesAtMs - 25 * 3_600_000 }))
    await sweep()
    expect(sizes().slice(0, 2)).toEqual([100, 40])
  })

  it('answers also where nothing can be kept', async () => {
    writeFileSync(join(folder, 'sweeps'), 'in the way')
    const { ok, lines } = await sweep('--changed')
    expect(ok).toBe(true)
    expect(lines.join()).toContain('could not be kept')
  })

  it('forgets nothing when GitHub refuses', async () => {
    await sweep()
    refuse = () => ({ status: 401 })
    expect(await sweep('--changed')).toMatchObject({ ok: false, error: 'token_rejected', exit: 5 })
    refuse = () => null
    expect(await sweep('--changed')).toMatchObject({ pullRequests: [], unchanged: [1, 2, 3] })
  })
})
