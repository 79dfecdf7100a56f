/**
 * The answer when GitHub could not be asked at all because its quotas are spent: who holds the target is
 * known without it, so that has the word first; everything else waits until GitHub answers again.
 */
import type { Decision, DecisionInput, DecisionTarget, FactsDigest } from './decision.ts'
import { ask } from './machine.ts'
import { ownership } from './machines/ownership.ts'
import { awaitedBy, ENDS_WHEN, type EndsWhen, type WaitingReason } from './machines/waiting.ts'
import { readOwnershipFacts } from './readings/ownership.ts'

export interface Unobserved extends Pick<DecisionInput, 'holdings' | 'you' | 'displaced' | 'nowMs'> {
  readonly target: DecisionTarget
  /** When GitHub answers again. */
  readonly againAtMs: number
  /** Which quota is spent until when, for people. */
  readonly spent: readonly string[]
}

export function decideUnobserved(seen: Unobserved): Decision {
  const { state, rule } = ask(ownership, readOwnershipFacts(seen))
  const { next } = ownership.states[state]
  const isBarred = next !== null && next.by !== 'command'
  const base = { target: seen.target, ownership: ownershipOf(seen), missing: ['github'], facts: nothing(seen.nowMs) }
  const evidence = seen.spent
  if (isBarred && next.by !== 'wait') {
    const waitingFor: WaitingReason = next.by === 'stop' ? 'stop_requested' : 'operator_input'
    return { ...base, state, step: next.step, actor: next.by, because: [rule], evidence, waitingFor }
  }
  const what = isBarred ? { state, step: next.step } : { state: 'quota_spent', step: 'wait_for_quota' }
  const because = isBarred ? [rule] : [rule, 'quota/spent']
  const waitingFor: WaitingReason = isBarred ? 'working' : 'observation'
  const endsWhen: EndsWhen = isBarred ? ENDS_WHEN[awaitedBy(next.step)] : ENDS_WHEN.observation
  const wait = { endsWhen, untilMs: seen.againAtMs, pollMs: pollOf(seen), afterwards: AGAIN }
  return { ...base, ...what, actor: 'wait', because, evidence, waitingFor, wait }
}

/** GitHub is looked at again. */
const AGAIN = { state: 'facts_unproved', step: 'observe', actor: 'wait' } as const

/** To ask earlier would tell nothing, and GitHub bans those who go on asking. */
function pollOf({ againAtMs, nowMs }: Unobserved): number {
  return Math.max(1_000, againAtMs - nowMs)
}

function ownershipOf({ holdings, you }: Unobserved): Decision['ownership'] {
  const { target } = holdings
  return {
    holder: target?.runId ?? null,
    you,
    token: target?.token ?? null,
    endsInMs: target?.endsInMs ?? null,
  }
}

function nothing(nowMs: number): FactsDigest {
  return {
    observedAt: new Date(nowMs).toISOString(),
    head: null,
    draft: null,
    ci: null,
    failing: [],
    boundary: null,
    reviewRounds: null,
    unresolvedThreads: null,
    draftGate: null,
    preApprovalGate: null,
    mergeability: null,
    local: null,
    pullRequest: null,
  }
}
