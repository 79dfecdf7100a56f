/** A detector has nothing to say of what it could not see: it refuses, and says until when to wait. */
import { quotaSpentIn } from '../../dispatch/quota-wait.ts'
import { type QuotaWait, waitForQuota } from '../../loop/unobserved.ts'
import { type Refusal, refuse } from '../../outcome.ts'

/** @returns what was seen; with the quotas spent a refusal `still_waiting` with the wait that `next` answers */
export async function orStillWaiting<Seen>(look: () => Promise<Seen>): Promise<Seen | Refusal<QuotaWait>> {
  try {
    return await look()
  } catch (error) {
    const spent = quotaSpentIn(error, Date.now())
    if (spent === null) throw error
    const until = new Date(spent.againAtMs).toISOString()
    const message = `GitHub takes no questions of this token (${spent.spent.join(', ')}); ask again at ${until}`
    return refuse('still_waiting', message, waitForQuota(spent))
  }
}
