/** Snapshots come from files that anybody may have written: one that does not fit is refused, never repaired. */
import type { z } from 'zod'
import { UsageError } from '../../errors.ts'

/** @throws UsageError `invalid_value` with the first field that does not fit */
export function parseSnapshot<Shape extends z.ZodType>(shape: Shape, raw: unknown): z.infer<Shape> {
  const parsed = shape.safeParse(raw)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue && issue.path.length > 0 ? issue.path.join('.') : 'the snapshot'
  throw new UsageError('invalid_value', `${where} does not fit: ${issue?.message ?? 'unknown'}`, { field: where })
}
