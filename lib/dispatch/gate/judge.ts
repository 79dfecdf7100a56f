/**
 * Lets a fresh reviewer process look at one head, and concludes a verdict from what it reported.
 *
 * The reviewer works in a checkout of its own without a branch, with no token, and under a run id that
 * never held the target. Whatever it does but report findings (silence, prose, a crash) is `blocked`.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Preference } from '../../config/schema.ts'
import { UsageError } from '../../errors.ts'
import { readReview } from '../../gates/read-review.ts'
import type { Finding, Gate, ReviewReading } from '../../gates/verdict.ts'
import { withDetachedCheckout } from '../../git/detached-checkout.ts'
import type { GitAccess } from '../../git/run.ts'
import { buildReviewPrompt, type ReviewPromptInput } from '../agent/prompt.ts'
import { type AgentRun, startAgent } from '../agent/start.ts'

export interface JudgeRequest {
  readonly gate: Gate
  readonly prompt: ReviewPromptInput
  /** Branches of the remote that together hold the head and the base. */
  readonly branches: readonly string[]
}

export interface JudgeSetting {
  readonly agents: Preference['agents']
  readonly repoDir: string
  readonly git: GitAccess
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
  readonly onStarted: Parameters<typeof startAgent>[0]['onStarted']
}

export interface Judgement {
  readonly judgeRunId: string
  readonly reading: ReviewReading
}

const PRINTED_LIMIT_CHARS = 1_000_000

/** @throws UsageError `agent_not_configured`, AgentError, GitError */
export async function judge(request: JudgeRequest, setting: JudgeSetting): Promise<Judgement> {
  const { command, timeLimitMs } = setting.agents.reviewer
  if (command === null) {
    throw new UsageError(
      'agent_not_configured',
      'a gate needs a reviewer; set agents.reviewer.command, such as ["claude", "-p"]',
    )
  }
  const judgeRunId = `judge-${randomUUID()}`
  const logFile = join(setting.folder, `${judgeRunId}.log`)
  setting.progress(`reviewer looks at ${request.prompt.head.slice(0, 12)}; its output is in ${logFile}`)
  const { head } = request.prompt
  const run = await withDetachedCheckout(
    { ...setting.git, repoDir: setting.repoDir, sha: head, branches: request.branches },
    (cwd) =>
      startAgent({
        argv: command,
        prompt: buildReviewPrompt(request.prompt),
        promptVia: setting.agents.promptVia,
        cwd,
        env: { inherited: setting.env, pass: setting.agents.environment },
        identity: null,
        timeLimitMs,
        logFile,
        resultFile: join(setting.folder, `${judgeRunId}.result.json`),
        signal: setting.signal,
        onStarted: setting.onStarted,
      }),
  )
  setting.signal.throwIfAborted()
  return { judgeRunId, reading: await readingOf(run) }
}

/** What it wrote to the file it was given counts; without one, what it printed. */
async function readingOf(run: AgentRun): Promise<ReviewReading> {
  const ended = run.timedOut ? 'timed_out' : run.exit === 0 ? 'exited_0' : 'failed'
  if (run.resultProblem === null) return readReview(JSON.stringify(run.result), ended)
  if (run.resultProblem !== 'result_missing') return { ok: false, reason: 'reviewer_answer_invalid' }
  return readReview((await readFile(run.logFile, 'utf8')).slice(-PRINTED_LIMIT_CHARS), ended)
}

/** The comment for people; no rule reads it. */
export function describeVerdict(
  verdict: { readonly gate: Gate; readonly head: string; readonly verdict: string; readonly reason: string | null },
  findings: readonly Finding[],
): string {
  const rows = findings.map(
    ({ severity, angle, summary, files }, index) =>
      `| ${index + 1} | ${severity} | ${cell(angle)} | ${cell(summary)} | ${files.map(cell).join('<br>')} |`,
  )
  const table = ['| # | severity | angle | finding | files |', '|---|---|---|---|---|', ...rows]
  return [
    `**${verdict.gate}** on ${verdict.head.slice(0, 12)}: **${verdict.verdict}**${verdict.reason ? ` (${verdict.reason})` : ''}`,
    ...(findings.length > 0 ? ['', ...table] : []),
    '',
    'This comment is for people. The verdict that counts is the commit status together with the record of the run.',
  ].join('\n')
}

/** Text of a reviewer in a table cell: no line breaks, no cell borders, no mentions that notify people. */
function cell(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('@', '@\u200b')
    .replaceAll('<', '&lt;')
    .slice(0, 500)
}
