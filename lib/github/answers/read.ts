/** An answer is read by its schema once, at the edge; what does not fit is named by its path, not by its text. */
import type { z } from 'zod'
import { GitHubError } from '../../errors.ts'

/** @throws GitHubError `github_answer_invalid` */
export function readAnswer<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const read = schema.safeParse(answer)
  if (read.success) return read.data
  const paths = read.error.issues.slice(0, 5).map((issue) => issue.path.join('.') || '(root)')
  throw new GitHubError(
    'github_answer_invalid',
    `GitHub's answer is not what its schema promises, at ${paths.join(', ')}; try again, and check the base URL`,
    { paths },
  )
}
