/** Asks once for the runs of a branch and says whether the coding agent is at work there. */
import { UsageError } from '../../errors.ts'
import { summarizeSession } from '../../facts/copilot-session.ts'
import { observeWorkflowRuns } from '../../github/observe-workflow-runs.ts'
import { forObserving } from '../../github/observing.ts'
import { answerSession, type SessionAnswer } from '../../loop/detectors/bootstrap.ts'
import type { CommandContext } from '../define.ts'
import { openGitHub, resolveRepository } from '../services.ts'

export interface SessionWords {
  readonly repo?: string | undefined
  readonly branch: string
  readonly limit: number
}

export async function detectSession(
  words: SessionWords,
  context: CommandContext,
): Promise<{ readonly ok: true } & SessionAnswer> {
  if (words.limit < 1 || words.limit > 100) {
    throw new UsageError('invalid_value', `--limit ${words.limit} will not do; GitHub gives 1 to 100 runs at once`)
  }
  const { repo } = resolveRepository(words, context)
  const { branch, limit } = words
  const runs = await observeWorkflowRuns(
    forObserving(await openGitHub(context)),
    { repo, branch, limit },
    context.signal,
  )
  return { ok: true, ...answerSession(summarizeSession(runs), branch) }
}
