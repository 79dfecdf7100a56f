/** Observes a target and explains its decision; or, where the quotas do not let it be observed, the wait for them. */
import { decideUnobserved, explainUnobserved } from '../loop/unobserved.ts'
import { readUnobserved } from './ask-or-wait.ts'
import { type Explained, explainDecision } from './explained.ts'
import { type AskedTarget, gather, type Sources } from './gather.ts'
import { quotaSpentIn } from './quota-wait.ts'

/** Writes nothing, whoever asks. @throws GitHubError but `rate_limited`, GitError, StoreError */
export async function explainNow(target: AskedTarget, sources: Sources): Promise<Explained> {
  try {
    return explainDecision((await gather(target, sources)).input)
  } catch (error) {
    const spent = quotaSpentIn(error, sources.now())
    if (spent === null) throw error
    const seen = await readUnobserved(target, spent, sources)
    return { ...decideUnobserved(seen), ...explainUnobserved(seen) }
  }
}
