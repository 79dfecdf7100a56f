/** What an error says of spent quotas, for those who wait for them instead of failing. */
import { GitHubError } from '../errors.ts'
import { type QuotaSpent, type QuotaWait, waitForQuota } from '../loop/unobserved.ts'

/** @returns `null` when it is another failure */
export function quotaSpentIn(error: unknown, nowMs: number): QuotaSpent | null {
  if (!(error instanceof GitHubError) || error.code !== 'rate_limited') return null
  return { nowMs, againAtMs: nowMs + Number(error.details.retryAfterMs), spent: spentIn(error) }
}

/** @returns what was looked at; or, where the quotas do not let it be looked at, until when to wait */
export async function orQuotaWait<Seen>(look: () => Promise<Seen>, now: () => number): Promise<Seen | QuotaWait> {
  try {
    return await look()
  } catch (error) {
    const spent = quotaSpentIn(error, now())
    if (spent === null) throw error
    return waitForQuota(spent)
  }
}

function spentIn({ details }: GitHubError): string[] {
  const { graphqlResetAt, restResetAt, resetAt, resource, limit } = details
  if (graphqlResetAt !== undefined) {
    return [`graphql_quota_spent: until ${graphqlResetAt}`, `rest_quota_spent: until ${restResetAt}`]
  }
  const what = limit === 'secondary' ? 'github_asks_for_a_pause' : `${resource ?? 'github'}_quota_spent`
  return [`${what}: until ${resetAt}`]
}
