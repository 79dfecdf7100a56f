/**
 * From the preference `store` to an opened git store: which address, with whose credentials?
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { endpointFor, gitOrigin } from '../../endpoint.ts'
import { UsageError } from '../../errors.ts'
import { accessFor, type RemoteAccess, type Setting } from '../../git/credentials.ts'
import { parseGitConfig } from '../git-config.ts'
import type { StoreRequest } from '../open.ts'
import { urlOfRepository } from '../remotes.ts'
import type { Store } from '../store.ts'
import { isRemoteUrl, parseStoreChoice, withoutPassword } from './address.ts'
import { openGitStore } from './open-git-store.ts'

export async function openRemoteStore(choice: string, request: StoreRequest): Promise<Store> {
  const { location, env } = request
  const parsed = parseStoreChoice(choice)
  const url = parsed.url ?? requireRemote(request)
  const access = await accessTo(url, request)
  return openGitStore({
    url,
    namespace: parsed.namespace,
    folder: location.folder,
    env,
    access,
    settings: location.commonGitDir === null ? [] : settingsOf(location.commonGitDir, access),
  })
}

function requireRemote({ location, target }: StoreRequest): string {
  const { commonGitDir } = location
  const url = commonGitDir === null ? null : urlOfRepository(commonGitDir, target?.repo ?? null)
  if (url !== null && isRemoteUrl(url)) return url

  const found = url === null ? '' : ` (${withoutPassword(url).slice(0, 100)} is no address that it may be kept at)`
  const wanted = target === undefined ? 'a remote named origin' : `${target.repo} as a remote`
  throw new UsageError(
    'not_a_checkout',
    `store: git keeps records in the remote of a checkout, and this is none with ${wanted}${found}; change into one, or name the address: store: git+<address>`,
    { what: 'store' },
  )
}

async function accessTo(url: string, { env, askToken }: StoreRequest): Promise<RemoteAccess | null> {
  const origin = gitOrigin(endpointFor(env))
  // With a made-up token only to learn whether a real one would be sent.
  if (askToken === undefined || accessFor(url, origin, 'x') === null) return null
  return accessFor(url, origin, await askToken())
}

/**
 * How the person's clone reaches the network: git would read it there, and our calls are made elsewhere.
 * Headers are left out when we bring a token: some servers refuse two of them.
 */
function settingsOf(commonGitDir: string, access: RemoteAccess | null): readonly Setting[] {
  return readSettings(commonGitDir)
    .filter(({ section, name }) => {
      if (section === 'core') return name === 'sshcommand'
      if (section === 'http') return name !== 'extraheader' || access === null
      return section === 'credential' || section === 'url'
    })
    .map(({ section, subsection, name, value }) => [[section, subsection, name].filter(Boolean).join('.'), value])
}

function readSettings(commonGitDir: string) {
  try {
    return parseGitConfig(readFileSync(join(commonGitDir, 'config'), 'utf8'))
  } catch {
    return []
  }
}
