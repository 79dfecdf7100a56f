import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { accessFor } from '../../lib/git/credentials.ts'
import { runGit } from '../../lib/git/run.ts'
import { aWorld, git } from './support.ts'

describe('accessFor', () => {
  it.each([
    ['https://github.com/acme/api.git', 'https://github.com', 'https://github.com/'],
    ['https://github.com/acme/api.git', 'https://api.example.test', null],
    ['https://github.com.evil.test/acme/api.git', 'https://github.com', null],
    ['http://github.com/acme/api.git', 'http://github.com', null],
    ['http://127.0.0.1:4000/git/acme/api.git', 'http://127.0.0.1:4000', 'http://127.0.0.1:4000/'],
    ['http://127.0.0.1:4001/git/acme/api.git', 'http://127.0.0.1:4000', null],
    ['git@github.com:acme/api.git', 'https://github.com', null],
    ['/srv/git/api.git', 'https://github.com', null],
  ])('for %s with a token of %s is %s', (remote, origin, expected) => {
    expect(accessFor(remote, origin, 't')?.origin ?? null).toBe(expected)
  })

  it('gives nothing without a token', () => {
    expect(accessFor('https://github.com/acme/api.git', 'https://github.com', null)).toBeNull()
  })
})

describe('a token', () => {
  it('reaches the address it is for, and no address that the repository redirects to', async () => {
    const { checkout } = aWorld()
    const heard: { port: string; authorization: string | undefined }[] = []
    const listen = async () => {
      const server = createServer((request, response) => {
        heard.push({ port: request.headers.host ?? '', authorization: request.headers.authorization })
        response.writeHead(404).end()
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
    }
    const [own, other] = await Promise.all([listen(), listen()])
    const access = { origin: own.origin, token: 'secret' }
    const ask = () => runGit(['ls-remote', '--', `${own.origin}api.git`], { cwd: checkout, access, okCodes: [0, 128] })

    await ask()
    git(checkout, 'config', `url.${other.origin}.insteadOf`, own.origin)
    await ask()
    own.server.close()
    other.server.close()

    const told = heard.map(({ port, authorization }) => [own.origin.includes(port), authorization !== undefined])
    expect(told).toContainEqual([true, true])
    expect(told.filter(([isOwn]) => !isOwn)).toEqual([[false, false]])
  })
})
