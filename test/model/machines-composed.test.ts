import { describe, expect, it } from 'vitest'
import { isCommandStep } from '../../lib/loop/commands.ts'
import { classify } from '../../lib/loop/machine.ts'
import { attempt } from '../../lib/loop/machines/attempt.ts'
import { firstWithStep, HOUSEKEEPING, ORDER, STAGES, type Stage, type StageName } from '../../lib/loop/precedence.ts'
import { isAgentStep } from '../../lib/loop/prompts.ts'
import { isBudgeted } from '../../lib/sessions/budgets.ts'
import { anyMachine, enumerate, everyCombination, mergedFacts } from './enumerate.ts'

/** Whether every machine before the last lets the work go on, and why not otherwise. */
const LETS_PASS: Readonly<Record<string, readonly string[]>> = {
  ownership: ['owned'],
  recovery: ['settled'],
  policy: ['policy_known'],
  local: ['settled', 'no_worktree'],
}

const REACHED = new Map<StageName, readonly string[]>()

function reachable(name: StageName): readonly string[] {
  const machine = anyMachine(STAGES[name])
  const known = REACHED.get(name) ?? [...enumerate(machine, mergedFacts(machine)).reached.keys()]
  REACHED.set(name, known)
  return known
}

interface Composed {
  readonly states: Readonly<Record<string, string>>
  readonly decided: Stage
  readonly facts: Parameters<typeof classify<typeof attempt.facts, string>>[1]
  readonly outcome: string
}

/** Leaves out what the tables themselves exclude: a budget of a step that has none, a wait of one that waits for nothing. */
function* composed(order: readonly StageName[]): Generator<Composed> {
  const lists = Object.fromEntries(order.map((name) => [name, reachable(name)]))
  for (const states of everyCombination(lists)) {
    const stages = order.map((name) => () => stageOf(name, String(states[name])))
    const { decided } = firstWithStep(stages)
    for (const facts of attemptsFor(decided, states.local === 'no_worktree')) {
      const named = Object.fromEntries(Object.entries(states).map(([name, state]) => [name, String(state)]))
      yield { states: named, decided, facts, outcome: classify(attempt, facts).state }
    }
  }
}

function stageOf(name: StageName, state: string): Stage {
  const row = anyMachine(STAGES[name]).states[state]
  if (!row) throw new Error(`${name} has no state ${state}`)
  return { name, state, rule: name, facts: {}, row }
}

/** Only what goes on can be stuck. */
const GOES_ON: readonly string[] = ['command', 'agent', 'wait']

function* attemptsFor({ name, row }: Stage, absent: boolean) {
  const housekeeping = HOUSEKEEPING.includes(name)
  const budgets =
    row.next && !housekeeping && isBudgeted(row.next.step) ? (['left', 'spent'] as const) : (['none'] as const)
  const waits = row.wait?.end === 'human' ? (['within', 'over'] as const) : (['within'] as const)
  const forks = housekeeping ? (['own_or_allowed'] as const) : (['own_or_allowed', 'forbidden'] as const)
  for (const budget of budgets) {
    for (const waited of waits) {
      for (const fork of forks) {
        const worktree = absent ? ('absent' as const) : ('present' as const)
        const by = row.next?.by ?? ('nobody' as const)
        const progresses = GOES_ON.includes(by) ? (['moving', 'stuck'] as const) : (['moving'] as const)
        for (const progress of progresses) yield { by, fork, budget, worktree, waited, progress }
      }
    }
  }
}

describe.each(Object.entries(ORDER))('composition for %s', (target, order: readonly StageName[]) => {
  const all = [...composed(order)]
  const last = order.at(-1) ?? 'cleanup'

  it('decides every combination, and is finite', () => {
    console.log(`${target}: ${all.length} combinations of ${order.join(' × ')} × budget × wait × fork × progress`)
    expect(all.length).toBeGreaterThan(0)
    expect(all.length).toBeLessThanOrEqual(2_000_000)
  })

  it('lets the work go on only when everything before it has passed', () => {
    const early = all.filter(({ decided, states }) => {
      const before = order.slice(0, order.indexOf(decided.name))
      return before.some((name) => !LETS_PASS[name]?.includes(states[name] ?? ''))
    })
    expect(early.slice(0, 3)).toEqual([])
  })

  it('starts no agent and touches no pull request for a run that does not own the target', () => {
    const wrong = all.filter(
      ({ decided, states, outcome }) =>
        states.ownership !== undefined &&
        states.ownership !== 'owned' &&
        (outcome === 'agent' || (outcome === 'command' && decided.row.next?.step !== 'claim')),
    )
    expect(wrong.slice(0, 3)).toEqual([])
  })

  it('starts no agent without budget, without a worktree, or on a fork that was not allowed', () => {
    const wrong = all.filter(
      ({ facts, outcome }) =>
        outcome === 'agent' && (facts.budget === 'spent' || facts.worktree === 'absent' || facts.fork === 'forbidden'),
    )
    expect(wrong.slice(0, 3)).toEqual([])
  })

  it('runs no command on a fork that was not allowed, apart from its own housekeeping', () => {
    const wrong = all.filter(
      ({ facts, decided, outcome }) =>
        facts.fork === 'forbidden' && !HOUSEKEEPING.includes(decided.name) && ['command', 'agent'].includes(outcome),
    )
    expect(wrong.slice(0, 3)).toEqual([])
  })

  it('is finished only where the last machine is', () => {
    const wrong = all.filter(
      ({ outcome, decided }) => outcome === 'nothing_to_do' && (decided.name !== last || decided.row.next !== null),
    )
    expect(wrong.slice(0, 3)).toEqual([])
  })

  it('asks a person once a budget is spent, a wait is over, or nothing gets on', () => {
    const wrong = all.filter(({ facts, outcome }) => {
      const ended = facts.budget === 'spent' || facts.waited === 'over' || facts.progress === 'stuck'
      return ended && !['budget_spent', 'wait_over', 'fork_not_allowed', 'stuck'].includes(outcome)
    })
    expect(wrong.slice(0, 3)).toEqual([])
  })

  it('hands every agent step to a prompt and every command step to a command', () => {
    const wrong = all.filter(({ decided, outcome }) => {
      const step = decided.row.next?.step ?? ''
      if (outcome === 'agent') return !isAgentStep(step)
      return outcome === 'command' && !isCommandStep(step)
    })
    expect(wrong.slice(0, 3)).toEqual([])
  })

  it('can leave every state of its last machine to somebody', () => {
    const decidedIn = new Set(all.filter(({ decided }) => decided.name === last).map(({ decided }) => decided.state))
    expect(reachable(last).filter((state) => !decidedIn.has(state))).toEqual([])
  })
})
