import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { aStage, type Stage } from './stage.ts'
import { ask, data, type Loose, rest, until } from './with-forge.ts'

const VIEWER = '{ viewer { login } }'
const COMMENTS = `query { repository(owner: "acme", name: "parcel-price") { pullRequest(number: 2) { comments(first: 50) { nodes { body } } } } }`

let stage: Stage

beforeAll(async () => {
  stage = await aStage()
})

afterEach(() => stage.forge.behave())

afterAll(() => stage.end())

function comment(body: string, signal?: AbortSignal): Promise<Response> {
  const query = `mutation ($id: ID!, $body: String!) { addComment(input: { subjectId: $id, body: $body }) { clientMutationId } }`
  return fetch(stage.forge.graphqlUrl, {
    method: 'POST',
    headers: { authorization: `bearer ${stage.forge.tokens.developer}` },
    body: JSON.stringify({ query, variables: { id: stage.pull.id, body } }),
    ...(signal ? { signal } : {}),
  })
}

async function bodies(): Promise<string[]> {
  const found = await data(stage.forge, COMMENTS)
  return found.repository.pullRequest.comments.nodes.map((node: Loose) => node.body)
}

describe('a forge that was told to misbehave', () => {
  it('answers 502 as often as it was told, and then as always', async () => {
    await stage.forge.misbehave({ do: 'bad_gateway', times: 2 })
    const statuses = [await ask(stage.forge, VIEWER), await ask(stage.forge, VIEWER), await ask(stage.forge, VIEWER)]
    expect(statuses.map((reply) => reply.status)).toEqual([502, 502, 200])
  })

  it('leaves alone what it was told to skip', async () => {
    await stage.forge.misbehave({ do: 'html', skip: 1 })
    const texts = [await ask(stage.forge, VIEWER), await ask(stage.forge, VIEWER)].map((reply) => reply.text)
    expect(texts.map((text) => text.startsWith('<!DOCTYPE'))).toEqual([false, true])
  })

  it('sends half an answer', async () => {
    await stage.forge.misbehave({ do: 'truncate' })
    const reply = await ask(stage.forge, VIEWER)
    expect([reply.status, reply.json]).toEqual([200, undefined])
  })

  it.each([403, 429] as const)('asks for patience with %i', async (status) => {
    await stage.forge.misbehave({ do: 'rate_limit', status, retryAfterSeconds: 7 })
    const reply = await rest(stage.forge, 'GET /user')
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([status, '7'])
  })

  it('reports a field that failed beside the rest', async () => {
    await stage.forge.misbehave({ do: 'partial_error', path: 'repository.pullRequest' })
    const { json } = await ask(stage.forge, COMMENTS)
    expect([json.data, json.errors[0].path]).toEqual([
      { repository: { pullRequest: null } },
      ['repository', 'pullRequest'],
    ])
  })

  it('answers reads from an earlier moment, writes as they are', async () => {
    await stage.forge.misbehave({ do: 'stale_read', times: 1 })
    await comment('after the snapshot')
    const [stale, fresh] = [await bodies(), await bodies()]
    expect([stale.includes('after the snapshot'), fresh.includes('after the snapshot')]).toEqual([false, true])
  })

  it('answers with the old head after a push', async () => {
    const query = `query { repository(owner: "acme", name: "parcel-price") { pullRequest(number: 2) { headRefOid } } }`
    await stage.forge.misbehave({ do: 'stale_read' })
    const head = await stage.clone.commit({ 'late.md': 'late\n' })
    await stage.clone.git('push', '--quiet', 'origin', 'HEAD')
    const seen = [await data(stage.forge, query), await data(stage.forge, query)]
    expect(seen.map((answer) => answer.repository.pullRequest.headRefOid)).toEqual([stage.pull.headRefOid, head])
  })

  it('applies a write although nobody hears the answer', async () => {
    await stage.forge.misbehave({ do: 'drop_answer', kind: 'addComment' })
    await expect(comment('unheard')).rejects.toThrow()
    expect(await bodies()).toContain('unheard')
  })

  it('applies a write late, after its sender has gone', async () => {
    await stage.forge.misbehave({ do: 'apply_late', kind: 'addComment', delayMs: 500 })
    await expect(comment('from the grave', AbortSignal.timeout(100))).rejects.toThrow()
    expect(await bodies()).not.toContain('from the grave')
    await until('the write has landed', async () => (await bodies()).includes('from the grave'))
  })

  it('fails before the write is applied when told to refuse the connection', async () => {
    await stage.forge.misbehave({ do: 'refuse_connection', access: 'write' })
    await expect(comment('never')).rejects.toThrow()
    expect(await bodies()).not.toContain('never')
  })

  it('is told over HTTP by an administrator only', async () => {
    const tell = (as: 'maintainer' | 'developer') =>
      fetch(`${stage.forge.url}/control`, {
        method: 'POST',
        headers: { authorization: `bearer ${stage.forge.tokens[as]}` },
        body: JSON.stringify({ misbehave: { do: 'bad_gateway' } }),
      })
    expect((await tell('developer')).status).toBe(403)
    expect((await ask(stage.forge, VIEWER)).status).toBe(200)
    expect((await tell('maintainer')).status).toBe(200)
    expect((await ask(stage.forge, VIEWER)).status).toBe(502)
  })
})

describe('the log of effects', () => {
  it('has one line for each write, with the key that is hidden in its text', async () => {
    const before = (await stage.forge.effects()).length
    await comment('Hello.\n\n<!-- dev-loops:reply:acme/api#2:t-.-1 -->')
    await rest(stage.forge, `POST /repos/acme/parcel-price/statuses/${stage.pull.headRefOid}`, {
      body: { state: 'success', context: 'dev-loops/owner' },
    })
    await rest(stage.forge, `POST /repos/acme/parcel-price/statuses/${stage.pull.headRefOid}`, {
      body: { state: 'odd' },
    })
    const lines = (await stage.forge.effects()).slice(before)
    expect(lines.map(({ kind, target, key, ok, actor }) => ({ kind, target, key, ok, actor }))).toEqual([
      { kind: 'addComment', target: 'acme/parcel-price#2', key: 'reply:acme/api#2:t--1', ok: true, actor: 'dev-loop' },
      {
        kind: 'POST statuses',
        target: `acme/parcel-price@${stage.pull.headRefOid}`,
        key: null,
        ok: true,
        actor: 'dev-loop',
      },
      {
        kind: 'POST statuses',
        target: `acme/parcel-price@${stage.pull.headRefOid}`,
        key: null,
        ok: false,
        actor: 'dev-loop',
      },
    ])
  })

  it('gives equal writes equal digests', async () => {
    const before = (await stage.forge.effects()).length
    for (const body of ['same', 'same', 'other']) await comment(body)
    const digests = (await stage.forge.effects()).slice(before).map((line) => line.digest)
    expect([digests[0] === digests[1], digests[0] === digests[2]]).toEqual([true, false])
  })

  it('has no line for a read', async () => {
    const before = (await stage.forge.effects()).length
    await ask(stage.forge, VIEWER)
    await rest(stage.forge, 'GET /user')
    expect((await stage.forge.effects()).length).toBe(before)
  })
})

describe('REST reads', () => {
  it('answer 304 while nothing has changed', async () => {
    const first = await rest(stage.forge, 'GET /repos/acme/parcel-price/pulls/2')
    const etag = first.headers.get('etag') ?? ''
    const second = await rest(stage.forge, 'GET /repos/acme/parcel-price/pulls/2', {
      headers: { 'if-none-match': etag },
    })
    await comment('a change')
    const third = await rest(stage.forge, 'GET /repos/acme/parcel-price/pulls/2', {
      headers: { 'if-none-match': etag },
    })
    expect([first.status, second.status, third.status]).toEqual([200, 304, 200])
  })

  it('name the scopes of the token', async () => {
    const user = await rest(stage.forge, 'GET /user')
    expect([user.json.login, user.headers.get('x-oauth-scopes')]).toEqual(['dev-loop', 'repo, read:org'])
  })
})
