/**
 * On which port a forge listens, and that only one forge works on a folder.
 *
 * Addresses of the forge end up in clones, so the port of the last time is preferred; it is also where
 * another forge on the same folder would answer. Two of them would overwrite each other's memory.
 */
import { readFile, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { UsageError } from '../errors.ts'

/** Every answer of a forge names it. */
export const HOST_HEADER = 'x-forge-host'

/** @throws UsageError `usage` when a forge with this host name answers on the folder's last port */
export async function refuseSecond(folder: string, host: string): Promise<void> {
  const port = await lastPort(folder)
  if (port === 0 || (await hostAt(port)) !== host) return
  const url = `http://127.0.0.1:${port}`
  throw new UsageError('usage', `a forge runs on ${folder} already, at ${url}; stop it, or use another folder`)
}

/** @throws UsageError `invalid_value` when the port that is wanted is taken */
export async function listen(server: Server, { folder, wanted }: { folder: string; wanted: number }): Promise<number> {
  const last = wanted === 0 ? await lastPort(folder) : 0
  const port = (last > 0 ? await tryListen(server, last) : null) ?? (await tryListen(server, wanted))
  if (port === null) {
    throw new UsageError('invalid_value', `port ${wanted} is taken; give another, or 0 for any that is free`)
  }
  await writeFile(join(folder, 'port'), String(port))
  return port
}

async function lastPort(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'port'), 'utf8').catch(() => '0')
  return Number(text) || 0
}

async function hostAt(port: number): Promise<string | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2000) })
    await answer.body?.cancel()
    return answer.headers.get(HOST_HEADER)
  } catch {
    return null
  }
}

function tryListen(server: Server, port: number): Promise<number | null> {
  return new Promise((done, fail) => {
    const onError = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(null) : fail(error))
    server.once('error', onError)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', onError)
      const address = server.address()
      done(typeof address === 'object' && address ? address.port : port)
    })
  })
}
