/**
 * Stands between a client and a server over HTTP: counts what is asked, and spoils answers on demand.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly method: string
  readonly path: string
}

export type Spoil =
  /** Answers without asking the server. */
  | { readonly status: number; readonly body: string; readonly type?: string }
  /** Asks the server and hangs up in the middle of its answer. */
  | 'cut'
  /** Asks the server and hangs up without an answer. */
  | 'drop'
  /** Hangs up on both in the middle of the question. */
  | 'halve'

export interface HttpProxy {
  readonly origin: string
  /** All so far, in order. */
  readonly requests: readonly SeenRequest[]
  /** Forgets what was counted. */
  readonly reset: () => void
  /** Decides what goes wrong with a request; `null`: nothing. */
  readonly spoil: (decide: (request: SeenRequest) => Spoil | null) => void
  readonly close: () => Promise<void>
}

export async function aProxy(target: string): Promise<HttpProxy> {
  const requests: SeenRequest[] = []
  let decide: (request: SeenRequest) => Spoil | null = () => null
  const server = createServer((incoming, answer) => {
    const seen = { method: incoming.method ?? '', path: incoming.url ?? '' }
    requests.push(seen)
    void passOn(target, incoming, answer, decide(seen))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    reset: () => void requests.splice(0),
    spoil: (next) => {
      decide = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function passOn(target: string, incoming: IncomingMessage, answer: ServerResponse, spoil: Spoil | null) {
  const body = Buffer.concat(await incoming.toArray())
  if (spoil !== null && typeof spoil === 'object') {
    answer.writeHead(spoil.status, { 'content-type': spoil.type ?? 'text/plain' }).end(spoil.body)
    return
  }
  if (spoil === 'halve') return halve(target, incoming, answer, body)
  const { status, headers, content } = await askServer(target, incoming, body)
  if (spoil === 'drop') return void answer.destroy()
  if (spoil === null) return void answer.writeHead(status, headers).end(content)

  answer.writeHead(status, { ...headers, 'content-length': content.length })
  answer.write(content.subarray(0, Math.floor(content.length / 2)), () => answer.destroy())
}

function halve(target: string, { method, url, headers }: IncomingMessage, answer: ServerResponse, body: Buffer): void {
  const asked = request(new URL(url ?? '/', target), { method, headers })
  asked.on('error', () => answer.destroy())
  asked.write(body.subarray(0, Math.floor(body.length / 2)), () => asked.destroy(new Error('halved')))
}

interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly content: Buffer
}

/** Asks the server what was asked here, on a connection of its own. */
export function askServer(target: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(url ?? '/', target), { method, headers, agent: false }, async (response) => {
      const content = Buffer.concat(await response.toArray())
      const { 'transfer-encoding': _, ...kept } = response.headers
      resolve({ status: response.statusCode ?? 502, headers: kept, content })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
