/**
 * Where GitHub is: the addresses of its two interfaces, and the host name that targets are keyed by.
 *
 * A token goes out with every request, so plain http is refused except to this machine itself, where
 * the local forge listens.
 */
import { UsageError } from './errors.ts'
import { parseHost } from './target.ts'

export interface Endpoint {
  /** Name of the forge in targets and records, such as `github.com`. */
  readonly host: string
  readonly graphqlUrl: string
  readonly restUrl: string
}

type Environment = Readonly<Record<string, string | undefined>>

const GITHUB: Endpoint = {
  host: 'github.com',
  graphqlUrl: 'https://api.github.com/graphql',
  restUrl: 'https://api.github.com',
}

/** The local forge is reached under a port that changes; its records keep this name. */
const LOCAL_FORGE = 'forge.local'

/**
 * @param env `GITHUB_API_URL`, `GITHUB_GRAPHQL_URL` and `GH_HOST` are read
 * @throws UsageError `invalid_value` when an address is no URL, or would send the token in the clear
 */
export function endpointFor(env: Environment): Endpoint {
  // The usual answer at once: looking at URLs takes longer than most of a fast command.
  if (!env.GH_HOST && !env.GITHUB_API_URL && !env.GITHUB_GRAPHQL_URL) return GITHUB
  const named = env.GH_HOST ? parseHost(env.GH_HOST) : null
  const restUrl = trimmed(env.GITHUB_API_URL || restFor(named ?? 'github.com'))
  const graphqlUrl = trimmed(env.GITHUB_GRAPHQL_URL || graphqlFor(restUrl))
  requireSafe('GITHUB_API_URL', restUrl)
  requireSafe('GITHUB_GRAPHQL_URL', graphqlUrl)
  return { host: named ?? hostOf(new URL(restUrl)), graphqlUrl, restUrl }
}

/** Where repositories are cloned from: the host itself, not its API. */
export function gitOrigin({ restUrl }: Endpoint): string {
  return new URL(restUrl).origin.replace('//api.', '//')
}

/** @throws UsageError `invalid_value` unless it is https, or http to this machine */
export function requireSafe(name: string, text: string): void {
  if (!URL.canParse(text)) throw invalid(name, text, 'is not a URL; give one such as https://api.github.com')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') {
    throw invalid(name, url.host, 'must not contain a user or password; give the token in GH_TOKEN')
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return
  throw invalid(name, text, 'would send the token unencrypted; use https (plain http only to this machine)')
}

function restFor(host: string): string {
  if (host === 'github.com') return 'https://api.github.com'
  return host.endsWith('.ghe.com') ? `https://api.${host}` : `https://${host}/api/v3`
}

function graphqlFor(restUrl: string): string {
  return restUrl.endsWith('/api/v3') ? restUrl.replace(/\/v3$/, '/graphql') : `${restUrl}/graphql`
}

function hostOf(url: URL): string {
  if (isLoopback(url.hostname)) return LOCAL_FORGE
  return url.host.replace(/^api\./, '')
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '')
}

function invalid(name: string, value: string, what: string): UsageError {
  return new UsageError('invalid_value', `${name} ${what}`, { what: name, value: value.slice(0, 100) })
}
