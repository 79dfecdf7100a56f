/**
 * One question and its answer: observe, decide, and, for the run that holds the target, remember.
 *
 * Anybody may ask. Only the holder's question writes: it renews the lease, notes where a wait began and
 * for which head a repair was handed out, and parks the lease for the length of a wait. To a request to stop it is the answer.
 */

import type { Decision, DecisionInput } from '../loop/decision.ts'
import { decideInDoubt, isInDoubt } from '../loop/in-doubt.ts'
import { stepOf } from '../loop/readings/stuck.ts'
import { PARK_MARGIN_MS } from '../ownership/record.ts'
import { acknowledgeStop, parkTarget } from '../ownership/service.ts'
import { changeWork } from '../sessions/perform.ts'
import { handOut } from '../sessions/trail.ts'
import type { Work } from '../sessions/work.ts'
import { canonical, digestFacts } from './digest.ts'
import { type AskedTarget, type Gathered, gather, type Sources } from './gather.ts'
import { linkPullRequest } from './link.ts'
import { remember } from './remember.ts'
import { noteRename } from './renamed.ts'

export interface Asked extends Gathered {
  readonly decision: Decision
  /** Equal for two questions between which nothing changed, neither outside nor in the record. */
  readonly fingerprint: string
}

/** @throws GitHubError, GitError, StoreError */
export async function askNext(target: AskedTarget, sources: Sources): Promise<Asked> {
  const gathered = await gatherUnderOneName(target, sources)
  const { input } = gathered
  const decision = decideInDoubt(input)
  const asked = { ...gathered, decision, fingerprint: fingerprintOf(decision, input) }
  await learnPullRequest(asked, sources)
  if (holds(asked, sources.runId)) await note(asked, sources)
  if (decision.state === 'asked_to_stop') await answerStop(asked, sources)
  return asked
}

/** A target without a record may have one under a name that its repository had before. */
async function gatherUnderOneName(target: AskedTarget, sources: Sources): Promise<Gathered> {
  const gathered = await gather(target, sources)
  if (gathered.view.record !== null) return gathered
  const { repository } = gathered.input.facts
  const renamed = await noteRename(gathered.input.target, repository.id, sources.ownership.store)
  return renamed ? gather(target, sources) : gathered
}

/** A run that died between making its pull request and noting it finds it again here. */
async function learnPullRequest({ unlinkedIssue, input }: Asked, { runId, ownership }: Sources): Promise<void> {
  const holder = unlinkedIssue?.view.holder
  if (!unlinkedIssue || !holder || holder.runId !== runId) return
  await linkPullRequest(input.target.number, { ...unlinkedIssue, runId, token: holder.token, ownership })
}

function holds({ view, decision }: Asked, runId: string | null): boolean {
  return runId !== null && view.holder?.runId === runId && decision.actor !== 'stop'
}

/** Who asks at a safe point and is told to stop has seen the request; whoever made it need not take over. */
async function answerStop({ input, view }: Asked, { ownership }: Sources): Promise<void> {
  if (view.holder === null) return
  const { runId, token } = view.holder
  await acknowledgeStop(input.target, { runId, token }, ownership)
}

async function note(asked: Asked, sources: Sources): Promise<void> {
  const { input, decision, view } = asked
  const { holder } = view
  if (holder === null) return
  const acting = { target: input.target, runId: holder.runId, token: holder.token, ownership: sources.ownership }
  // What is in doubt is no decision: a wait that was begun goes on as if nothing had been asked.
  if (!isInDoubt(decision)) await rememberDecision(asked, acting, sources)
  // A process keeps its own lease alive; a run that only asks from time to time could not.
  if (decision.actor === 'wait' && holder.process === null && decision.wait !== undefined) {
    const parkMs = Math.max(0, decision.wait.untilMs - input.nowMs) + PARK_MARGIN_MS
    await parkTarget(input.target, { runId: holder.runId, token: holder.token, parkMs }, sources.ownership)
  }
}

async function rememberDecision(
  asked: Asked,
  acting: Parameters<typeof changeWork>[0],
  { keepFacts }: Sources,
): Promise<void> {
  const { input, decision } = asked
  const links = linksOf(asked)
  const trail = trailOf(input, decision)
  const factsDigest = await keepFacts(input)
  await changeWork(acting, (work) => {
    const remembered = remember(work, decision, { links, trail, factsDigest, nowMs: input.nowMs })
    if (remembered === work) return { work, entry: null, result: null }
    return { work: remembered, entry: { type: 'decision', ...remembered.decision }, result: null }
  })
}

/** From the trail that the decision was made with: what ended with an earlier claim is not in it. */
function trailOf(input: DecisionInput, { state, step, actor, facts }: Decision): Work['trail'] {
  const goesOn = actor === 'command' || actor === 'agent' || actor === 'wait'
  if (step === null || !goesOn) return input.work.trail
  return handOut(input.work.trail, stepOf(input, { state, step, by: actor, head: facts.head }))
}

function linksOf({ input, branch }: Asked) {
  const { facts } = input
  const closing = facts.kind === 'pull_request' ? input.holdings.issue?.number : null
  return {
    repositoryId: facts.repository.id,
    issue: facts.kind === 'issue' ? (facts.issue?.number ?? null) : (closing ?? null),
    pr: facts.kind === 'pull_request' ? (facts.pr?.number ?? null) : null,
    branch,
    worktree: input.local?.worktree ?? null,
  }
}

function fingerprintOf(decision: Decision, { facts, local, work }: DecisionInput): string {
  const { state, step, actor } = decision
  const world = digestFacts(facts, local)
  return canonical([state, step, actor, world, work.budgets, work.verdicts, work.answers, work.intents.length])
}
