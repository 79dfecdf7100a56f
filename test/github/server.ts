/**
 * A real http server on this machine that answers what a test tells it to, and remembers what came.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { type ClientOptions, createClient, type GitHubClient } from '../../lib/github/client.ts'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** `hang` never answers, `reset` cuts the connection, `half` promises more than it sends. */
export type Behaviour = Reply | 'hang' | 'reset' | 'half'

export interface Server {
  readonly url: string
  readonly received: Received[]
  stop(): Promise<void>
}

export async function startServer(
  answer: (request: Received, count: number) => Behaviour | Promise<Behaviour>,
): Promise<Server> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void readAll(request).then(async (body) => {
      const entry = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
      received.push(entry)
      behave(response, await answer(entry, received.length))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const TOKEN = 'ghp_testtokentesttokentesttoken'

/**
 * A limit that no request of a test comes near, however busy the machine is: the first of a process waits until
 * GitHub's schema is built, and a request that is given up is sent again, and counted twice.
 */
export const AMPLE_MS = 60_000

/** A client of that server which counts the waits it would have made instead of waiting. */
export function clientOf(
  url: string,
  options: Partial<ClientOptions> = {},
): { client: GitHubClient; waitsMs: number[] } {
  const waitsMs: number[] = []
  let nowMs = 0
  const pace = {
    now: () => nowMs,
    random: () => 0.5,
    async sleep(ms: number) {
      waitsMs.push(ms)
      nowMs += ms
    },
  }
  const client = createClient({
    token: TOKEN,
    graphqlUrl: `${url}/graphql`,
    restUrl: url,
    timeoutMs: AMPLE_MS,
    pace,
    ...options,
  })
  return { client, waitsMs }
}

export function json(value: unknown, reply: Omit<Reply, 'body'> = {}): Reply {
  return { ...reply, headers: { 'content-type': 'application/json', ...reply.headers }, body: JSON.stringify(value) }
}

function behave(response: ServerResponse, behaviour: Behaviour): void {
  if (behaviour === 'hang') return
  if (behaviour === 'reset') {
    response.socket?.destroy()
    return
  }
  if (behaviour === 'half') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"data":{"viewer":')
    response.socket?.end()
    return
  }
  response.writeHead(behaviour.status ?? 200, behaviour.headers)
  response.end(behaviour.body)
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
