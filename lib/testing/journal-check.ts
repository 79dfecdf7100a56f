/**
 * Does the journal of a key tell exactly what was committed: every success once and in its place, nothing
 * that was refused, and each call without answer at most once?
 *
 * It says more than the answers alone: a change that was lost, or applied twice, after everybody had
 * looked away stands here.
 */
import type { JournalEntry, Versioned } from '../store/store.ts'
import type { Operation } from './history.ts'
import type { RegisterOp, RegisterResult } from './register-model.ts'

export interface Kept {
  readonly journal: readonly JournalEntry[]
  readonly last: Versioned | null
}

/** Entries are numbered from 1 without a gap. @returns what is wrong, in words */
export function checkOrder(key: string, { journal }: Kept): readonly string[] {
  const gap = journal.findIndex(({ sequence }, index) => sequence !== index + 1)
  return gap < 0 ? [] : [`${key}: entry ${gap + 1} of the journal has the sequence ${journal[gap]?.sequence}`]
}

/** Of a register. @returns what is wrong, in words */
export function checkJournal(
  key: string,
  history: readonly Operation<RegisterOp, RegisterResult>[],
  { journal, last }: Kept,
): readonly string[] {
  const told = journal.map(({ entry }) => JSON.stringify(entry))
  const swaps = history.filter((operation) => operation.key === key && operation.op.kind === 'swap')
  const problems: string[] = []

  if ((told.at(-1) ?? 'null') !== JSON.stringify(last?.value ?? null)) {
    problems.push(`${key}: the last entry of the journal is not that of the last value`)
  }
  for (const { id, op, result } of swaps) {
    const times = op.kind === 'swap' ? told.filter((each) => each === JSON.stringify(op.value)).length : 0
    const [least, most, what] = expectedTimes(result)
    if (times < least || times > most) problems.push(`${key}: the journal has ${what} ${id} ${times} times`)
  }
  const known = new Set(swaps.map(({ op }) => (op.kind === 'swap' ? JSON.stringify(op.value) : '')))
  const strangers = told.filter((each) => !known.has(each))
  if (strangers.length > 0) problems.push(`${key}: nobody wrote ${strangers.slice(0, 3).join(' and ')}`)
  return problems
}

function expectedTimes(result: RegisterResult | null): readonly [least: number, most: number, what: string] {
  if (result === null) return [0, 1, 'the unanswered']
  const committed = result.kind === 'swap' && result.version !== null
  return committed ? [1, 1, 'the committed'] : [0, 0, 'the refused']
}
