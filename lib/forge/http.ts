/** Reading requests and writing answers. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

const MAX_BODY_BYTES = 256 * 1024 * 1024

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  }
}

/**
 * The whole body, unpacked: git compresses what it sends once it is long.
 *
 * @returns the answer instead when it is too long, packed or not, or cannot be unpacked
 */
export async function readBody(
  request: Pick<IncomingMessage, 'headers' | typeof Symbol.asyncIterator>,
  mostBytes = MAX_BODY_BYTES,
): Promise<Buffer | Answer> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request) {
    sizeBytes += chunk.length
    if (sizeBytes > mostBytes) return TOO_LARGE
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? unpack(body, mostBytes) : body
}

/** Whoever sends that much would go on sending, so the connection ends with the answer. */
const TOO_LARGE = jsonAnswer(413, { message: 'Request body too large', status: '413' }, { connection: 'close' })

async function unpack(body: Buffer, mostBytes: number): Promise<Buffer | Answer> {
  try {
    return await promisify(gunzip)(body, { maxOutputLength: mostBytes })
  } catch (error) {
    const tooLarge = error instanceof RangeError
    return tooLarge ? TOO_LARGE : jsonAnswer(400, { message: 'Problems unpacking the body', status: '400' })
  }
}

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

export function send(response: ServerResponse, answer: Answer): void {
  const body = Buffer.from(answer.body)
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) })
  response.end(body)
}

/** The token of `Authorization: bearer …`, `token …` or, for git, the password of `Basic …`. */
export function tokenOf(request: IncomingMessage): string | null {
  const match = /^(\w+)\s+(\S+)$/.exec(request.headers.authorization ?? '')
  if (!match) return null
  const [, scheme = '', value = ''] = match
  if (/^(bearer|token)$/i.test(scheme)) return value
  if (!/^basic$/i.test(scheme)) return null
  const plain = Buffer.from(value, 'base64').toString()
  return plain.slice(plain.indexOf(':') + 1)
}
