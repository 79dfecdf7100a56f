/**
 * What an agent and a reviewer may report, and nothing else. Pure.
 *
 * A report is a claim: it carries summaries and answers, and never decides whether something was done
 * (see evidence.ts). A reviewer's report is read strictly, because an empty list of findings is a clean
 * verdict: half of one, prose or silence must never look like it.
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

export const SEVERITIES = ['must-fix', 'worth-fixing-now', 'defer'] as const

export const ReviewFinding = z.strictObject({
  severity: z.enum(SEVERITIES),
  angle: Text.max(100),
  summary: Text.max(5000),
  files: z.array(Text.max(1000)).max(200),
})
export type ReviewFinding = z.infer<typeof ReviewFinding>

export const ReviewFindings = z.strictObject({ schema: z.literal(1), findings: z.array(ReviewFinding).max(500) })
export type ReviewFindings = z.infer<typeof ReviewFindings>

/** @param result parsed JSON of the result file; `null` when there was none */
export function parseAgentResult(result: unknown): Outcome<AgentResult, { where?: string }> {
  return parse(AgentResult, result, '{"schema":1,"summary":"…","answers":[{"thread":"…","body":"…"}]}')
}

/** @param result parsed JSON of the result file; `null` when there was none: the reviewer was silent */
export function parseReviewFindings(result: unknown): Outcome<readonly ReviewFinding[], { where?: string }> {
  const example = '{"schema":1,"findings":[{"severity":"must-fix","angle":"…","summary":"…","files":["…"]}]}'
  const parsed = parse(ReviewFindings, result, example)
  return parsed.ok ? accept(parsed.value.findings) : parsed
}

function parse<Value>(schema: z.ZodType<Value>, result: unknown, example: string): Outcome<Value, { where?: string }> {
  if (result === null || result === undefined) {
    return refuse('agent_failed', `no result was written to $DEV_LOOPS_RESULT; it must hold ${example}`)
  }

  const parsed = schema.safeParse(result)
  if (parsed.success) return accept(parsed.data)
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') ?? ''
  return refuse(
    'agent_failed',
    `the result cannot be used (${where || 'whole'}: ${issue?.message}); it must hold ${example}`,
    {
      where,
    },
  )
}
