/**
 * What an agent gets of the environment: a short list of names, and never a token of ours. Pure.
 *
 * This keeps an honest agent from pushing or commenting past the control plane by accident. It is no
 * wall: the agent runs as the same user, and whoever needs a wall puts the agent in a container.
 */
import { appendSettings } from '../../git/environment.ts'
import { type Identity, identityVariables } from '../../git/identity.ts'

const PASSED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TERM', 'TMPDIR', 'TZ', 'USER', 'LOGNAME', 'SHELL'] as const

/** Windows cannot start most programs without these. */
const PASSED_ON_WINDOWS = ['SystemRoot', 'ComSpec', 'PATHEXT', 'APPDATA', 'LOCALAPPDATA', 'USERPROFILE', 'TEMP', 'TMP']

const NEVER = /^(GH_TOKEN|GITHUB_TOKEN|GH_ENTERPRISE_TOKEN|GITHUB_ENTERPRISE_TOKEN|DEV_LOOPS_VERDICT_TOKEN)$/i

export interface AgentEnvironmentOptions {
  /** Further names, from the preference `agents.environment`. */
  readonly pass: readonly string[]
  /** An empty folder, so that `gh` finds no login. */
  readonly ghConfigDir: string
  /** Who commits in this worktree; `null` lends a name, since git would refuse to commit without one. */
  readonly identity: Identity | null
}

/** @param inherited the environment of this process, given by the caller */
export function agentEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  { pass, ghConfigDir, identity }: AgentEnvironmentOptions,
): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const name of [...PASSED, ...PASSED_ON_WINDOWS, ...pass]) {
    const value = inherited[name]
    if (value !== undefined && !NEVER.test(name)) passed[name] = value
  }

  return {
    ...passed,
    ...identityVariables(identity),
    ...appendSettings(passed, [['credential.helper', '']]),
    GH_CONFIG_DIR: ghConfigDir,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    // No ssh: keys in the home folder would push as the person.
    GIT_SSH_COMMAND: 'false',
  }
}
