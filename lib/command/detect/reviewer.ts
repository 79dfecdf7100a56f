/** Observes a pull request, or reads what somebody saved of it, and asks how far our own review of it is. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from '../../errors.ts'
import { type ToldSource, tellSource } from '../../facts/source.ts'
import { observePullRequestByAny } from '../../github/observe-by-any.ts'
import { interpretReviewerLoopState, type ReviewerLoopState } from '../../loop/detectors/reviewer.ts'
import {
  type LocalReview,
  normalizeReviewerSnapshot,
  parseLocalReview,
  snapshotReviewer,
} from '../../loop/detectors/reviewer-snapshot.ts'
import type { CommandContext } from '../define.ts'
import { openGitHub, resolveTarget, type TargetWords } from '../services.ts'
import { readSnapshot } from './snapshot.ts'

export interface ReviewerWords extends TargetWords {
  readonly input?: string | undefined
  readonly reviewRequested?: 'true' | 'false' | undefined
  readonly localState?: string | undefined
}

/** Without a source when it was made of a snapshot. */
export type ReviewerAnswer = { readonly ok: true } & ReviewerLoopState & Partial<ToldSource>

export async function detectReviewerLoopState(words: ReviewerWords, context: CommandContext): Promise<ReviewerAnswer> {
  const { input, reviewRequested, localState } = words
  if (input !== undefined) {
    return answer(interpretReviewerLoopState(normalizeReviewerSnapshot(await readSnapshot(input, context))))
  }
  const local = await readLocalReview(localState, context)
  const client = await openGitHub(context)
  const target = resolveTarget(words, context)
  const observing = { now: () => new Date(), signal: context.signal }
  const { pr, source } = await observePullRequestByAny(client, target, observing)
  const requested = reviewRequested === undefined ? undefined : reviewRequested === 'true'
  return { ...answer(interpretReviewerLoopState(snapshotReviewer({ pr, local, requested }))), ...tellSource(source) }
}

function answer(state: ReviewerLoopState): ReviewerAnswer {
  return { ok: true, ...state }
}

/** @returns that nothing was noted, when there is no such file */
async function readLocalReview(file: string | undefined, context: CommandContext): Promise<LocalReview> {
  if (file === undefined) return parseLocalReview({})
  const text = await readFile(resolve(context.cwd, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw new UsageError('invalid_value', `${JSON.stringify(file)} cannot be read (${error.code}); give a file`)
  })
  try {
    return parseLocalReview(JSON.parse(text))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UsageError('invalid_value', `${JSON.stringify(file)} holds no JSON; give what a reviewer noted`)
  }
}
