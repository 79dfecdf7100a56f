/** Reads an issue, or what somebody saved of it, and asks whether it says when it is done. */
import { branchNameFor } from '../../git/branch-name.ts'
import { observeIssueByAny } from '../../github/observe-by-any.ts'
import { answerRefinement, parseRefinementSnapshot, type RefinementAnswer } from '../../loop/detectors/refinement.ts'
import { type Refusal, refuse } from '../../outcome.ts'
import { formatTarget } from '../../target.ts'
import type { CommandContext } from '../define.ts'
import { loadedConfig, openGitHub, resolveTarget, type TargetWords } from '../services.ts'
import { readSnapshot } from './snapshot.ts'

interface Words extends TargetWords {
  readonly input?: string | undefined
}

/** @returns a refusal `target_not_found` when the number is not an issue's */
export async function detectRefinementOf(words: Words, context: CommandContext): Promise<RefinementAnswer | Refusal> {
  if (words.input !== undefined) {
    return answerRefinement(parseRefinementSnapshot(await readSnapshot(words.input, context)))
  }
  const target = resolveTarget(words, context)
  const { config } = await loadedConfig(context)
  const branch = branchNameFor({ prefix: config.branch.prefix, issue: target.number })
  const observing = { branch, now: () => new Date(), signal: context.signal }
  const { facts } = await observeIssueByAny(await openGitHub(context), target, observing)
  if (facts.issue === null) return refuse('target_not_found', `there is no issue ${formatTarget(target)}`)
  const asked = { repo: target.repo, issue: target.number, body: facts.issue.body }
  return { ...answerRefinement(asked), via: facts.source.via }
}
