/**
 * A pull request read as `next` reads it, for a detector: one request to GitHub, the records, no git.
 * Only what comes out the same whatever could not be proved is read from it.
 */
import { DEFAULT_POLICY } from '../../config/defaults.generated.ts'
import type { Policy } from '../../config/schema.ts'
import type { DecisionInput } from '../../loop/decision.ts'
import type { PullRequestReading } from '../../loop/readings/pull-request.ts'
import { accept, type Refusal } from '../../outcome.ts'
import type { AskingWords } from '../asking.ts'
import type { CommandContext } from '../define.ts'

export interface LiveReading {
  readonly ok: true
  readonly input: DecisionInput
  readonly policy: Policy
  /** `null`: there is no such pull request. */
  readonly reading: PullRequestReading | null
  /** What was not known and would tell. */
  readonly missing: readonly string[]
}

/** What is not there, or over, is judged by no policy; its base branch may be gone, and policy with it. */
function isOver({ facts }: DecisionInput): boolean {
  return facts.kind === 'pull_request' && facts.pr?.state !== 'OPEN'
}

/** @returns a refusal `policy_unproved` when the base branch's policy cannot be read: nothing is known then */
export async function readLive(words: AskingWords, context: CommandContext): Promise<LiveReading | Refusal> {
  const { openAsking } = await import('../asking.ts')
  const { gather } = await import('../../dispatch/gather.ts')
  const { readSurely } = await import('../../loop/read-surely.ts')
  const { target, sources } = await openAsking({ ...words, allowFork: true }, context)
  const { input } = await gather(target, { ...sources, observeLocal: async () => null })
  const policy = isOver(input) ? accept(DEFAULT_POLICY) : input.policy
  if (!policy.ok) return policy
  const { pullRequest: reading, missing } = readSurely({ ...input, policy })
  return { ok: true, input, policy: policy.value, reading, missing }
}
