/** Observes an issue, or a pull request, and asks the machines of the trackers. */
import { gather, lookAtIssue } from '../../dispatch/gather.ts'
import { detectTrackerState, type TrackerAnswer } from '../../loop/detectors/tracker.ts'
import {
  detectTrackerIssue,
  detectTrackerPullRequest,
  interpretTrackerPrState,
  normalizeTrackerPrSnapshot,
  type TrackerPullRequestAnswer,
} from '../../loop/detectors/tracker-pull-request.ts'
import type { CommandContext } from '../define.ts'
import type { TargetWords } from '../services.ts'
import { openLooking } from './looking.ts'
import { readSnapshot } from './snapshot.ts'

export async function detectTracker(words: TargetWords, context: CommandContext): Promise<TrackerAnswer> {
  const { target, sources } = await openLooking(words, context)
  const { issue, input } = await lookAtIssue(target, sources)
  return detectTrackerState(issue, input)
}

interface SnapshotWords extends TargetWords {
  readonly input?: string | undefined
}

export async function detectTrackerPr(
  words: SnapshotWords,
  context: CommandContext,
): Promise<TrackerPullRequestAnswer> {
  if (words.input !== undefined) {
    return interpretTrackerPrState(normalizeTrackerPrSnapshot(await readSnapshot(words.input, context)))
  }
  const { target, sources } = await openLooking(words, context)
  if (target.kind === 'pull_request') return detectTrackerPullRequest((await gather(target, sources)).input)
  const { issue, input } = await lookAtIssue(target, sources)
  return detectTrackerIssue(issue, input)
}
