/**
 * Do two addresses name the same repository? Pure but for `resolveFolder`, which follows links.
 *
 * A repository has an address for each way to reach it, and forges take them all: https, ssh, the short
 * form of ssh, with and without `.git`. Whoever logs in is left out. Anything else than a plain difference
 * of spelling counts as another repository, because a push to the wrong one would be worse than a weaker
 * one to the right one.
 */
import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const PORTS: Readonly<Record<string, string>> = { 'https:': '', 'http:': '', 'ssh:': '22', 'git+ssh:': '22' }

export async function sameRepository(a: string, b: string, cwd: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((address) => normalise(address, cwd)))
  return one !== undefined && one !== null && one === other
}

async function normalise(address: string, cwd: string): Promise<string | null> {
  return normaliseAddress(address) ?? (await resolveFolder(address, cwd))
}

/** @returns host and path, the same for each spelling; `null` for a folder, and for what is not understood */
function normaliseAddress(address: string): string | null {
  const short = /^(?:[^@/:]+@)?([^@/:]{2,}):(?!\/\/)(.+)$/.exec(address)
  if (short) return named((short[1] ?? '').toLowerCase(), short[2] ?? '')
  if (!URL.canParse(address)) return null
  const { protocol, hostname, port, pathname, search, hash } = new URL(address)
  const usual = PORTS[protocol]
  if (usual === undefined || search !== '' || hash !== '') return null
  return named(port === '' || port === usual ? hostname : `${hostname}:${port}`, decoded(pathname))
}

function named(host: string, path: string | null): string | null {
  const plain = path?.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '')
  return plain === undefined || plain === '' || host === '' ? null : `//${host.toLowerCase()}/${plain}`
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

async function resolveFolder(address: string, cwd: string): Promise<string | null> {
  if (address === '' || (/^[a-z][a-z0-9+.-]*:/i.test(address) && !address.startsWith('file://'))) return null
  try {
    return await realpath(address.startsWith('file://') ? fileURLToPath(address) : resolve(cwd, address))
  } catch {
    return null
  }
}
