/**
 * What the failed checks of a commit tell a repairer about the one before: the same failure again, and the
 * file that it did not find.
 *
 * Stuck detection reads it, and so may whoever repairs, so that no two disagree about what is a new failure.
 */
import { failedChecks } from './ci.ts'
import { fingerprint } from './fingerprint.ts'
import type { ChecksFact } from './pull-request.ts'

/** A report begins with what failed; what follows is mostly the log of this one run. */
const READ_CHARACTERS = 1_000

/**
 * The same for two heads on which the same checks failed for the same reason, whatever numbers, times and
 * commits their summaries name. A number in the name of a check tells it from others, so names stay as they are.
 *
 * @returns a line for each failed check; `null` when nothing failed
 */
export function failureSignature(checks: ChecksFact): string | null {
  const failed = failedChecks(checks)
  const lines = failed.map(({ name, summary }) => `${name} ${fingerprint((summary ?? '').slice(0, READ_CHARACTERS))}`)
  return failed.length === 0 ? null : lines.join('\n')
}

/** @returns the first file that a failed check says it did not find; `null` when none says so */
export function missingFile(checks: ChecksFact): string | null {
  const named = failedChecks(checks).map(({ summary }) => missingIn(summary ?? ''))
  return named.find((file) => file !== null) ?? null
}

function missingIn(text: string): string | null {
  const found = /(?:ENOENT|no such file or directory)[^'"`\n]{0,80}['"`]([^'"`\n]{1,200})['"`]/i.exec(text)
  return found?.[1] ?? null
}
