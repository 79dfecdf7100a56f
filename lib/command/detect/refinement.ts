/** Reads an issue, or what somebody saved of it, and asks whether it says when it is done. */
import { readIssue } from '../../github/read-issue.ts'
import { answerRefinement, parseRefinementSnapshot, type RefinementAnswer } from '../../loop/detectors/refinement.ts'
import type { CommandContext } from '../define.ts'
import { openGitHub, resolveTarget, type TargetWords } from '../services.ts'
import { readSnapshot } from './snapshot.ts'

interface Words extends TargetWords {
  readonly input?: string | undefined
}

/** @throws GitHubError `target_not_found` when the number is not an issue's */
export async function detectRefinementOf(words: Words, context: CommandContext): Promise<RefinementAnswer> {
  if (words.input !== undefined) {
    return answerRefinement(parseRefinementSnapshot(await readSnapshot(words.input, context)))
  }
  const target = resolveTarget(words, context)
  const { body } = await readIssue(target, await openGitHub(context), context.signal)
  return answerRefinement({ repo: target.repo, issue: target.number, body })
}
