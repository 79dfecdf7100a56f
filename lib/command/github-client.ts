/**
 * A client that keeps the books of its token's quotas together with every other process of this user, and
 * the answers that need only be confirmed. Both lie in the folder of the user's state, wherever the records
 * of a target are: the quota is the token's, not the target's.
 */
import { join } from 'node:path'
import type { Preference } from '../config/schema.ts'
import { endpointFor } from '../endpoint.ts'
import { createClient, type GitHubClient } from '../github/client.ts'
import { openQuota, quotaFolder } from '../github/quota/quota.ts'
import { openKeptAnswers } from '../github/rest/kept-answers.ts'
import { userStateFolder } from '../store/location.ts'
import type { CommandContext } from './define.ts'

export function clientFor(
  token: string,
  github: Preference['github'],
  { env }: Pick<CommandContext, 'env'>,
): GitHubClient {
  const endpoint = endpointFor(env)
  const client = { ...endpoint, token, timeoutMs: github.requestTimeoutMs }
  // Without a home nothing is shared, and nothing is left in a place that nobody named.
  if (!env.XDG_STATE_HOME && !env.HOME) return createClient(client)
  const folder = quotaFolder(userStateFolder(env), { host: endpoint.host, token })
  return createClient({
    ...client,
    quota: openQuota(folder, { reserve: github.quotaReserve, wallMs: () => Date.now() }),
    answers: openKeptAnswers(join(folder, 'answers')),
  })
}
