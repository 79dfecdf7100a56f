/**
 * How a token reaches git for one remote: by environment-only configuration, never by argument or file.
 *
 * The header is bound to one address, so a remote that the repository's configuration rewrites to
 * another host gets nothing. A token goes over plain `http` to this machine only.
 */

/** Key and value of one setting that is handed over in the environment. */
export type Setting = readonly [key: string, value: string]

export interface RemoteAccess {
  /** Address of the remote's host, such as `https://github.com/`. */
  readonly origin: string
  readonly token: string
}

/**
 * @param remoteUrl what `git remote get-url` prints
 * @param origin    the address that the token belongs to, such as `https://github.com`
 * @returns `null` when the remote is somewhere else, or reached by ssh or as a folder: then git uses
 *   whatever the person has set up, and the token stays here
 */
export function accessFor(remoteUrl: string, origin: string, token: string | null): RemoteAccess | null {
  const remote = parseUrl(remoteUrl)
  const own = parseUrl(origin)
  if (!token || !remote || !own || remote.origin !== own.origin) return null
  if (remote.protocol !== 'https:' && !(remote.protocol === 'http:' && isLoopback(remote.hostname))) return null

  return { origin: `${remote.origin}/`, token }
}

export function credentialSettings(access: RemoteAccess | null | undefined): readonly Setting[] {
  if (!access) return []
  return [
    // An empty value clears the list of helpers: none is asked, and none is told what worked.
    ['credential.helper', ''],
    [`http.${access.origin}.extraHeader`, `Authorization: Basic ${basicCredentials(access)}`],
  ]
}

/** The token in each of the forms in which git or a server may repeat it. */
export function secretsOf(access: RemoteAccess | null | undefined): readonly string[] {
  return access ? [access.token, basicCredentials(access)] : []
}

function basicCredentials(access: RemoteAccess): string {
  return Buffer.from(`x-access-token:${access.token}`).toString('base64')
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
