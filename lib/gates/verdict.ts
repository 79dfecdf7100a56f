/**
 * A verdict: what a reviewer found on one head, and what follows from it.
 *
 * `clean` is only ever concluded from findings that were read. A reviewer that printed nothing, prose or
 * half an answer, or that crashed, did not judge: the verdict is `blocked` and names why.
 */
import type { Assurance, Severity } from '../config/judging.ts'
import { sha256Hex } from '../sha256.ts'

export const GATES = ['draft_gate', 'pre_approval_gate'] as const
export type Gate = (typeof GATES)[number]

export interface Finding {
  readonly severity: Severity
  readonly angle: string
  readonly summary: string
  readonly files: readonly string[]
}

export interface Verdict {
  readonly gate: Gate
  readonly repo: string
  readonly pr: number
  /** The whole commit id that was judged. */
  readonly head: string
  readonly verdict: 'clean' | 'findings_present' | 'blocked'
  readonly findings: readonly Finding[]
  readonly reason: string | null
  readonly judgeRunId: string
  readonly judgeLogin: string
  readonly assurance: Assurance
  readonly policyDigest: string
  readonly at: string
}

const REFUSALS = [
  'reviewer_silent',
  'reviewer_answer_invalid',
  'reviewer_failed',
  'reviewer_timed_out',
  'head_moved',
] as const
type ReviewRefusal = (typeof REFUSALS)[number]

export type ReviewReading =
  | { readonly ok: true; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly reason: ReviewRefusal }

export function verdictFromReview(
  reading: ReviewReading,
  blockOn: readonly Severity[],
): Pick<Verdict, 'verdict' | 'findings' | 'reason'> {
  if (!reading.ok) return { verdict: 'blocked', findings: [], reason: reading.reason }
  const { findings } = reading
  return { verdict: hasBlocking(findings, blockOn) ? 'findings_present' : 'clean', findings, reason: null }
}

export function hasBlocking(findings: readonly Finding[], blockOn: readonly Severity[]): boolean {
  return findings.some((finding) => blockOn.includes(finding.severity))
}

/** SHA-256 over the verdict with its keys in order, so that storing it elsewhere changes nothing. */
export function digestVerdict(verdict: Verdict): string {
  return sha256Hex(canonical(verdict))
}

const DIGEST_SHOWN = 32

/** The description of the gate's commit status: what binds it to a pull request and to the record. */
export function statusDescription(verdict: Verdict): string {
  return `${verdict.verdict} pr=${verdict.pr} digest=${digestVerdict(verdict).slice(0, DIGEST_SHOWN)}`
}

export function statusState(verdict: Pick<Verdict, 'verdict'>): 'SUCCESS' | 'FAILURE' | 'ERROR' {
  if (verdict.verdict === 'clean') return 'SUCCESS'
  return verdict.verdict === 'findings_present' ? 'FAILURE' : 'ERROR'
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}
