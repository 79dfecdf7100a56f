/**
 * The token: from the environment, or from the `gh` command that the user is signed in with. It is
 * never an argument, never in a log, never in a file of ours.
 */
import { GitHubError } from '../errors.ts'

export interface TokenRequest {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly host: string
  /** @returns what `gh auth token` prints, or `null` when there is no gh or it is not signed in */
  readonly askGh?: (host: string, env: TokenRequest['env']) => Promise<string | null>
}

/** @throws GitHubError `token_missing`, or `token_rejected` when it cannot be a token at all */
export async function readToken({ env, host, askGh = ghAuthToken }: TokenRequest): Promise<string> {
  const given = env.GH_TOKEN || env.GITHUB_TOKEN || (await askGh(host, env))
  const token = given?.trim()
  if (!token) {
    throw new GitHubError(
      'token_missing',
      `no token for ${host}: set GH_TOKEN, or sign in with "gh auth login --hostname ${host}"`,
      { host },
    )
  }
  // A header with anything else in it would be refused by fetch, which quotes the value in its error.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new GitHubError('token_rejected', 'the token contains spaces or control characters; set it again')
  }
  return token
}

async function ghAuthToken(host: string, env: TokenRequest['env']): Promise<string | null> {
  const { execa } = await import('execa')
  const answer = await execa('gh', ['auth', 'token', '--hostname', host], {
    env: { ...env },
    extendEnv: false,
    stdin: 'ignore',
    timeout: 5_000,
    reject: false,
  })
  return answer.failed ? null : answer.stdout
}
