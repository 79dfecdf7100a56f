/**
 * What the runs of our own review found, as one review.
 *
 * A run that asks for changes is never outvoted by its own silence: with no finding to show, that it asks is
 * the finding. A finding without a message is shown as one, because whatever is counted must be read.
 */
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'note'] as const
type ReviewSeverity = (typeof SEVERITIES)[number]

const VERDICTS = ['APPROVE', 'COMMENT', 'REQUEST_CHANGES'] as const
type ReviewVerdict = (typeof VERDICTS)[number]

interface RunFinding {
  readonly path?: string | null
  readonly line?: number | null
  readonly message?: string | null
  readonly severity?: string | null
}

interface RunResult {
  readonly runId?: string
  readonly angle?: string | null
  readonly verdictHint?: string | null
  readonly findings?: readonly RunFinding[]
}

interface MergedFinding {
  readonly path: string | null
  readonly line: number | null
  readonly message: string
  readonly severity: ReviewSeverity
  readonly angle: string | null
}

export interface MergedReview {
  readonly headSha: string
  readonly verdict: ReviewVerdict
  /** At a line of a file. */
  readonly inlineComments: readonly MergedFinding[]
  readonly summaryFindings: readonly MergedFinding[]
  readonly totalFindings: number
  readonly runsMerged: number
}

export interface RunResults {
  /** The commit that all runs looked at. */
  readonly headSha: string
  readonly runResults: readonly RunResult[]
}

export function mergeReviewerResults({ headSha, runResults }: RunResults): MergedReview {
  const findings = withoutDuplicates(runResults.flatMap(findingsOf))
  const inline = findings.filter(({ path, line }) => path !== null && line !== null)
  return {
    headSha,
    verdict: verdictOf(findings, runResults),
    inlineComments: inline,
    summaryFindings: findings.filter((finding) => !inline.includes(finding)),
    totalFindings: findings.length,
    runsMerged: runResults.length,
  }
}

function findingsOf(run: RunResult): readonly MergedFinding[] {
  const { angle = null, findings = [], runId = 'a run' } = run
  if (findings.length === 0 && asksForChanges(run)) {
    const message = `${runId} asks for changes and does not say which`
    return [{ path: null, line: null, message, severity: 'high', angle }]
  }
  return findings.map((finding) => ({
    path: finding.path?.trim() || null,
    line: isLine(finding.line) ? finding.line : null,
    message: finding.message?.trim() || 'something was found here, and not said what',
    severity: SEVERITIES.find((known) => known === finding.severity?.trim().toLowerCase()) ?? 'medium',
    angle,
  }))
}

/** The first of those that say the same about the same place. */
function withoutDuplicates(findings: readonly MergedFinding[]): readonly MergedFinding[] {
  const first = new Map<string, MergedFinding>()
  for (const finding of findings) {
    const key = JSON.stringify([finding.path, finding.line, finding.message.toLowerCase()])
    if (!first.has(key)) first.set(key, finding)
  }
  return [...first.values()]
}

function verdictOf(findings: readonly MergedFinding[], runs: readonly RunResult[]): ReviewVerdict {
  const grave = findings.some(({ severity }) => severity === 'critical' || severity === 'high')
  if (grave || runs.some(asksForChanges)) return 'REQUEST_CHANGES'
  return findings.length === 0 ? 'APPROVE' : 'COMMENT'
}

function asksForChanges({ verdictHint }: RunResult): boolean {
  return verdictHint?.trim().toUpperCase() === 'REQUEST_CHANGES'
}

function isLine(line: number | null | undefined): line is number {
  return typeof line === 'number' && Number.isInteger(line) && line > 0
}

/** The body of a REST request that creates a review; without `event` GitHub keeps it pending. */
export interface DraftReviewPayload {
  readonly commit_id: string
  readonly body: string
  readonly comments: readonly {
    readonly path: string
    readonly line: number
    readonly body: string
    readonly side: 'RIGHT'
  }[]
}

export function buildDraftReviewPayload(merged: MergedReview): DraftReviewPayload {
  return {
    commit_id: merged.headSha,
    body: bodyOf(merged),
    comments: merged.inlineComments.flatMap(({ path, line, message, severity }) =>
      path === null || line === null
        ? []
        : [{ path, line, body: `**${severity}** ${message}`, side: 'RIGHT' as const }],
    ),
  }
}

function bodyOf({ verdict, totalFindings, runsMerged, inlineComments, summaryFindings }: MergedReview): string {
  const known = VERDICTS.find((one) => one === verdict) ?? 'COMMENT'
  const said = `${totalFindings} findings by ${runsMerged} runs, ${inlineComments.length} of them at their lines.`
  const lines = summaryFindings.map(({ severity, message, path }) => {
    return `- **${severity}** ${path === null ? '' : `${path}: `}${message}`
  })
  return [`Verdict: ${known}`, '', said, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n')
}
