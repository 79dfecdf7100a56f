/**
 * The digest of what was seen. When it was observed is left out: two looks at the same world have the
 * same digest.
 */
import { createHash } from 'node:crypto'

export function digestFacts(facts: { readonly observedAt: string }, ...others: readonly unknown[]): string {
  const { observedAt: _, ...seen } = facts
  return createHash('sha256')
    .update(canonical([seen, ...others]))
    .digest('hex')
}

/** JSON with sorted keys, so that equal values have equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
