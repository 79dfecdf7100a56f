/** Observes an issue, or a pull request, and asks the machines of the trackers. */
import { gather, lookAtIssue } from '../../dispatch/gather.ts'
import type { IssueFacts } from '../../facts/issue.ts'
import type { PullRequestFacts } from '../../facts/pull-request.ts'
import { tellSource } from '../../facts/source.ts'
import { detectTrackerState, type TrackerAnswer } from '../../loop/detectors/tracker.ts'
import {
  detectTrackerIssue,
  detectTrackerPullRequest,
  interpretTrackerPrState,
  normalizeTrackerPrSnapshot,
  type TrackerPullRequestAnswer,
} from '../../loop/detectors/tracker-pull-request.ts'
import { type Refusal, refuse } from '../../outcome.ts'
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
): Promise<TrackerPullRequestAnswer | Refusal> {
  if (words.input !== undefined) {
    return interpretTrackerPrState(normalizeTrackerPrSnapshot(await readSnapshot(words.input, context)))
  }
  const { target, sources } = await openLooking(words, context)
  if (target.kind === 'pull_request') {
    const { input } = await gather(target, sources)
    return whyLinkUnknown(input.facts) ?? detectTrackerPullRequest(input)
  }
  const { issue, input } = await lookAtIssue(target, sources)
  return whyLinkUnknown(issue) ?? detectTrackerIssue(issue, input)
}

/** Which item and pull request belong together is all that this answers, and REST cannot tell it. */
function whyLinkUnknown(facts: PullRequestFacts | IssueFacts): Refusal | null {
  const { source } = facts
  const isThere = facts.kind === 'issue' ? facts.issue !== null : facts.pr !== null
  if (source.via === 'graphql' || !isThere) return null
  const missing = facts.kind === 'issue' ? ['closing_pull_requests'] : ['closing_issues']
  const why = `which issue and pull request belong together only GraphQL tells, and its quota is spent`
  return refuse('still_waiting', `${why}; ask again at ${source.wholeAt}`, { missing, ...tellSource(source) })
}
