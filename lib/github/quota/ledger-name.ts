/**
 * A ledger as the name of an empty file, and back: so that one rename is one change of it.
 */
import { type Budget, EMPTY_LEDGER, type Ledger } from './ledger.ts'

/** Of each quota: limit, remaining, taken, end of the window. `-` stands for "not known". */
const BUDGET = '(\\d+|-)_(\\d+|-)_(\\d+)_(\\d+)'
const NAME = new RegExp(`^ledger\\.(\\d+)\\.[a-z0-9]+~${BUDGET}~${BUDGET}~(\\d+)$`)

export interface NamedLedger {
  readonly name: string
  readonly version: number
  readonly ledger: Ledger
}

/** @param writeId makes the name new even when the ledger comes back to what it was before */
export function nameOf(ledger: Ledger, version: number, writeId: string): string {
  const { graphql, core, pausedUntilMs } = ledger
  return `ledger.${version}.${writeId}~${formatBudget(graphql)}~${formatBudget(core)}~${Math.ceil(pausedUntilMs)}`
}

export const FIRST_NAME = nameOf(EMPTY_LEDGER, 0, 'first')

/** @returns `null` for any other file, one of a later version of this product too */
export function parseName(name: string): NamedLedger | null {
  const match = NAME.exec(name)
  if (!match) return null
  const [version = '', ...fields] = match.slice(1)
  const ledger: Ledger = {
    graphql: parseBudget(fields.slice(0, 4)),
    core: parseBudget(fields.slice(4, 8)),
    pausedUntilMs: Number(fields[8]),
  }
  return { name, version: Number(version), ledger }
}

function formatBudget({ limit, remaining, taken, untilMs }: Budget): string {
  return [limit ?? '-', remaining ?? '-', Math.ceil(taken), Math.ceil(untilMs)].join('_')
}

function parseBudget([limit, remaining, taken, untilMs]: readonly string[]): Budget {
  return {
    limit: limit === '-' ? null : Number(limit),
    remaining: remaining === '-' ? null : Number(remaining),
    taken: Number(taken),
    untilMs: Number(untilMs),
  }
}
