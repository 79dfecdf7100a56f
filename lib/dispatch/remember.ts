/**
 * What a decision leaves behind in the work of the run that asked for it: pure.
 *
 * The beginning of a wait is kept from one question to the next, so that its end is counted from there
 * and not from the last question. A repair that is handed out for a head counts against its budget
 * once, however often the same question is asked.
 */
import type { Decision } from '../loop/decision.ts'
import { isBudgeted, spendBudget } from '../sessions/budgets.ts'
import type { DecisionNote, Work } from '../sessions/work.ts'

export interface Links {
  readonly repositoryId: string
  readonly issue: number | null
  readonly pr: number | null
  readonly branch: string | null
  readonly worktree: string | null
}

/** @returns the same object when there is nothing new to remember */
export function remember(
  work: Work,
  decision: Decision,
  { links, trail, factsDigest, nowMs }: { links: Links; trail: Work['trail']; factsDigest: string; nowMs: number },
): Work {
  const next: Work = {
    ...work,
    repositoryId: links.repositoryId,
    issue: links.issue ?? work.issue,
    pr: links.pr ?? work.pr,
    branch: links.branch ?? work.branch,
    worktree: links.worktree,
    wait: waitOf(work, decision, nowMs),
    trail,
    decision: firstNote(work.decision, noteOf(decision, factsDigest, nowMs)),
  }
  const counted = handedOut(next, decision)
  return same(counted, work) ? work : counted
}

/** A decision as it is journaled, alone or with the intent that it leads to. */
export function noteOf({ step, state, because }: Decision, factsDigest: string, atMs: number): DecisionNote {
  return { step: step ?? 'none', state, because: [...because], factsDigest, atMs }
}

/** Decided again from the same facts, it keeps the instant at which it was decided first. */
function firstNote(earlier: DecisionNote | null, note: DecisionNote): DecisionNote {
  return earlier !== null && same({ ...note, atMs: earlier.atMs }, earlier) ? earlier : note
}

function handedOut(work: Work, { actor, step, facts }: Decision): Work {
  if (actor !== 'agent' || step === null || !isBudgeted(step)) return work
  return spendBudget(work, step, { head: facts.head, started: false })
}

/** A wait that is over stays over: the same state, asked about again, is not waited for anew. */
function waitOf(work: Work, decision: Decision, nowMs: number): Work['wait'] {
  const { head } = decision.facts
  if (work.wait?.state === decision.state && work.wait.head === head) return work.wait
  return decision.actor === 'wait' ? { state: decision.state, head, sinceMs: nowMs } : null
}

function same<Value extends Work | DecisionNote>(a: Value, b: Value): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
