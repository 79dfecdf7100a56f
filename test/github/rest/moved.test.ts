/** Over REST the parts of a pull request come one after the other; here it moves in between. */
import { afterEach, describe, expect, it } from 'vitest'
import { createClient } from '../../../lib/github/client.ts'
import { observePullRequestByRest } from '../../../lib/github/rest/observe-pull-request.ts'
import { AMPLE_MS, json, type Received, type Server, startServer, TOKEN } from '../server.ts'

const OLD = 'a'.repeat(40)
const NEW = 'b'.repeat(40)
const TREE = 'c'.repeat(40)
const TARGET = { host: 'github.com', repo: 'acme/api', number: 88 }

let server: Server
afterEach(() => server.stop())

describe('a pull request that moves while it is looked at', () => {
  it('loop-state 16.31: is looked at once more, and judged by the checks of one head', async () => {
    let looks = 0
    const facts = await observed(() => {
      looks += 1
      return looks === 1 ? OLD : NEW
    })
    expect(facts.pr?.head.sha).toBe(NEW)
    expect(facts.pr?.checks.commit).toBe(NEW)
    expect(asked('/pulls/88')).toBe(4)
  })

  it('loop-state 16.31: is no answer when it moves again', async () => {
    let looks = 0
    const moving = observed(() => String(looks++).padStart(40, '0'))
    await expect(moving).rejects.toMatchObject({ code: 'github_answer_invalid' })
  })
})

describe('a list over REST', () => {
  it('is read to its end although a kept page does not name the one that came since', async () => {
    const full = Array.from({ length: 100 }, (_, index) => aComment(index))
    let more = false
    const second = () => (more ? [aComment(100)] : [])
    const respond = (request: Received) => {
      if (!request.path.includes('/issues/88/comments')) return null
      const items = request.path.endsWith('page=1') ? full : second()
      const etag = `"${items.length}"`
      if (request.headers['if-none-match'] === etag) return { status: 304 }
      return json(items, { headers: { etag } })
    }
    const client = await serving(
      () => OLD,
      respond,
      () => (more ? 101 : 100),
    )
    const before = await observe(client)
    expect(before.pr?.comments).toMatchObject({ total: 100, complete: true })
    more = true
    expect((await observe(client)).pr?.comments).toMatchObject({ total: 101, complete: true })
  })

  it('that is shorter than the pull request says is not whole', async () => {
    const respond = (request: Received) => (request.path.includes('/issues/88/comments') ? json([aComment(1)]) : null)
    const client = await serving(
      () => OLD,
      respond,
      () => 2,
    )
    expect((await observe(client)).pr?.comments).toMatchObject({ complete: false })
  })

  it('of checks that the token may not read is withheld, not empty', async () => {
    const respond = (request: Received) =>
      request.path.includes('/check-runs') ? json({ message: 'Resource not accessible' }, { status: 403 }) : null
    const { pr } = await observe(await serving(() => OLD, respond))
    expect(pr?.checks).toMatchObject({ withheld: true, suites: null, contexts: { items: [], complete: false } })
  })

  it('of threads is not empty while a review is not submitted yet', async () => {
    const pending = { node_id: 'R', user: null, state: 'PENDING', body: '', html_url: '', commit_id: OLD }
    const respond = (request: Received) => (request.path.includes('/reviews') ? json([pending]) : null)
    const { pr } = await observe(await serving(() => OLD, respond))
    expect(pr?.threads).toEqual({ items: [], total: null, complete: false })
  })
})

describe('the token of an installation', () => {
  it('that may not ask who it is says so, and is nobody', async () => {
    const respond = (request: Received) =>
      request.path === '/user' ? json({ message: 'Resource not accessible by integration' }, { status: 403 }) : null
    const { source, repository } = await observe(await serving(() => OLD, respond))
    expect([source, repository.viewer]).toMatchObject([{ unproved: expect.arrayContaining(['viewer']) }, ''])
  })
})

async function observed(head: () => string) {
  return observe(await serving(head))
}

function observe(client: ReturnType<typeof createClient>) {
  const wholeAt = '2026-01-02T11:00:00Z'
  return observePullRequestByRest({ client, target: TARGET, now: () => new Date(0), signal: undefined, wholeAt })
}

async function serving(
  head: () => string,
  respond: (request: Received) => ReturnType<typeof json> | { status: number } | null = () => null,
  comments: () => number = () => 0,
) {
  server = await startServer((request) => respond(request) ?? answerTo(request.path, { head, comments }))
  return createClient({ token: TOKEN, graphqlUrl: `${server.url}/graphql`, restUrl: server.url, timeoutMs: AMPLE_MS })
}

function answerTo(path: string, { head, comments }: { head: () => string; comments: () => number }) {
  const rest = path.replace('/repos/acme/api', '').replace(/\?.*/, '')
  if (path === '/user') return json({ login: 'robin' })
  if (rest === '') return json({ node_id: 'R_1', full_name: 'Acme/API', default_branch: 'main' })
  if (rest === '/pulls/88') return json(aPull(head(), comments()))
  if (rest === '/branches/main') return json({ commit: { sha: NEW, commit: { tree: { sha: TREE } } } })
  if (rest === `/git/trees/${TREE}`) return json({ truncated: false, tree: [] })
  if (rest.endsWith('/check-suites')) return json({ total_count: 0, check_suites: [] })
  if (rest.endsWith('/check-runs')) return json({ total_count: 0, check_runs: [] })
  if (/^\/commits\/[0-9a-f]{40}$/.test(rest)) return json({ commit: { message: 'Change it', committer: null } })
  return json([])
}

function aPull(sha: string, comments: number) {
  const branch = { ref: 'main', sha, repo: { full_name: 'Acme/API' } }
  return {
    node_id: 'PR_1',
    number: 88,
    html_url: '',
    title: '',
    body: null,
    state: 'open',
    draft: false,
    merged: false,
    merged_at: null,
    user: { login: 'robin', type: 'User' },
    maintainer_can_modify: false,
    mergeable: true,
    mergeable_state: 'clean',
    head: branch,
    base: branch,
    labels: [],
    commits: 1,
    comments,
    review_comments: 0,
    changed_files: 0,
  }
}

function aComment(index: number) {
  return { node_id: `C_${index}`, user: null, body: '', html_url: '', created_at: '', updated_at: '' }
}

function asked(end: string): number {
  return server.received.filter(({ path }) => path.endsWith(end)).length
}
