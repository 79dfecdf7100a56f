/**
 * What the users of a store under check were told, by kind of answer: it shows whether they met what they were
 * to meet.
 */
import { historiesIn } from './contest.ts'
import { readFailures, readHistory } from './history.ts'
import { HISTORIES } from './module.ts'
import type { OwnerOp, OwnerResult } from './owner-model.ts'
import type { PairOp, PairResult } from './pair-model.ts'

type Counts = Readonly<Record<string, number>>

export interface Answers {
  /**
   * What the rules of ownership answered, and how often, such as `claim: active_run_exists`; and of two records
   * in one step `both: changed` and `both: refused`.
   */
  readonly said: Counts
  /** What the store threw, and how often, when nobody can know whether the call took effect. */
  readonly failures: Counts
  /** The same when the failure proved that nothing was changed. */
  readonly refusals: Counts
}

/** @param folder with the histories, which may still be growing */
export function countAnswers(folder: string): Answers {
  const owners = readHistory<OwnerOp, OwnerResult>(historiesIn(folder, 'ownership'))
  const pairs = readHistory<PairOp, PairResult>(historiesIn(folder, 'pair'))
  const failures = readFailures(HISTORIES.flatMap((kind) => historiesIn(folder, kind)))
  return {
    said: countBy([
      ...owners.flatMap(({ op, result }) => (result ? `${op.kind}: ${result.said}` : [])),
      ...pairs.flatMap(({ result }) => (result?.kind === 'both' ? sayBoth(result) : [])),
    ]),
    failures: countBy(failures.filter(({ changedNothing }) => !changedNothing).map(({ failure }) => failure)),
    refusals: countBy(failures.filter(({ changedNothing }) => changedNothing).map(({ failure }) => failure)),
  }
}

function sayBoth({ versions }: PairResult & { kind: 'both' }): string {
  return versions === null ? 'both: refused' : 'both: changed'
}

function countBy(names: readonly string[]): Counts {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return Object.fromEntries(Object.entries(counts).sort())
}
