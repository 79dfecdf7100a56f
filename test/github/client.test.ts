import { afterEach, describe, expect, it } from 'vitest'
import { GitHubError } from '../../lib/errors.ts'
import { type Behaviour, clientOf, json, type Received, type Server, startServer, TOKEN } from './server.ts'

const READ = 'query Viewer { viewer { login } }'
const WRITE = 'mutation Close($id: ID!) { closeIssue(input: { issueId: $id }) { issue { id } } }'
const GOOD = json({ data: { viewer: { login: 'robin' } } })
const HTML = { headers: { 'content-type': 'text/html' }, body: '<html><body>Bad gateway</body></html>' }

let server: Server | null = null

afterEach(async () => {
  await server?.stop()
  server = null
})

async function serving(answer: (request: Received, count: number) => Behaviour) {
  server = await startServer(answer)
  return { ...clientOf(server.url), server }
}

async function failureOf(call: Promise<unknown>): Promise<GitHubError> {
  const error = await call.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof GitHubError) return error
  throw error
}

function graphqlErrors(...errors: readonly object[]): Behaviour {
  return json({ data: null, errors })
}

describe('an answer that cannot be used', () => {
  const cases: [string, Behaviour, string][] = [
    ['HTML', HTML, 'github_answer_invalid'],
    [
      'half a JSON',
      { headers: { 'content-type': 'application/json' }, body: '{"data":{"vie' },
      'github_answer_invalid',
    ],
    ['an empty body', { headers: { 'content-type': 'application/json' } }, 'github_answer_invalid'],
    ['JSON without data', json({}), 'github_answer_invalid'],
    ['null', json(null), 'github_answer_invalid'],
    ['a list', json([]), 'github_answer_invalid'],
    ['data null without errors', json({ data: null }), 'github_answer_invalid'],
    ['status 500', json({ message: 'oops' }, { status: 500 }), 'github_failed'],
    ['status 500 as HTML', { ...HTML, status: 500 }, 'github_failed'],
    ['a redirect', { status: 301, headers: { location: 'https://elsewhere.example/graphql' } }, 'github_failed'],
    ['status 401', json({ message: 'Bad credentials' }, { status: 401 }), 'token_rejected'],
    ['status 403', json({ message: 'No' }, { status: 403 }), 'not_permitted'],
    ['status 404', json({ message: 'Not Found' }, { status: 404 }), 'target_not_found'],
    ['NOT_FOUND', graphqlErrors({ type: 'NOT_FOUND', path: ['repository'], message: 'x' }), 'target_not_found'],
    ['FORBIDDEN', graphqlErrors({ type: 'FORBIDDEN', path: ['repository'], message: 'x' }), 'not_permitted'],
    ['INSUFFICIENT_SCOPES', graphqlErrors({ type: 'INSUFFICIENT_SCOPES', message: 'x' }), 'not_permitted'],
    ['UNPROCESSABLE', graphqlErrors({ type: 'UNPROCESSABLE', message: 'x' }), 'precondition_failed'],
    [
      'a field that does not exist',
      graphqlErrors({ extensions: { code: 'undefinedField' }, message: 'x' }),
      'github_failed',
    ],
    ['an error type of tomorrow', graphqlErrors({ type: 'BRAND_NEW', message: 'x' }), 'github_failed'],
    ['errors that are no list', json({ data: null, errors: 'many' }), 'github_answer_invalid'],
  ]

  it.each(cases)('is a typed error: %s', async (_name, behaviour, code) => {
    const { client } = await serving(() => behaviour)
    expect((await failureOf(client.graphql(READ, {}))).code).toBe(code)
  })

  it('is an error even when data came with it', async () => {
    const { client } = await serving(() =>
      json({ data: { viewer: { login: 'robin' } }, errors: [{ type: 'FORBIDDEN', path: ['viewer'], message: 'no' }] }),
    )
    expect((await failureOf(client.graphql(READ, {}))).code).toBe('not_permitted')
  })

  it('names the graver of two errors', async () => {
    const { client } = await serving(() =>
      graphqlErrors({ type: 'NOT_FOUND', message: 'a' }, { type: 'RATE_LIMITED', message: 'b' }),
    )
    expect((await failureOf(client.graphql(READ, {}))).code).toBe('rate_limited')
  })
})

describe('NOT_FOUND at a path that may be missing', () => {
  const partly = json({
    data: { repository: { pullRequest: null } },
    errors: [{ type: 'NOT_FOUND', path: ['repository', 'pullRequest'], message: 'Could not resolve' }],
  })

  it('is an answer', async () => {
    const { client } = await serving(() => partly)
    const answer = client.graphql(READ, {}, { mayBeMissing: (path) => path === 'repository.pullRequest' })
    await expect(answer).resolves.toEqual({ repository: { pullRequest: null } })
  })

  it('is a failure at any other path', async () => {
    const { client } = await serving(() => partly)
    const answer = client.graphql(READ, {}, { mayBeMissing: (path) => path === 'repository.issue' })
    expect((await failureOf(answer)).code).toBe('target_not_found')
  })
})

describe('a read', () => {
  it.each([502, 503, 504])('is sent again after status %i', async (status) => {
    const { client, waitsMs } = await serving((_request, count) => (count < 3 ? { ...HTML, status } : GOOD))
    await expect(client.graphql(READ, {})).resolves.toEqual({ viewer: { login: 'robin' } })
    expect(client.requests).toBe(3)
    expect(waitsMs).toEqual([250, 750])
  })

  it.each(['reset', 'half'] as const)('is sent again when the connection breaks (%s)', async (behaviour) => {
    const { client } = await serving((_request, count) => (count === 1 ? behaviour : GOOD))
    await expect(client.graphql(READ, {})).resolves.toEqual({ viewer: { login: 'robin' } })
  })

  it('gives up after four attempts', async () => {
    const { client } = await serving(() => 'reset')
    expect((await failureOf(client.graphql(READ, {}))).code).toBe('github_unreachable')
    expect(client.requests).toBe(4)
  })

  it('is not sent again after status 500, which repeats itself', async () => {
    const { client } = await serving(() => json({ message: 'oops' }, { status: 500 }))
    await failureOf(client.graphql(READ, {}))
    expect(client.requests).toBe(1)
  })

  it('waits as long as a short rate limit asks, then goes on', async () => {
    const limited = json({ message: 'slow down' }, { status: 403, headers: { 'retry-after': '3' } })
    const { client, waitsMs } = await serving((_request, count) => (count === 1 ? limited : GOOD))
    await client.graphql(READ, {})
    expect(waitsMs[0]).toBeGreaterThanOrEqual(3_000)
  })

  it('hands a long rate limit to its caller instead of sleeping through it', async () => {
    const limited = json({ message: 'slow down' }, { status: 429, headers: { 'retry-after': '900' } })
    const { client, waitsMs } = await serving(() => limited)
    const failure = await failureOf(client.graphql(READ, {}))
    expect(failure).toMatchObject({ code: 'rate_limited', details: { retryAfterMs: 900_000 } })
    expect(waitsMs).toEqual([])
  })

  it('counts the wait from the reset time when nothing is left of the quota', async () => {
    const resetS = Math.floor(Date.now() / 1_000) + 600
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(resetS) }
    const { client } = await serving(() => json({ message: 'limit' }, { status: 403, headers }))
    const failure = await failureOf(client.graphql(READ, {}))
    expect(failure.code).toBe('rate_limited')
    expect(failure.details.retryAfterMs).toSatisfy((ms: number) => ms > 500_000 && ms <= 600_000)
  })

  it('of REST is sent again as well', async () => {
    const { client } = await serving((_request, count) => (count === 1 ? { ...HTML, status: 502 } : json({ id: 1 })))
    await expect(client.rest('GET', '/repos/acme/api')).resolves.toMatchObject({ body: { id: 1 } })
  })

  it('loop-state 16.37: ends when its time limit is over, whatever the server does', async () => {
    server = await startServer(() => 'hang')
    const { client } = clientOf(server.url, {
      timeoutMs: 50,
      patience: { attempts: 1, longestLimitMs: 0, giveUpAfterMs: 0 },
    })
    const failure = await failureOf(client.graphql(READ, {}))
    expect(failure).toMatchObject({ code: 'github_unreachable', details: { timeoutMs: 50 } })
  })

  it('stops as its caller says, with the reason that the caller gave', async () => {
    const { client } = await serving(() => 'hang')
    const stop = new AbortController()
    const reading = client.graphql(READ, {}, { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
  })

  it("reports an effect's deadline as a failure of GitHub, not as a stop", async () => {
    const { client } = await serving(() => 'hang')
    const reading = client.graphql(WRITE, { id: 'I_1' }, { signal: AbortSignal.timeout(50) })
    expect((await failureOf(reading)).code).toBe('github_unreachable')
  })
})

describe('a write', () => {
  it.each(['reset', 'half', { ...HTML, status: 502 }, { ...HTML, status: 504 }] as Behaviour[])(
    'is sent once, because it may have been made (%j)',
    async (behaviour) => {
      const { client } = await serving(() => behaviour)
      await failureOf(client.graphql(WRITE, { id: 'I_1' }))
      expect(client.requests).toBe(1)
    },
  )

  it('of REST is sent once as well', async () => {
    const { client } = await serving(() => 'reset')
    await failureOf(client.rest('POST', '/repos/acme/api/statuses/abc', { state: 'success' }))
    expect(client.requests).toBe(1)
  })
})

describe('what is sent', () => {
  it('carries token, query and variables', async () => {
    const { client, server } = await serving(() => GOOD)
    await client.graphql(READ, { name: 'api', number: 7 })
    expect(server.received[0]).toMatchObject({ method: 'POST', path: '/graphql' })
    expect(server.received[0]?.headers.authorization).toBe(`bearer ${TOKEN}`)
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({ query: READ, variables: { name: 'api', number: 7 } })
  })

  it('is not sent on when the server redirects elsewhere', async () => {
    const other = await startServer(() => GOOD)
    const { client } = await serving(() => ({ status: 307, headers: { location: `${other.url}/graphql` } }))
    await failureOf(client.graphql(READ, {}))
    expect(other.received).toEqual([])
    await other.stop()
  })

  it('asks conditionally when an earlier answer is known', async () => {
    const { client, server } = await serving(() => ({ status: 304 }))
    const answer = await client.rest('GET', '/repos/acme/api', undefined, { ifNoneMatch: '"v1"' })
    expect(answer).toEqual({ status: 304, etag: null, link: null, body: null })
    expect(server.received[0]?.headers['if-none-match']).toBe('"v1"')
  })
})

describe('an error', () => {
  it('holds no token, even when the server repeats it', async () => {
    const { client } = await serving((request) =>
      json({ message: `you sent ${request.headers.authorization} and github_pat_${'a'.repeat(30)}` }, { status: 400 }),
    )
    const failure = await failureOf(client.graphql(READ, {}))
    expect(`${failure.message} ${JSON.stringify(failure.details)} ${failure.stack}`).not.toMatch(/ghp_|github_pat_/)
    expect(failure.message).toContain('[secret]')
  })

  it('of a machine that is not there says so', async () => {
    const gone = await startServer(() => GOOD)
    await gone.stop()
    const { client } = clientOf(gone.url)
    expect((await failureOf(client.graphql(READ, {}))).code).toBe('github_unreachable')
  })
})

describe('the token', () => {
  it.each([
    'http://api.github.com',
    'http://10.0.0.7:8080',
    'ftp://127.0.0.1',
    'https://user:pw@api.github.com',
    'no url',
  ])('is not given to %s', (url) => {
    expect(() => clientOf(url)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
  })

  it.each(['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1', 'https://api.github.com'])(
    'may go to %s',
    (url) => {
      expect(() => clientOf(url)).not.toThrow()
    },
  )

  it('says which scopes it has when GitHub says it', async () => {
    const { client } = await serving(() =>
      json({ data: { a: 1 } }, { headers: { 'x-oauth-scopes': 'repo, workflow' } }),
    )
    await client.graphql(READ, {})
    expect(client.scopes).toEqual(['repo', 'workflow'])
  })
})
