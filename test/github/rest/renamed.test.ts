/** GitHub sends whoever asks REST under a former name to the repository's number; and a liar, anywhere. */
import { afterEach, describe, expect, it } from 'vitest'
import { createClient } from '../../../lib/github/client.ts'
import { AMPLE_MS, type Behaviour, json, type Received, type Server, startServer, TOKEN } from '../server.ts'

const OLD = '/repos/acme/api/pulls/88?per_page=100'
const NEW = '/repositories/42/pulls/88?per_page=100'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

describe('a repository that was renamed', () => {
  it('is asked under its number, with the same question', async () => {
    const { client, server } = await moved(({ url }) => `${url}/repositories/42/pulls/88`)
    const options = { ifNoneMatch: '"v1"' }
    expect(await client.rest('GET', OLD, undefined, options)).toMatchObject({ status: 200, body: { number: 88 } })
    expect(server.received.map(({ path, headers }) => [path, headers['if-none-match']])).toEqual([
      [OLD, '"v1"'],
      [NEW, '"v1"'],
    ])
  })

  it('takes a write where GitHub promises that it was not made, with its body and key', async () => {
    const { client, server } = await moved(({ url }) => `${url}/repositories/42/statuses/abc`, 307)
    await client.rest('POST', '/repos/acme/api/statuses/abc', { state: 'success' }, { idempotencyKey: 'k-1' })
    expect(server.received[1]).toMatchObject({
      method: 'POST',
      path: '/repositories/42/statuses/abc',
      body: '{"state":"success"}',
      headers: { 'idempotency-key': 'k-1' },
    })
  })

  it('takes no write after an answer without that promise', async () => {
    const { client, server } = await moved(({ url }) => `${url}/repositories/42/statuses/abc`, 301)
    const asked = client.rest('POST', '/repos/acme/api/statuses/abc', {})
    await expect(asked).rejects.toMatchObject({ code: 'github_failed', details: { status: 301 } })
    expect(server.received).toHaveLength(1)
  })

  it('is followed once, not round and round', async () => {
    const server = await started(({ path }) => {
      const number = path.startsWith('/repositories/42/') ? 43 : 42
      return { status: 301, headers: { location: `${server.url}/repositories/${number}/pulls/88` } }
    })
    await expect(clientOf(server).rest('GET', OLD)).rejects.toMatchObject({ code: 'github_failed' })
    expect(server.received).toHaveLength(2)
  })
})

describe('a redirect to anything else', () => {
  it('is a failure, and neither question nor token goes there', async () => {
    const other = await started(() => json({ number: 88 }))
    const places: ((at: Server) => string)[] = [
      () => `${other.url}/repositories/42/pulls/88`,
      ({ url }) => `${url}.evil.example/repositories/42/pulls/88`,
      ({ url }) => url.replace('http://', `http://evil@${new URL(other.url).host}/?`),
      ({ url }) => `${url}/elsewhere/repositories/42`,
      ({ url }) => `${url}/repositories/42.evil`,
      ({ url }) => `${url}/repositories/../user`,
      () => '//evil.example/repositories/42',
      () => '',
    ]
    for (const place of places) {
      const { client, server } = await moved(place)
      await expect(client.rest('GET', OLD), place(server)).rejects.toMatchObject({ code: 'github_failed' })
      expect(server.received, place(server)).toHaveLength(1)
    }
    expect(other.received).toEqual([])
  })
})

async function moved(location: (server: Server) => string, status = 301) {
  const server = await started(({ path }) => {
    if (path.startsWith('/repositories/42/')) return json({ number: 88 })
    return { status, headers: { location: location(server) } }
  })
  return { client: clientOf(server), server }
}

async function started(answer: (request: Received) => Behaviour): Promise<Server> {
  const server = await startServer(answer)
  servers.push(server)
  return server
}

function clientOf({ url }: Server) {
  return createClient({ token: TOKEN, graphqlUrl: `${url}/graphql`, restUrl: url, timeoutMs: AMPLE_MS })
}
