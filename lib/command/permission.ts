/**
 * May this step be taken now? Asked of the same rules that `next` answers from, so that a command run
 * by hand can do no more than the loop would.
 */

import type { Sources } from '../dispatch/gather.ts'
import type { ObservedPullRequest } from '../facts/pull-request.ts'
import type { GitHubClient } from '../github/client.ts'
import type { Decision, DecisionInput } from '../loop/decision.ts'
import { accept, type Outcome, refuse } from '../outcome.ts'
import type { AskingWords } from './asking.ts'
import type { CommandContext } from './define.ts'
import type { Acting } from './services.ts'

export interface Observed {
  readonly input: DecisionInput
  readonly pr: ObservedPullRequest
  readonly client: GitHubClient
  readonly keepFacts: Sources['keepFacts']
}

/** One request to GitHub. @returns a refusal `target_not_found` when there is no such pull request */
export async function observeForCommand(words: AskingWords, context: CommandContext): Promise<Outcome<Observed>> {
  const { openAsking } = await import('./asking.ts')
  const { gather } = await import('../dispatch/gather.ts')
  // No agent is started here, so a fork is as good as any other source.
  const { target, sources } = await openAsking({ ...words, allowFork: true, purpose: 'effect' }, context)
  const { input } = await gather(target, sources)
  if (input.facts.kind === 'pull_request' && input.facts.pr !== null) {
    return accept({ input, pr: input.facts.pr, client: sources.client, keepFacts: sources.keepFacts })
  }
  return refuse('target_not_found', `${target.repo} has no pull request ${target.number}; look at the number`)
}

/** @returns a refusal `gate_not_passed`, or `person_needed` when policy leaves the step to a person */
export async function requireStep(step: string, { input }: Observed): Promise<Outcome<Decision>> {
  const { decideInDoubt } = await import('../loop/in-doubt.ts')
  const decision = decideInDoubt(input)
  if (decision.step === step) return accept(decision)
  const { state, because, actor } = decision
  const details = { state, step: decision.step, because, missing: decision.missing, evidence: decision.evidence }
  const instead = decision.step === null ? 'nothing is left to do' : `the next step is ${decision.step}`
  if (actor === 'human') {
    return refuse('person_needed', `a person decides here (${state}): ${instead}; nothing was changed`, details)
  }
  return refuse('gate_not_passed', `not now (${state}): ${instead}; nothing was changed, ask next`, details)
}

/** The right to act, with the decision that permits it: that is journaled in the same change as the intent. */
export async function actingOn(
  decision: Decision | null,
  acting: Acting | null,
  { input, keepFacts }: Observed,
): Promise<Acting | null> {
  if (acting === null || decision === null) return acting
  const { noteOf } = await import('../dispatch/remember.ts')
  return { ...acting, decision: noteOf(decision, await keepFacts(input), input.nowMs) }
}

/** @param head what the caller decided for; `undefined` when it did not say */
export function requireHead(pr: ObservedPullRequest, head: string | undefined): Outcome<null> {
  if (head === undefined || head === pr.head.sha) return accept(null)
  return refuse('head_moved', `the head is ${pr.head.sha} now, and this was decided for ${head}; ask next again`, {
    expected: head,
    found: pr.head.sha,
  })
}
