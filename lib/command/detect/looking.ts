/**
 * Opens what a detector looks at: what `next` sees of GitHub and of the records, in the same one request,
 * and nothing else. Git is not asked, no lease is renewed and no note is taken, whoever asks.
 */
import type { AskedTarget, Sources } from '../../dispatch/gather.ts'
import { openAsking } from '../asking.ts'
import type { CommandContext } from '../define.ts'
import type { TargetWords } from '../services.ts'

export interface Looking {
  readonly target: AskedTarget
  readonly sources: Sources
  /** What is wrong with the configuration here; the defaults stand in for it. */
  readonly warnings: readonly string[]
}

export async function openLooking(words: TargetWords, context: CommandContext): Promise<Looking> {
  const { repo, pr, issue, stateDir } = words
  const { target, sources, loaded } = await openAsking({ repo, pr, issue, stateDir }, context)
  const { formatProblem } = await import('../../config/problem.ts')
  return {
    target,
    warnings: loaded.problems.map(formatProblem),
    sources: { ...sources, observeLocal: async () => null, keepFacts: async () => '' },
  }
}
