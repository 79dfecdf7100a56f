/**
 * The one question: what is the next step for this target, and may this run take it?
 *
 * What was concluded (consider.ts) is given here everything that is needed to act on it: the command or
 * the prompt, the evidence, the end of a wait. Nothing here looks at a clock, a file or GitHub.
 */
import { reduceLocal } from '../facts/local-evidence.ts'
import type { Holder } from '../ownership/service.ts'
import { askAgain, commandFor, isCommandStep } from './commands.ts'
import { type Considered, consider, isRedirected } from './consider.ts'
import type { DecidedWait, Decision, DecisionInput } from './decision.ts'
import { digestFacts } from './digest.ts'
import { whyBlocked } from './gate-steps.ts'
import { classify } from './machine.ts'
import { attempt } from './machines/attempt.ts'
import { cleanup } from './machines/cleanup.ts'
import { issue as issueMachine } from './machines/issue.ts'
import { local } from './machines/local.ts'
import { ownership } from './machines/ownership.ts'
import { policy } from './machines/policy.ts'
import { pullRequest } from './machines/pull-request.ts'
import { recovery } from './machines/recovery.ts'
import { awaitedBy, ENDS_WHEN, type WaitingReason, waiting } from './machines/waiting.ts'
import { listMissing } from './missing.ts'
import type { Stage } from './precedence.ts'
import { isAgentStep, promptFor } from './prompts.ts'
import { isEndless, ownBranchOf } from './readings/ownership.ts'
import type { Reading } from './readings/target.ts'
import { atTheEndOf } from './waits.ts'

export function decide(input: DecisionInput): Decision {
  return describe(consider(input))
}

function describe(considered: Considered): Decision {
  const { input, reading, decided, actor, step } = considered
  const wait = waitOf(considered)
  const evidence = evidenceOf(considered)
  return {
    target: reading.target,
    state: decided.state,
    step,
    actor,
    ...(actor === 'command' && step !== null ? { command: argvOf(step, considered) } : {}),
    ...(actor === 'agent' && step !== null ? { prompt: promptOf(step, evidence, considered) } : {}),
    ownership: ownershipOf(input, decided.state),
    because: becauseOf(considered),
    missing: [...listMissing(decided, step, { input, reading }), ...freshLook(actor, input)],
    evidence,
    facts: digestFacts(input, reading, considered.local.state),
    waitingFor: reasonOf(considered),
    ...(wait ? { wait } : {}),
  }
}

function becauseOf(considered: Considered): readonly string[] {
  const { passed, decided, reading } = considered
  const fired = [...passed, ...innerOf(decided, reading), decided, ...redirectedBy(considered)]
  return fired.map(({ rule }) => rule)
}

function redirectedBy(considered: Considered): readonly { readonly rule: string }[] {
  const { may, progress } = considered
  if (!isRedirected(considered)) return []
  return may.state === 'stuck' ? [progress, may] : [may]
}

/** The machines whose states the gates read as facts. */
function innerOf({ name }: Stage, { pullRequest }: Reading): readonly { readonly rule: string }[] {
  return name === 'gates' && pullRequest ? [pullRequest.ci, pullRequest.review] : []
}

function reasonOf({ actor, step, may }: Considered): WaitingReason {
  const awaited = actor === 'wait' && step !== null ? awaitedBy(step) : 'nothing'
  const gaveUp = may.state === 'budget_spent' || may.state === 'wait_over' || may.state === 'stuck'
  return classify(waiting, { actor, awaited, gaveUp }).state
}

/** What follows at its end is decided like everything else, from the same facts at that later instant. */
function waitOf({ actor, step, wait, input, decided, reading }: Considered): DecidedWait | null {
  if (actor !== 'wait' || step === null || wait === null) return null
  const later = consider(atTheEndOf(wait, { input, reading, state: decided.state }))
  const { untilMs, pollMs } = wait
  const afterwards = { state: later.decided.state, step: later.step, actor: later.actor }
  return { endsWhen: ENDS_WHEN[awaitedBy(step)], untilMs, pollMs, afterwards }
}

function isOfSweep({ facts }: DecisionInput): boolean {
  return facts.kind === 'pull_request' && facts.origin === 'sweep'
}

/** Facts of a sweep say who has the next step; whoever takes it looks at the target itself first. */
function freshLook(actor: Decision['actor'], input: DecisionInput): readonly string[] {
  return isOfSweep(input) && (actor === 'command' || actor === 'agent') ? ['fresh_observation'] : []
}

function argvOf(step: string, { input, reading }: Considered): readonly string[] {
  if (!isCommandStep(step)) throw new Error(`no command takes the step ${step}`)
  const words = {
    target: reading.target,
    you: input.you,
    head: reading.head,
    issue: input.holdings.issue?.number ?? null,
    ownBranch: ownBranchOf(input),
    pullRequest: reading.linkedPullRequest,
  }
  return isOfSweep(input) ? askAgain(words) : commandFor(step, words)
}

function promptOf(step: string, evidence: readonly string[], { input, reading, budget }: Considered) {
  if (!isAgentStep(step)) throw new Error(`no prompt is known for the step ${step}`)
  const issue = input.facts.kind === 'issue' ? input.facts.issue : null
  return promptFor(step, { input, target: reading.target, evidence, budget, pullRequest: reading.pullRequest, issue })
}

function evidenceOf({
  input,
  reading,
  decided,
  local: localNow,
  budget,
  progress,
  may,
}: Considered): readonly string[] {
  const uncommitted = reduceLocal(input.local, null, null).tree === 'uncommitted'
  const spent =
    may.state === 'budget_spent' && budget ? [`budget_spent: ${budget.key} ${budget.used} of ${budget.limit}`] : []
  const over = may.state === 'wait_over' ? ['waited_too_long'] : []
  const round = may.state === 'stuck' ? [`${progress.state}: ${stepsOf(input)}`] : []
  const here = uncommitted && localNow.state !== 'no_worktree' ? ['uncommitted_work'] : []
  const strayed = (input.local?.strayed ?? []).map((branch) => `pushed_elsewhere: ${branch}`)
  const unrelated = localNow.state === 'history_unrelated' ? ['history_unrelated'] : []
  const blocked = whyBlocked(decided.row.next?.step ?? null, reading.head, input.work)
  return [
    ...new Set([...spent, ...over, ...round, ...blocked, ...input.work.evidence, ...here, ...unrelated, ...strayed]),
  ]
}

/** The last steps, oldest first; names of our tables only. */
function stepsOf({ work }: DecisionInput): string {
  return work.trail
    .slice(-6)
    .map(({ step }) => step)
    .join(', ')
}

/** Whoever stands in the way is named: the holder of the branch or the issue, if it is one of these. */
function ownershipOf({ holdings, you, nowMs }: DecisionInput, state: string): Decision['ownership'] {
  const { target, branch } = holdings
  const issue = holdings.issue?.holder ?? null
  const named: Readonly<Record<string, Holder | null>> = {
    branch_held_by_other: branch,
    issue_held_by_other: issue,
    held_without_end: [target, branch, issue].find((one) => one && one.runId !== you && isEndless(one, nowMs)) ?? null,
  }
  const holder = named[state] ?? target
  return {
    holder: holder?.runId ?? null,
    you,
    token: holder?.token ?? null,
    endsInMs: holder?.endsInMs ?? null,
  }
}

/** Every machine whose steps a decision can hand out. */
export const DECIDING = {
  cleanup,
  ownership,
  recovery,
  policy,
  local,
  gates: pullRequest,
  issue: issueMachine,
  attempt,
}
