/**
 * A pull request read as `next` reads it, for a detector: one request to GitHub, the records, no git.
 */
import type { Policy } from '../../config/schema.ts'
import type { DecisionInput } from '../../loop/decision.ts'
import type { PullRequestReading } from '../../loop/readings/pull-request.ts'
import type { Refusal } from '../../outcome.ts'
import type { AskingWords } from '../asking.ts'
import type { CommandContext } from '../define.ts'

export interface LiveReading {
  readonly ok: true
  readonly input: DecisionInput
  readonly policy: Policy
  /** `null`: there is no such pull request. */
  readonly reading: PullRequestReading | null
}

/** @returns a refusal `policy_unproved` when the base branch's policy cannot be read: nothing is known then */
export async function readLive(words: AskingWords, context: CommandContext): Promise<LiveReading | Refusal> {
  const { openAsking } = await import('../asking.ts')
  const { gather } = await import('../../dispatch/gather.ts')
  const { read } = await import('../../loop/readings/target.ts')
  const { target, sources } = await openAsking({ ...words, allowFork: true }, context)
  const { input } = await gather(target, { ...sources, observeLocal: async () => null })
  if (!input.policy.ok) return input.policy
  return { ok: true, input, policy: input.policy.value, reading: read(input).pullRequest }
}
