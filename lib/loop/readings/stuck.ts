/**
 * The trail of a run, and the step that would be next, as the facts of the machine `stuck`.
 *
 * What is compared is what is evident of the work: failures, open threads, verdicts, the state of the
 * worktree. Times, ids of check runs and commits of the base are left out, because they change by
 * themselves while nothing gets better.
 */
import { failureSignature, missingFile } from '../../facts/failure.ts'
import { reduceLocal } from '../../facts/local-evidence.ts'
import type { BudgetReading } from '../../sessions/budgets.ts'
import { type Step, sameStep, TRAIL_WINDOW } from '../../sessions/trail.ts'
import type { TrailEntry } from '../../sessions/work.ts'
import { sha256Hex } from '../../sha256.ts'
import type { DecisionInput } from '../decision.ts'
import type { FactsOf } from '../machine.ts'
import type { stuck } from '../machines/stuck.ts'

/** So often a step without a budget may be tried, or come back, with the same evidence. */
const MOST_TRIES = 3
/** So many runs may die over one step with the same evidence. */
const MOST_DEATHS = 12

type StuckFacts = FactsOf<typeof stuck>

export interface NextStep {
  readonly state: string
  readonly step: string
  readonly by: TrailEntry['by']
  readonly head: string | null
}

/** @param next `null` when nothing would be done or waited for */
export function readStuck(input: DecisionInput, next: NextStep | null, budget: BudgetReading | null): StuckFacts {
  const { trail } = input.work
  const free: StuckFacts = {
    goesOn: next !== null,
    repeat: false,
    budget: budgetIn(budget, 0),
    cycle: 'none',
    heads: 'forward',
    missingFile: false,
  }
  // Most decisions are made for runs that have just begun, and what is evident takes time to read.
  if (next === null || trail.length === 0) return free

  const step = stepOf(input, next)
  const last = trail.at(-1)
  const again = last !== undefined && sameStep(last, step)
  const steps = (again ? trail : [...trail, step]).slice(-TRAIL_WINDOW)
  const tries = again ? triesOf(last, step) : 0
  const deaths = again ? last.claims - 1 : 0
  const tried = next.by !== 'wait' && (tries >= MOST_TRIES || deaths >= MOST_DEATHS)
  return {
    ...free,
    budget: budgetIn(budget, Math.max(tries, deaths)),
    repeat: tried || steps.filter((other) => sameStep(other, step)).length >= MOST_TRIES,
    cycle: cycleIn(steps),
    heads: alternate(steps) ? 'alternating' : 'forward',
    missingFile: steps.some(({ missing, head }) => missing !== null && missing === step.missing && head !== step.head),
  }
}

/** Running a gate costs budget only when its judge comes to no result: other tries of it are not left to that. */
function budgetIn(budget: BudgetReading | null, tries: number): StuckFacts['budget'] {
  if (budget === null) return 'none'
  if (budget.spent) return 'spent'
  return tries > budget.used ? 'none' : 'left'
}

function triesOf(last: TrailEntry, { token }: Step): number {
  return last.token === token ? last.tries : 0
}

/** A step as the trail keeps it. */
export function stepOf(input: DecisionInput, { state, step, by, head }: NextStep): Step {
  const { facts, local, work } = input
  const pr = facts.kind === 'pull_request' ? facts.pr : null
  const threads = pr?.threads.items.filter(({ isResolved }) => !isResolved) ?? []
  const evident = [
    pr?.state,
    pr?.isDraft,
    pr && failureSignature(pr.checks),
    threads.map(({ id, comments }) => [id, comments.total]),
    pr?.reviews.total,
    Object.values(work.verdicts).map((verdict) => verdict && [verdict.head, verdict.verdict, verdict.reason]),
    reduceLocal(local, null, null),
    [local?.head, local?.ahead, local?.untracked],
    [work.evidence, work.reviewUnavailable, work.pr],
  ]
  const evidence = sha256Hex(JSON.stringify(evident)).slice(0, 16)
  const missing = pr && missingFile(pr.checks)
  return { state, step, by, head, evidence, missing, token: input.holdings.target?.token ?? null }
}

function cycleIn(steps: readonly Step[]): StuckFacts['cycle'] {
  for (let length = 2; length * 2 <= steps.length; length++) {
    if (goesRound(steps, length, length * 2, sameStep)) return length === 2 ? 'two_steps' : 'more_steps'
  }
  if (steps.length < TRAIL_WINDOW || steps.some(({ by }) => by === 'agent')) return 'none'
  const alike = (a: Step, b: Step) => a.state === b.state && a.step === b.step
  for (let length = 2; length * 2 <= TRAIL_WINDOW; length++) {
    if (goesRound(steps, length, TRAIL_WINDOW, alike)) return 'unattended'
  }
  return 'none'
}

/** Whether the last `count` steps repeat with this length, and are more than one step over and over. */
function goesRound(
  steps: readonly Step[],
  length: number,
  count: number,
  same: (a: Step, b: Step) => boolean,
): boolean {
  const tail = steps.slice(-count)
  const repeats = tail.every((step, at) => {
    const before = tail[at - length]
    return before === undefined || same(before, step)
  })
  const [first, second] = tail
  return repeats && first !== undefined && second !== undefined && !same(first, second)
}

/** Two commits in turn, twice: somebody puts the branch back each time. */
function alternate(steps: readonly Step[]): boolean {
  const heads = steps.map(({ head }) => head).filter((head, at, all) => head !== null && head !== all[at - 1])
  const [a, b, c, d] = heads.slice(-4)
  return d !== undefined && a === c && b === d && a !== b
}
