/**
 * The answer when GitHub could not be asked at all because its quotas are spent: who holds the target is
 * known without it, so that has the word first; everything else waits until GitHub answers again.
 */
import {
  ASK_AGAIN,
  type DecidedWait,
  type Decision,
  type DecisionInput,
  type DecisionTarget,
  type FactsDigest,
} from './decision.ts'
import { type Explanation, reasonOf } from './explain.ts'
import { ask } from './machine.ts'
import { ownership } from './machines/ownership.ts'
import { awaitedBy, ENDS_WHEN, type EndsWhen, type WaitingReason } from './machines/waiting.ts'
import { readOwnershipFacts } from './readings/ownership.ts'

export interface QuotaSpent {
  readonly nowMs: number
  /** When GitHub answers again. */
  readonly againAtMs: number
  /** Which quota is spent until when, for people. */
  readonly spent: readonly string[]
}

export interface Unobserved extends QuotaSpent, Pick<DecisionInput, 'holdings' | 'you' | 'displaced'> {
  readonly target: DecisionTarget
}

/** The same whatever could not be looked at. */
export interface QuotaWait extends Pick<Decision, 'step' | 'because' | 'missing' | 'evidence' | 'waitingFor'> {
  readonly state: 'quota_spent'
  readonly actor: 'wait'
  readonly wait: DecidedWait
}

export function waitForQuota(seen: QuotaSpent): QuotaWait {
  return {
    state: 'quota_spent',
    step: 'wait_for_quota',
    actor: 'wait',
    because: [SPENT],
    missing: ['github'],
    evidence: seen.spent,
    waitingFor: 'observation',
    wait: waitOf(seen, ENDS_WHEN.observation),
  }
}

const SPENT = 'quota/spent'

export function decideUnobserved(seen: Unobserved): Decision {
  const { state, rule } = ask(ownership, readOwnershipFacts(seen))
  const { next } = ownership.states[state]
  const isBarred = next !== null && next.by !== 'command'
  const { missing, evidence, ...wait } = waitForQuota(seen)
  const base = { target: seen.target, ownership: ownershipOf(seen), missing, evidence, facts: nothing(seen.nowMs) }
  if (!isBarred) return { ...base, ...wait, because: [rule, ...wait.because] }

  const barred = { ...base, state, step: next.step, actor: next.by, because: [rule] }
  if (next.by === 'wait')
    return { ...barred, waitingFor: 'working', wait: waitOf(seen, ENDS_WHEN[awaitedBy(next.step)]) }
  const waitingFor: WaitingReason = next.by === 'stop' ? 'stop_requested' : 'operator_input'
  return { ...barred, waitingFor }
}

/** The same told to a person: what bars the way, or what is waited for. */
export function explainUnobserved(seen: Unobserved): Explanation {
  const { state } = decideUnobserved(seen)
  const holder = reasonOf({ ...ask(ownership, readOwnershipFacts(seen)), machine: ownership })
  if (state !== 'quota_spent') return { means: holder.means, why: [holder], otherwise: [] }
  const means = 'GitHub cannot be asked: what its quotas let this token ask is spent'
  const condition = seen.spent.join(', ')
  const quota = { machine: 'quota', state, means, rule: SPENT, condition, facts: {} }
  return { means, why: [holder, quota], otherwise: [] }
}

function waitOf(seen: QuotaSpent, endsWhen: EndsWhen): DecidedWait {
  return { endsWhen, untilMs: seen.againAtMs, pollMs: pollOf(seen), afterwards: ASK_AGAIN }
}

/** To ask earlier would tell nothing, and GitHub bans those who go on asking. */
function pollOf({ againAtMs, nowMs }: QuotaSpent): number {
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
