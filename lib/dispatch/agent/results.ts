/**
 * What an agent may report, and nothing else. Pure.
 *
 * A report is a claim: it carries a summary and answers, and never decides whether something was done
 * (see evidence.ts). What a reviewer reports is read in lib/gates/read-review.ts.
 */
import { z } from 'zod'
import { accept, type Outcome, refuse } from '../../outcome.ts'

const Text = z.string().trim().min(1)

export const AgentResult = z.strictObject({
  schema: z.literal(1),
  summary: z.string().max(20_000),
  /** One for each review thread that was dealt with. */
  answers: z.array(z.strictObject({ thread: Text.max(200), body: Text.max(20_000) })).max(500),
})
export type AgentResult = z.infer<typeof AgentResult>

const EXAMPLE = '{"schema":1,"summary":"…","answers":[{"thread":"…","body":"…"}]}'

/** @param result parsed JSON of the result file; `null` when there was none */
export function parseAgentResult(result: unknown): Outcome<AgentResult, { where?: string }> {
  if (result === null || result === undefined) {
    return refuse('agent_failed', `no result was written to $DEV_LOOPS_RESULT; it must hold ${EXAMPLE}`)
  }

  const parsed = AgentResult.safeParse(result)
  if (parsed.success) return accept(parsed.data)
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') ?? ''
  const message = `the result cannot be used (${where || 'whole'}: ${issue?.message}); it must hold ${EXAMPLE}`
  return refuse('agent_failed', message, { where })
}
