/**
 * Writes everything that a decision was made from to a file that a person names, for `next --facts`.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { formatSaved } from '../dispatch/saved/saved-facts.ts'
import { UsageError } from '../errors.ts'
import type { DecisionInput } from '../loop/decision.ts'
import type { CommandContext } from './define.ts'
import { redact } from './redact.ts'

/**
 * @param input `null`: GitHub was not asked, because its quotas are spent
 * @throws UsageError `facts_not_written`; what the record remembers of the decision stays
 */
export function saveFacts(input: DecisionInput | null, file: string, { cwd, env }: CommandContext): void {
  const path = resolve(cwd, file)
  if (input === null)
    throw new UsageError('facts_not_written', 'nothing was observed, so there is nothing to save; ask again later')
  try {
    writeFileSync(
      path,
      formatSaved(input, (text) => redact(text, env)),
      { mode: 0o600 },
    )
  } catch (cause) {
    throw new UsageError('facts_not_written', `${path} cannot be written; name another file`, { file: path }, { cause })
  }
}
