/** Is the run that holds a pull request shown on its head? Pure; compared with the facts of the last question. */
import { OWNER_CONTEXT } from '../facts/identity.ts'
import type { DecisionInput } from '../loop/decision.ts'

/**
 * @param description what the holder's status says
 * @returns the head to be marked; `null` when it is, when nothing is to be marked (a fork's is nobody's to touch unasked), or when that cannot be told:
 *   the checks are not known whole, or an earlier effect may still land
 */
export function headToMark({ facts, work }: Pick<DecisionInput, 'facts' | 'work'>, description: string): string | null {
  const pr = facts.kind === 'pull_request' ? facts.pr : null
  if (pr?.state !== 'OPEN' || pr.isCrossRepository || work.intents.length > 0) return null
  const { commit, contexts } = pr.checks
  if (commit !== pr.head.sha || !contexts.complete) return null
  const shown = contexts.items.some(
    (one) => one.type === 'status' && one.context === OWNER_CONTEXT && one.description === description,
  )
  return shown ? null : pr.head.sha
}
