/**
 * The one question: what is the next step for this target, and may this run take it?
 *
 * Each machine says what it would do; the order in precedence.ts says which of them has the word; the
 * machine `attempt` says whether that may be done now. Nothing here looks at a clock, a file or GitHub.
 */
import { reduceLocal } from '../facts/local-evidence.ts'
import type { Holder } from '../ownership/service.ts'
import { type BudgetReading, isBudgeted, readBudget } from '../sessions/budgets.ts'
import { askAgain, commandFor, isCommandStep } from './commands.ts'
import type { Decision, DecisionInput } from './decision.ts'
import { digestFacts } from './digest.ts'
import { whyBlocked } from './gate-steps.ts'
import { type Classified, classify, type FactsOf } from './machine.ts'
import { type AttemptState, attempt } from './machines/attempt.ts'
import { cleanup } from './machines/cleanup.ts'
import { issue as issueMachine } from './machines/issue.ts'
import { type LocalState, local } from './machines/local.ts'
import { ownership } from './machines/ownership.ts'
import { policy } from './machines/policy.ts'
import { pullRequest } from './machines/pull-request.ts'
import { recovery } from './machines/recovery.ts'
import { listMissing } from './missing.ts'
import { firstWithStep, HOUSEKEEPING, type Stage, stage, stageIn } from './precedence.ts'
import { isAgentStep, promptFor } from './prompts.ts'
import { isEndless, ownBranchOf, readCleanupFacts, readIntents, readOwnershipFacts } from './readings/ownership.ts'
import { type Reading, read } from './readings/target.ts'
import { waitFor } from './waits.ts'

export function decide(input: DecisionInput): Decision {
  const reading = read(input)
  const localNow = classify(local, localFacts(input))
  const { decided, passed } = firstWithStep(stagesOf(input, reading, localNow))
  const budget = budgetOf(decided, input, reading)
  const may = classify(attempt, attemptFacts(decided, { input, reading, localNow, budget }))
  const because = [...passed, ...innerOf(decided, reading), decided, ...(REDIRECTED.includes(may.state) ? [may] : [])]

  return build({ input, reading, localNow, decided, budget, may, because: because.map(({ rule }) => rule) })
}

/** Where the step that a state asks for is not the one that is taken. */
const REDIRECTED: readonly AttemptState[] = ['wait_over', 'fork_not_allowed', 'budget_spent', 'worktree_needed']

/** The machines whose states the gates read as facts. */
function innerOf({ name }: Stage, { pullRequest }: Reading): readonly { readonly rule: string }[] {
  return name === 'gates' && pullRequest ? [pullRequest.ci, pullRequest.review] : []
}

type Stages = readonly (() => Stage)[]

function stagesOf(input: DecisionInput, reading: Reading, localNow: Classified<LocalState>): Stages {
  if (reading.life === 'missing') return [reading.work]
  if (reading.life === 'over') return [() => stage('cleanup', cleanup, readCleanupFacts(input))]
  return [
    () => stage('ownership', ownership, readOwnershipFacts(input)),
    () => stage('recovery', recovery, { intents: readIntents(input) }),
    () => stage('policy', policy, { policy: input.policy.ok ? 'read' : 'unreadable' }),
    () => stageIn('local', local, localNow),
    reading.work,
  ]
}

function localFacts({ facts, local: seen }: DecisionInput): FactsOf<typeof local> {
  const head = facts.kind === 'pull_request' ? (facts.pr?.head ?? null) : null
  return reduceLocal(seen, head?.branch ?? null, head?.sha ?? null)
}

interface Weighed {
  readonly input: DecisionInput
  readonly reading: Reading
  readonly localNow: Classified<LocalState>
  readonly budget: BudgetReading | null
}

function budgetOf({ name, row }: Stage, input: DecisionInput, reading: Reading): BudgetReading | null {
  const step = row.next?.step
  if (step === undefined || !isBudgeted(step) || !input.policy.ok || HOUSEKEEPING.includes(name)) return null
  return readBudget(input.work, step, { head: reading.head, budgets: input.policy.value.budgets })
}

function attemptFacts(decided: Stage, { input, reading, localNow, budget }: Weighed): FactsOf<typeof attempt> {
  const fork = reading.pullRequest?.pr.isCrossRepository === true && !input.allowFork
  const touches = !HOUSEKEEPING.includes(decided.name)
  return {
    by: decided.row.next?.by ?? 'nobody',
    fork: fork && touches ? 'forbidden' : 'own_or_allowed',
    budget: budget === null ? 'none' : budget.spent ? 'spent' : 'left',
    worktree: localNow.state === 'no_worktree' ? 'absent' : 'present',
    waited: waitFor(decided, { input, reading })?.over ? 'over' : 'within',
  }
}

interface Parts extends Weighed {
  readonly decided: Stage
  readonly may: Classified<AttemptState>
  readonly because: readonly string[]
}

function build(parts: Parts): Decision {
  const { input, reading, decided, because } = parts
  const { actor, step } = actionOf(parts)
  const wait = actor === 'wait' ? waitFor(decided, { input, reading }) : null
  const evidence = evidenceOf(parts)
  return {
    target: reading.target,
    state: decided.state,
    step,
    actor,
    ...(actor === 'command' && step !== null ? { command: argvOf(step, parts) } : {}),
    ...(actor === 'agent' && step !== null ? { prompt: promptOf(step, evidence, parts) } : {}),
    ownership: ownershipOf(input, decided.state),
    because,
    missing: [...listMissing(decided, step, { input, reading }), ...freshLook(actor, input)],
    evidence,
    facts: digestFacts(input, reading, parts.localNow.state),
    ...(wait ? { wait: { untilMs: wait.untilMs, pollMs: wait.pollMs } } : {}),
  }
}

function isOfSweep({ facts }: DecisionInput): boolean {
  return facts.kind === 'pull_request' && facts.origin === 'sweep'
}

/** Facts of a sweep say who has the next step; whoever takes it looks at the target itself first. */
function freshLook(actor: Decision['actor'], input: DecisionInput): readonly string[] {
  return isOfSweep(input) && (actor === 'command' || actor === 'agent') ? ['fresh_observation'] : []
}

/** What the machine `attempt` makes of the step that a state asks for. */
function actionOf({ may, decided }: Parts): Pick<Decision, 'actor' | 'step'> {
  const asked = decided.row.next?.step ?? null
  const instead = attempt.states[may.state].next
  if (may.state === 'nothing_to_do') return { actor: 'done', step: null }
  if (may.state === 'ends') return { actor: 'stop', step: asked }
  if (!instead) return { actor: 'human', step: asked }
  return { actor: instead.by, step: instead.step === 'as_asked' ? asked : instead.step }
}

function argvOf(step: string, { input, reading }: Parts): readonly string[] {
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

function promptOf(step: string, evidence: readonly string[], { input, reading, budget }: Parts) {
  if (!isAgentStep(step)) throw new Error(`no prompt is known for the step ${step}`)
  const issue = input.facts.kind === 'issue' ? input.facts.issue : null
  return promptFor(step, { input, target: reading.target, evidence, budget, pullRequest: reading.pullRequest, issue })
}

function evidenceOf({ input, reading, decided, localNow, budget, may }: Parts): readonly string[] {
  const uncommitted = reduceLocal(input.local, null, null).tree === 'uncommitted'
  const spent =
    may.state === 'budget_spent' && budget ? [`budget_spent: ${budget.key} ${budget.used} of ${budget.limit}`] : []
  const over = may.state === 'wait_over' ? ['waited_too_long'] : []
  const here = uncommitted && localNow.state !== 'no_worktree' ? ['uncommitted_work'] : []
  const strayed = (input.local?.strayed ?? []).map((branch) => `pushed_elsewhere: ${branch}`)
  const unrelated = localNow.state === 'history_unrelated' ? ['history_unrelated'] : []
  const blocked = whyBlocked(decided.row.next?.step ?? null, reading.head, input.work)
  return [...new Set([...spent, ...over, ...blocked, ...input.work.evidence, ...here, ...unrelated, ...strayed])]
}

/** Whoever stands in the way is named: the holder of the branch or the issue, if it is one of these. */
function ownershipOf({ holdings, you }: DecisionInput, state: string): Decision['ownership'] {
  const { target, branch } = holdings
  const issue = holdings.issue?.holder ?? null
  const named: Readonly<Record<string, Holder | null>> = {
    branch_held_by_other: branch,
    issue_held_by_other: issue,
    held_without_end: [target, branch, issue].find((one) => one && one.runId !== you && isEndless(one)) ?? null,
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
