/**
 * Who commits here. A machine without an identity (a container, CI) would refuse every commit, an
 * agent's too, so one is lent for the call; nothing is written to any configuration.
 */
import { type GitAccess, runGit } from './run.ts'

export interface Identity {
  readonly name: string
  readonly email: string
}

export const LENT_IDENTITY: Identity = { name: 'dev-loops', email: 'dev-loops@localhost' }

/** @returns what the person configured; `null` when git would have to guess */
export async function readIdentity(options: GitAccess & { cwd: string }): Promise<Identity | null> {
  const args = ['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT']
  const { stdout, exitCode } = await runGit(args, { ...options, okCodes: [0, 128] })
  const found = exitCode === 0 ? /^(.*) <([^>]*)> \d+ [+-]\d+\s*$/.exec(stdout) : null
  const [, name, email] = found ?? []
  return name === undefined || email === undefined ? null : { name, email }
}

/** Variables that let git commit where nobody is configured; none where somebody is. */
export function identityVariables(identity: Identity | null): Record<string, string> {
  if (identity !== null) return {}
  const { name, email } = LENT_IDENTITY
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email }
}
