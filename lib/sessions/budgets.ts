/**
 * How often a repair may be tried before a person is asked.
 *
 * A try is a commit that the step was handed out for, or an agent that was started; whichever are more
 * count. The commit at hand does not count against its own step: asking twice about the same head is
 * not trying twice. Running a gate has a budget too, spent only by judgements without a result.
 */
import type { Policy } from '../config/schema.ts'
import type { Budget, Work } from './work.ts'

type BudgetKey = keyof Policy['budgets']

const BUDGET_OF = {
  implement: 'implement',
  commit_work: 'implement',
  fix_checks: 'fixChecks',
  fix_gate: 'fixGate',
  address_review_feedback: 'addressFeedback',
  resolve_merge_conflicts: 'resolveConflicts',
  run_draft_gate: 'fixGate',
  reconcile_draft_gate: 'fixGate',
  run_pre_approval_gate: 'fixGate',
} as const satisfies Readonly<Record<string, BudgetKey>>

export type BudgetedStep = keyof typeof BUDGET_OF

const UNTOUCHED: Budget = { heads: [], attempts: 0 }

export interface BudgetReading {
  /** Key of the policy's `budgets`. */
  readonly key: BudgetKey
  readonly used: number
  readonly limit: number
  readonly spent: boolean
}

export function isBudgeted(step: string): step is BudgetedStep {
  return Object.hasOwn(BUDGET_OF, step)
}

/** @param head the commit that the step would be taken on; `null` when there is none yet */
export function readBudget(
  work: Pick<Work, 'budgets'>,
  step: BudgetedStep,
  { head, budgets }: { readonly head: string | null; readonly budgets: Policy['budgets'] },
): BudgetReading {
  const { heads, attempts } = work.budgets[step] ?? UNTOUCHED
  const used = Math.max(new Set(heads.filter((other) => other !== head)).size, attempts)
  const key = BUDGET_OF[step]
  return { key, used, limit: budgets[key], spent: used >= budgets[key] }
}

/** Notes that the step was handed out for this head, and whether an agent was started for it. */
export function spendBudget(
  work: Work,
  step: BudgetedStep,
  { head, started }: { readonly head: string | null; readonly started: boolean },
): Work {
  const { heads, attempts } = work.budgets[step] ?? UNTOUCHED
  const noted = head === null || heads.includes(head) ? heads : [...heads, head]
  const budget: Budget = { heads: noted, attempts: attempts + (started ? 1 : 0) }
  return { ...work, budgets: { ...work.budgets, [step]: budget } }
}
