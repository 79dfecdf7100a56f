/**
 * Observes a pull request for a detector: as `next` does, and without writing anything.
 */
import { type Gathered, gather } from '../../dispatch/gather.ts'
import type { DecisionInput } from '../../loop/decision.ts'
import { readOwnershipFacts } from '../../loop/readings/ownership.ts'
import { type Refusal, refuse } from '../../outcome.ts'
import { type AskingWords, openAsking } from '../asking.ts'
import type { CommandContext } from '../define.ts'

export interface Observed extends Gathered {
  /** What is wrong with the configuration. */
  readonly warnings: readonly unknown[]
}

/** @throws GitHubError, GitError, StoreError */
export async function observeToDetect(words: AskingWords, context: CommandContext): Promise<Observed> {
  const { target, sources, loaded } = await openAsking(words, context)
  return { ...(await gather(target, sources)), warnings: loaded.problems }
}

/** Why a run that names itself must not go by the answer; `null` when it may, or when none is named. */
export function whyNotYours(input: DecisionInput): Refusal | null {
  const { you, target } = input
  if (you === null) return null
  const { target: standing, displaced, stopRequested } = readOwnershipFacts(input)
  const holder = input.holdings.target?.runId ?? null
  const name = `${target.repo}#${target.number}`

  if (displaced) return refuse('ownership_lost', `run ${holder} took ${name} over from run ${you}; stop`, { holder })
  if (stopRequested) return refuse('exit_signal_recorded', `run ${you} was asked to stop its work on ${name}`)
  if (standing === 'mine_over') return refuse('lease_expired', `the claim of run ${you} is over; claim ${name} again`)
  const held = standing === 'other_living' || standing === 'other_endless'
  return held ? refuse('active_run_exists', `run ${holder} holds ${name}; do other work`, { holder }) : null
}
