/**
 * From what was observed to the conclusion: state, step, who takes it, and everything that led there.
 *
 * Each machine says what it would do; the order in precedence.ts says which of them has the word; the
 * machine `attempt` says whether that may be done now. What people and agents need to act on it is added
 * in next.ts, what they need to understand it in explain.ts.
 */
import { reduceLocal } from '../facts/local-evidence.ts'
import { type BudgetReading, isBudgeted, readBudget } from '../sessions/budgets.ts'
import type { Decision, DecisionInput } from './decision.ts'
import { type AskedOf, ask, classify, type FactsOf, type FactTable, type StateRow } from './machine.ts'
import { type AttemptState, attempt } from './machines/attempt.ts'
import { cleanup } from './machines/cleanup.ts'
import { local } from './machines/local.ts'
import { ownership } from './machines/ownership.ts'
import { policy } from './machines/policy.ts'
import { recovery } from './machines/recovery.ts'
import { stuck } from './machines/stuck.ts'
import { firstWithStep, HOUSEKEEPING, type Stage, type StageName, stage, stageIn } from './precedence.ts'
import { readCleanupFacts, readIntents, readOwnershipFacts } from './readings/ownership.ts'
import { type NextStep, readStuck } from './readings/stuck.ts'
import { type Reading, read } from './readings/target.ts'
import { type Wait, waitFor } from './waits.ts'

export interface Considered {
  readonly input: DecisionInput
  readonly reading: Reading
  readonly local: AskedOf<typeof local>
  /** The stages that let the word pass on, in order. */
  readonly passed: readonly Stage[]
  readonly decided: Stage
  readonly budget: BudgetReading | null
  /** Of the stage that decided, when it waits; it may be over. */
  readonly wait: Wait | null
  readonly progress: AskedOf<typeof stuck>
  readonly may: AskedOf<typeof attempt>
  readonly actor: Decision['actor']
  readonly step: string | null
}

export function consider(input: DecisionInput): Considered {
  return conclude({ input, reading: read(input), local: ask(local, localFacts(input)) })
}

/** What would be concluded if the machine that decided had answered this instead, and all else were as it is. */
export function considerInstead(considered: Considered, decided: Stage): Considered {
  return conclude(considered, decided)
}

type Ground = Pick<Considered, 'input' | 'reading' | 'local'>

function conclude({ input, reading, local: localNow }: Ground, instead: Stage | null = null): Considered {
  const stages = stagesOf(input, reading, localNow).map(({ name, ask }) =>
    name === instead?.name ? () => instead : ask,
  )
  const { decided, passed } = firstWithStep(stages)
  const budget = budgetOf(decided, input, reading)
  const wait = waitFor(decided, { input, reading })
  const ground = { input, reading, local: localNow, decided, budget, wait }
  const free = attemptFacts(ground)
  const next = actionOf(decided, classify(attempt, free).state)
  const progress = ask(stuck, readStuck(input, nextStepOf(decided, reading, next), budget))
  const moves = stuck.states[progress.state].next === null
  const may = ask(attempt, { ...free, progress: moves ? 'moving' : 'stuck' })
  return { ...ground, passed, progress, may, ...actionOf(decided, may.state) }
}

/** Where the step that a state asks for is not the one that is taken. */
const REDIRECTED: readonly AttemptState[] = [
  'stuck',
  'wait_over',
  'fork_not_allowed',
  'budget_spent',
  'worktree_needed',
]

export function isRedirected({ may }: Pick<Considered, 'may'>): boolean {
  return REDIRECTED.includes(may.state)
}

type Stages = readonly { readonly name: StageName; readonly ask: () => Stage }[]

function stagesOf(input: DecisionInput, reading: Reading, localNow: AskedOf<typeof local>): Stages {
  const work = { name: input.facts.kind === 'issue' ? 'issue' : 'gates', ask: reading.work } as const
  if (reading.life === 'missing') return [work]
  if (reading.life === 'over')
    return [{ name: 'cleanup', ask: () => stage('cleanup', cleanup, readCleanupFacts(input)) }]
  return [
    { name: 'ownership', ask: () => stage('ownership', ownership, readOwnershipFacts(input)) },
    { name: 'recovery', ask: () => stage('recovery', recovery, { intents: readIntents(input) }) },
    { name: 'policy', ask: () => stage('policy', policy, { policy: input.policy.ok ? 'read' : 'unreadable' }) },
    { name: 'local', ask: () => stageIn('local', local, localNow) },
    work,
  ]
}

function localFacts({ facts, local: seen }: DecisionInput): FactsOf<typeof local> {
  const head = facts.kind === 'pull_request' ? (facts.pr?.head ?? null) : null
  return reduceLocal(seen, head?.branch ?? null, head?.sha ?? null)
}

function budgetOf({ name, row }: Stage, input: DecisionInput, reading: Reading): BudgetReading | null {
  const step = row.next?.step
  if (step === undefined || !isBudgeted(step) || !input.policy.ok || HOUSEKEEPING.includes(name)) return null
  return readBudget(input.work, step, { head: reading.head, budgets: input.policy.value.budgets })
}

type Weighed = Pick<Considered, 'input' | 'reading' | 'local' | 'decided' | 'budget' | 'wait'>

function attemptFacts({ input, reading, local, decided, budget, wait }: Weighed): FactsOf<typeof attempt> {
  const fork = reading.pullRequest?.pr.isCrossRepository === true && !input.allowFork
  const touches = !HOUSEKEEPING.includes(decided.name)
  return {
    by: decided.row.next?.by ?? 'nobody',
    fork: fork && touches ? 'forbidden' : 'own_or_allowed',
    budget: budget === null ? 'none' : budget.spent ? 'spent' : 'left',
    worktree: local.state === 'no_worktree' ? 'absent' : 'present',
    waited: wait?.over ? 'over' : 'within',
    progress: 'moving',
  }
}

function nextStepOf({ state }: Stage, { head }: Reading, { step, actor }: Action): NextStep | null {
  const goesOn = actor === 'command' || actor === 'agent' || actor === 'wait'
  return step !== null && goesOn ? { state, step, by: actor, head } : null
}

type Action = Pick<Considered, 'actor' | 'step'>

/** What the machine `attempt` makes of the step that a state asks for. */
export function actionOf({ row }: Stage, may: string): Action {
  const asked = row.next?.step ?? null
  const states: Readonly<Record<string, Pick<StateRow<FactTable, string>, 'next'>>> = attempt.states
  const instead = states[may]?.next
  if (may === 'nothing_to_do') return { actor: 'done', step: null }
  if (may === 'ends') return { actor: 'stop', step: asked }
  if (!instead) return { actor: 'human', step: asked }
  return { actor: instead.by, step: instead.step === 'as_asked' ? asked : instead.step }
}
