import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readBody, send } from '../../lib/forge/http.ts'
import { aForge } from './with-forge.ts'

function arriving(body: Buffer, headers: Record<string, string> = {}) {
  return Object.assign(Readable.from([body]), { headers })
}

const PACKED = { 'content-encoding': 'gzip' }

describe('a body', () => {
  it('that is too long is refused while it is still being sent', async () => {
    const server = createServer(async (arrived, response) => {
      const body = await readBody(arrived, 9)
      send(response, Buffer.isBuffer(body) ? { status: 200, body } : body)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    const sending = request(url, { method: 'POST' })
    sending.write(Buffer.alloc(10))
    const [answer] = await once(sending, 'response')
    sending.destroy()
    expect(answer.statusCode).toBe(413)
    server.closeAllConnections()
    server.close()
  })

  it('that is short and unpacks to one that is too long is refused before it is unpacked whole', async () => {
    const packed = gzipSync(Buffer.alloc(10_000))
    expect(await readBody(arriving(packed, PACKED), 9_999)).toMatchObject({ status: 413 })
    expect(await readBody(arriving(packed, PACKED), 10_000)).toEqual(Buffer.alloc(10_000))
  })

  it('that says it is packed and is not is the fault of whoever sent it, not of the forge', async () => {
    const { forge, end } = await aForge()
    const headers = { authorization: `bearer ${forge.tokens.developer}`, ...PACKED }
    const answer = await fetch(forge.graphqlUrl, { method: 'POST', headers, body: 'plain' })
    await end()
    expect(answer.status).toBe(400)
  })
})
