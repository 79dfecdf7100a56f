/**
 * Stands between a client and a server over HTTP and keeps one answer back: the server has done what it was asked,
 * and the client does not know it yet.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { askServer } from './http-proxy.ts'

export interface HeldAnswer {
  readonly origin: string
  /** Fulfilled once the server has answered what is held; the client never hears of it. */
  readonly held: Promise<void>
  end(): Promise<void>
}

/** @param isHeld of a request's method and path, and its body; the first that fits is held */
export async function holdAnswer(target: string, isHeld: (line: string, body: string) => boolean): Promise<HeldAnswer> {
  let arrive = () => {}
  const held = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const server = createServer(async (incoming, answer) => {
    const body = Buffer.concat(await incoming.toArray())
    const answered = await askServer(target, incoming, body)
    if (isHeld(`${incoming.method} ${incoming.url}`, body.toString())) return arrive()
    answer.writeHead(answered.status, answered.headers).end(answered.content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    held,
    end: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
