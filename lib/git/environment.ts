/**
 * Which settings and variables every git process of ours is started with. Pure.
 *
 * An agent can write the repository's configuration, and dev-loops may itself run inside a hook, so
 * nothing that redirects git or makes it start programs is inherited: no hooks, no file-system
 * monitor, no external protocol, no editor, no prompt. Tokens are left out of the environment unless
 * the command talks to a remote: a filter or merge driver planted in the repository sees none.
 */
import { devNull } from 'node:os'
import type { Setting } from './credentials.ts'

/** A path below a device cannot exist, which is surer than an empty folder that somebody could fill. */
const NO_HOOKS = devNull

const SETTINGS = [
  `core.hooksPath=${NO_HOOKS}`,
  'core.fsmonitor=false',
  'core.pager=cat',
  'color.ui=false',
  'protocol.ext.allow=never',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'push.recurseSubmodules=no',
  'push.followTags=false',
  // A recorded resolution would settle a conflict without anybody looking at it.
  'rerere.enabled=false',
  // Housekeeping detaches itself and would outlive the command.
  'gc.auto=0',
  'maintenance.auto=false',
  // A stalled transfer ends even when the process that waited for it is dead.
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=20',
] as const

/** Variables of git that say who commits and how to reach the network; all others redirect git and are dropped. */
const KEPT =
  /^GIT_(AUTHOR_|COMMITTER_|SSL_|SSH|ASKPASS$|PROXY_|CONFIG_GLOBAL$|CONFIG_SYSTEM$|CONFIG_NOSYSTEM$|CONFIG_COUNT$|CONFIG_KEY_|CONFIG_VALUE_|EXEC_PATH$)/

const SECRETS = ['GH_TOKEN', 'GITHUB_TOKEN', 'GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN'] as const

export function gitSettings(): readonly string[] {
  return SETTINGS.flatMap((setting) => ['-c', setting])
}

export interface GitEnvironmentOptions {
  /** The command talks to a remote, so a credential helper may need the caller's own tokens. */
  readonly reachesRemote: boolean
  /** Settings that must not be arguments, because other processes can read those. */
  readonly credentials: readonly Setting[]
  readonly settings?: readonly Setting[]
  readonly extra: Readonly<Record<string, string>>
}

/** @param inherited the environment of this process, given by the caller */
export function gitEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  { reachesRemote, credentials, settings = [], extra }: GitEnvironmentOptions,
): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && isInherited(name, reachesRemote)) kept[name] = value
  }

  return {
    ...kept,
    LC_ALL: 'C',
    LANGUAGE: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_EDITOR: ':',
    ...(credentials.length > 0 ? { GIT_ASKPASS: '', SSH_ASKPASS: '' } : {}),
    ...appendSettings(kept, [...settings, ...credentials]),
    ...extra,
  }
}

/** Variables that add `settings` behind those which the environment hands over already. */
export function appendSettings(
  environment: Readonly<Record<string, string>>,
  settings: readonly Setting[],
): Record<string, string> {
  const given = environment.GIT_CONFIG_COUNT ?? ''
  const first = /^\d{1,4}$/.test(given) ? Number(given) : 0
  const added: Record<string, string> = {}
  for (const [index, [key, value]] of settings.entries()) {
    added[`GIT_CONFIG_KEY_${first + index}`] = key
    added[`GIT_CONFIG_VALUE_${first + index}`] = value
  }
  return settings.length > 0 ? { ...added, GIT_CONFIG_COUNT: String(first + settings.length) } : {}
}

function isInherited(name: string, reachesRemote: boolean): boolean {
  if (name === 'DEV_LOOPS_VERDICT_TOKEN') return false
  if (name.startsWith('GIT_')) return KEPT.test(name)
  return reachesRemote || !SECRETS.some((secret) => secret === name)
}
