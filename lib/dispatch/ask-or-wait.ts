/**
 * The question for those who must get an answer also while GitHub's quotas are spent: it is to wait, until
 * when, and for what. A spent quota is no failure to them.
 */
import type { Decision } from '../loop/decision.ts'
import { decideUnobserved, type QuotaSpent, type Unobserved } from '../loop/unobserved.ts'
import { PARK_MARGIN_MS } from '../ownership/record.ts'
import { acknowledgeStop, parkTarget } from '../ownership/service.ts'
import { parseWork } from '../sessions/work.ts'
import { type AskedTarget, type Sources, wasDisplaced } from './gather.ts'
import { type Asked, askNext } from './next.ts'
import { quotaSpentIn } from './quota-wait.ts'

/** Nothing was seen but the records, so there is no input that the decision was made from. */
export interface AskedBlind {
  readonly decision: Decision
}

/** @throws GitHubError but `rate_limited`, GitError, StoreError */
export async function askOrWait(target: AskedTarget, sources: Sources): Promise<Asked | AskedBlind> {
  try {
    return await askNext(target, sources)
  } catch (error) {
    const spent = quotaSpentIn(error, sources.now())
    if (spent === null) throw error
    const seen = await readUnobserved(target, spent, sources)
    const decision = decideUnobserved(seen)
    await tell(decision, seen, sources)
    return { decision }
  }
}

export function wasSeen(asked: Asked | AskedBlind): asked is Asked {
  return 'input' in asked
}

/** What is known without GitHub; nothing is written. */
export async function readUnobserved(asked: AskedTarget, spent: QuotaSpent, sources: Sources): Promise<Unobserved> {
  const { runId, ownership, readOwnership } = sources
  const target = await workedOn(asked, sources)
  const view = await readOwnership(target, ownership)
  const work = parseWork(view.record?.work ?? null)
  const { host, repo } = target
  const holderOf = async (other: { number: number } | { branch: string }) =>
    (await readOwnership({ host, repo, ...other }, ownership)).holder
  return {
    ...spent,
    target,
    you: runId,
    displaced: wasDisplaced(view, runId),
    holdings: {
      target: view.holder,
      branch: work.branch === null ? null : await holderOf({ branch: work.branch }),
      issue:
        work.issue === null || target.kind === 'issue'
          ? null
          : { number: work.issue, holder: await holderOf({ number: work.issue }) },
    },
  }
}

/** Once the pull request of an issue is known, it is what is worked on. */
async function workedOn(asked: AskedTarget, { readOwnership, ownership }: Sources): Promise<AskedTarget> {
  if (asked.kind === 'pull_request') return asked
  const { record } = await readOwnership(asked, ownership)
  const { pr } = parseWork(record?.work ?? null)
  return pr === null ? asked : { ...asked, number: pr, kind: 'pull_request' }
}

/** As after any other answer: a request to stop is seen, and a lease lasts as long as the wait. */
async function tell(decision: Decision, { target, holdings, nowMs }: Unobserved, sources: Sources): Promise<void> {
  const holder = holdings.target
  if (holder === null || holder.runId !== sources.runId) return
  const { runId, token } = holder
  if (decision.state === 'asked_to_stop') await acknowledgeStop(target, { runId, token }, sources.ownership)
  if (decision.state !== 'quota_spent' || holder.process !== null || decision.wait === undefined) return
  const parkMs = Math.max(0, decision.wait.untilMs - nowMs) + PARK_MARGIN_MS
  await parkTarget(target, { runId, token, parkMs }, sources.ownership)
}
