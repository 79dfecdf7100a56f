/** Observes a target once, changes nothing, and says which way on; or answers for what somebody saved. */

import { gather, lookAtIssue } from '../../dispatch/gather.ts'
import { UsageError } from '../../errors.ts'
import type { SourceFact } from '../../facts/pull-request.ts'
import { type Info, infoOfIssue, infoOfPullRequest } from '../../loop/routing/info.ts'
import { type ObservedStart, startOfIssue, startOfPullRequest } from '../../loop/routing/observed.ts'
import { answerStartup, requiresRun, type StartupAnswer } from '../../loop/routing/startup-answer.ts'
import { type Refusal, refuse } from '../../outcome.ts'
import { formatTarget } from '../../target.ts'
import type { CommandContext } from '../define.ts'
import { loadedConfig, type TargetWords } from '../services.ts'
import { openLooking } from './looking.ts'
import { readSnapshot } from './snapshot.ts'
import { type StartContract, startContract } from './start-contract.ts'

interface StartupWords extends TargetWords {
  readonly input?: string | undefined
  readonly runId?: string | undefined
}

interface Started extends StartupAnswer {
  /** `null`: what is done there needs no run. */
  readonly asyncStartContract: StartContract | null
}

export async function resolveStartup(words: StartupWords, context: CommandContext): Promise<Started | Refusal> {
  const answer = await lookAtStart(words, context)
  if (!answer.ok) return answer
  if (!requiresRun(answer.selectedStrategy)) return { ...answer, asyncStartContract: null }
  const starting = { runId: words.runId, isSnapshotMode: words.input !== undefined }
  const start = startContract(starting, await loadedConfig(context))
  return start.ok ? { ...answer, asyncStartContract: start.value } : start
}

async function lookAtStart(words: StartupWords, context: CommandContext): Promise<StartupAnswer | Refusal> {
  if (words.input !== undefined) return answerStartup(fromSnapshot(await readSnapshot(words.input, context)))
  const { target, sources, warnings } = await openLooking(words, context)
  const answer = (start: ObservedStart, { source }: { readonly source: SourceFact }) =>
    answerStartup({ ...start, warnings: [...warnings, ...start.warnings] }, source)
  if (target.kind === 'issue') {
    const { issue: facts, input } = await lookAtIssue(target, sources)
    return facts.issue === null ? missing(target) : answer(startOfIssue(facts.issue, facts, input), facts)
  }
  const { input } = await gather(target, sources)
  const pr = input.facts.kind === 'pull_request' ? input.facts.pr : null
  return pr === null ? missing(target) : answer(startOfPullRequest(pr, input), input.facts)
}

export async function showInfo(
  words: TargetWords,
  context: CommandContext,
): Promise<(Info & { readonly warnings: readonly string[] }) | Refusal> {
  const { target, sources, warnings } = await openLooking(words, context)
  if (target.kind === 'issue') {
    const { issue: facts, input } = await lookAtIssue(target, sources)
    return facts.issue === null ? missing(target) : { ...infoOfIssue(facts.issue, facts, input), warnings }
  }
  const { input } = await gather(target, sources)
  const pr = input.facts.kind === 'pull_request' ? input.facts.pr : null
  return pr === null ? missing(target) : { ...infoOfPullRequest(pr, input), warnings }
}

function missing(target: Parameters<typeof formatTarget>[0] & { readonly kind: string }): Refusal {
  const kind = target.kind === 'issue' ? 'issue' : 'pull request'
  return refuse('target_not_found', `there is no ${kind} ${formatTarget(target)}; check its number and repository`)
}

/** Each value is judged by the rules; only something that has no values at all is refused here. */
function fromSnapshot(raw: unknown): ObservedStart {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new UsageError('invalid_value', 'the snapshot is no JSON object; give the facts of a startup bundle')
  }
  const given: Readonly<Record<string, unknown>> = { ...raw }
  const texts = Array.isArray(given.warnings) ? given.warnings.filter((text) => typeof text === 'string') : []
  return { question: given, ask: null, because: [], warnings: texts }
}
