import { describe, expect, it } from 'vitest'
import { endpointFor } from '../../lib/endpoint.ts'
import { isOurs, marked, markerFor, withoutMarker } from '../../lib/github/marker.ts'
import { isNodeId, parseNodeId } from '../../lib/github/node-id.ts'
import { readToken } from '../../lib/github/token.ts'

describe('the endpoint', () => {
  const cases: [string, Record<string, string>, object][] = [
    [
      'is GitHub when nothing is said',
      {},
      { host: 'github.com', restUrl: 'https://api.github.com', graphqlUrl: 'https://api.github.com/graphql' },
    ],
    [
      'follows GH_HOST to a server of a company',
      { GH_HOST: 'ghe.acme.example' },
      {
        host: 'ghe.acme.example',
        restUrl: 'https://ghe.acme.example/api/v3',
        graphqlUrl: 'https://ghe.acme.example/api/graphql',
      },
    ],
    [
      'follows GH_HOST to a tenant of GitHub',
      { GH_HOST: 'acme.ghe.com' },
      { host: 'acme.ghe.com', restUrl: 'https://api.acme.ghe.com', graphqlUrl: 'https://api.acme.ghe.com/graphql' },
    ],
    [
      'takes the addresses that Actions gives',
      { GITHUB_API_URL: 'https://api.github.com', GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql' },
      { host: 'github.com' },
    ],
    [
      'names the forge on this machine the same whatever its port',
      { GITHUB_API_URL: 'http://127.0.0.1:4810/api/v3/' },
      { host: 'forge.local', restUrl: 'http://127.0.0.1:4810/api/v3', graphqlUrl: 'http://127.0.0.1:4810/api/graphql' },
    ],
    [
      'keeps the host that is named beside an address',
      { GITHUB_API_URL: 'http://127.0.0.1:4810/api/v3', GH_HOST: 'forge.local' },
      { host: 'forge.local' },
    ],
  ]

  it.each(cases)('%s', (_name, env, expected) => {
    expect(endpointFor(env)).toMatchObject(expected)
  })

  it.each([
    { GITHUB_API_URL: 'http://api.github.com' },
    { GITHUB_GRAPHQL_URL: 'http://192.168.0.9/graphql' },
    { GITHUB_API_URL: 'https://me:secret@api.github.com' },
    { GITHUB_API_URL: 'api.github.com' },
    { GH_HOST: 'two words' },
  ])('is refused before anything is sent: %j', (env) => {
    expect(() => endpointFor(env)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
  })
})

describe('the token', () => {
  const nothing = async () => null

  it.each([
    [{ GH_TOKEN: 'first', GITHUB_TOKEN: 'second' }, 'first'],
    [{ GITHUB_TOKEN: 'second' }, 'second'],
    [{ GH_TOKEN: '', GITHUB_TOKEN: 'second' }, 'second'],
    [{ GH_TOKEN: 'with-newline\n' }, 'with-newline'],
  ])('comes from the environment %j', async (env, expected) => {
    expect(await readToken({ env, host: 'github.com', askGh: nothing })).toBe(expected)
  })

  it('comes from gh when the environment has none', async () => {
    const askGh = async (host: string) => `token-of-${host}`
    expect(await readToken({ env: {}, host: 'github.com', askGh })).toBe('token-of-github.com')
  })

  it('that is nowhere is missing, with what to do', async () => {
    const reading = readToken({ env: {}, host: 'github.com', askGh: nothing })
    await expect(reading).rejects.toMatchObject({ code: 'token_missing', message: expect.stringContaining('GH_TOKEN') })
  })

  it('is missing when there is no gh on the machine', async () => {
    await expect(readToken({ env: { PATH: '/nowhere' }, host: 'github.com' })).rejects.toMatchObject({
      code: 'token_missing',
    })
  })

  it('that could smuggle a header is rejected without being quoted', async () => {
    const reading = readToken({ env: { GH_TOKEN: 'abc\r\nx-evil: 1' }, host: 'github.com', askGh: nothing })
    await expect(reading).rejects.toMatchObject({ code: 'token_rejected', message: expect.not.stringContaining('abc') })
  })
})

describe('a node id', () => {
  it.each(['PRRT_kwDOA1b2c84', 'MDExOlB1bGxSZXF1ZXN0MQ==', 'PRRT_a-b--c'])('may be %s', (id) => {
    expect(parseNodeId(id)).toBe(id)
  })

  it.each(['', '-x', '--answered', 'a b', 'a;b', '$(x)', '../x', 'ä', 'a'.repeat(201)])('may not be %j', (id) => {
    expect(isNodeId(id)).toBe(false)
    expect(() => parseNodeId(id)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
  })
})

describe('a marker', () => {
  it.each(['reply:PRRT_a--b:abc', 'x---y', 'plain'])('of %s never ends its comment early', (key) => {
    expect(markerFor(key).slice(4, -3)).not.toContain('--')
  })

  it('differs for keys that differ only in dashes', () => {
    expect(markerFor('a--b')).not.toBe(markerFor('a-b'))
    expect(markerFor('a---b')).not.toBe(markerFor('a--b'))
  })

  it('leaves no trace in what people see', () => {
    expect(withoutMarker(marked('Fixed.', 'reply:x'))).toBe('Fixed.')
  })

  it('is ours under either name that GitHub gives to an app', () => {
    expect(isOurs({ __typename: 'Bot', login: 'loop' }, 'loop[bot]')).toBe(true)
    expect(isOurs({ __typename: 'User', login: 'Robin' }, 'robin')).toBe(true)
    expect(isOurs({ __typename: 'User', login: 'robina' }, 'robin')).toBe(false)
    expect(isOurs(null, 'robin')).toBe(false)
  })
})
