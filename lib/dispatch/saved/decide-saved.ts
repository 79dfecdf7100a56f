/** Decides from a file what was, or would have been, decided when it was saved: the clock is that of then. */
import type { Decision, DecisionInput } from '../../loop/decision.ts'
import { decideInDoubt } from '../../loop/in-doubt.ts'
import { readSaved } from './read-saved.ts'

/** @throws UsageError `facts_unreadable` */
export function decideSaved(file: string): { readonly decision: Decision; readonly input: DecisionInput } {
  const input = readSaved(file)
  return { decision: decideInDoubt(input), input }
}
