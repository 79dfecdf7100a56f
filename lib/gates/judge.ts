/**
 * Does the evidence prove that a gate was passed on this head?
 *
 * Two things must agree: the verdict record that a run keeps, and the commit status on exactly this head
 * that a trusted account made and that names this pull request and the record's digest. Neither counts
 * without the other, and a comment counts for nothing. The reason that is answered is the first thing
 * that was missing.
 */
import { ASSURANCES, type Assurance, type Severity } from '../config/judging.ts'
import { sameLogin } from '../facts/identity.ts'
import type { Account, ChecksFact, StatusContextFact } from '../facts/pull-request.ts'
import { digestVerdict, type Gate, hasBlocking, type Verdict } from './verdict.ts'

const GATE_REASONS = [
  'no_record',
  'record_of_other_gate',
  'record_of_other_pull_request',
  'record_of_other_head',
  'policy_changed',
  'verdict_findings_present',
  'verdict_blocked',
  'assurance_too_low',
  'statuses_incomplete',
  'no_status',
  'status_not_success',
  'status_of_other_pull_request',
  'status_without_record',
  'creator_not_trusted',
  'creator_not_independent',
] as const
export type GateReason = (typeof GATE_REASONS)[number]

export interface GateEvidence {
  readonly gate: Gate
  readonly repo: string
  readonly pr: number
  readonly head: string
  /** Who opened the pull request. */
  readonly author: Account | null
  /** The account whose token observed all this, which is the one that pushes. */
  readonly viewer: string
  readonly checks: ChecksFact
  readonly record: Verdict | null
  readonly policy: { readonly minimumAssurance: Assurance; readonly blockOn: readonly Severity[] }
  readonly policyDigest: string
  /** Accounts beside our own whose verdicts count. */
  readonly trusted: readonly string[]
}

export type GateJudgement = { readonly passed: true } | { readonly passed: false; readonly reason: GateReason }

export function gatePassed(evidence: GateEvidence): GateJudgement {
  const reason = whyRecordFails(evidence) ?? whyStatusFails(evidence)
  return reason === null ? { passed: true } : { passed: false, reason }
}

/** For a head that GitHub was not asked about: only the record can be judged, and not by today's policy. */
export function passedEarlier(evidence: GateEvidence): boolean {
  const { record, policy } = evidence
  if (!record || record.head === evidence.head || whyForeign(record, evidence)) return false
  return record.verdict === 'clean' && isAssured(record.assurance, policy.minimumAssurance)
}

/**
 * Whether the status that goes with the record stands on this head. A run that died between the two is
 * told to go back to the gate, which posts what is missing.
 */
export function isPosted({ checks, head, gate, record }: GateEvidence): boolean {
  if (!record || checks.commit !== head || !checks.contexts.complete) return true
  const status = newestStatus(checks, `dev-loops/${gate}`)
  return status?.description?.endsWith(` digest=${digestVerdict(record).slice(0, 32)}`) ?? false
}

function whyRecordFails(evidence: GateEvidence): GateReason | null {
  const { record, head, policy, policyDigest } = evidence
  if (!record) return 'no_record'
  const foreign = whyForeign(record, evidence)
  if (foreign) return foreign

  if (record.head !== head) return 'record_of_other_head'
  if (record.policyDigest !== policyDigest) return 'policy_changed'
  if (record.verdict === 'blocked') return 'verdict_blocked'
  if (record.verdict !== 'clean' || hasBlocking(record.findings, policy.blockOn)) return 'verdict_findings_present'
  return isAssured(record.assurance, policy.minimumAssurance) ? null : 'assurance_too_low'
}

function whyForeign(record: Verdict, { gate, repo, pr }: GateEvidence): GateReason | null {
  if (record.gate !== gate) return 'record_of_other_gate'
  const same = record.pr === pr && record.repo.toLowerCase() === repo.toLowerCase()
  return same ? null : 'record_of_other_pull_request'
}

function whyStatusFails(evidence: GateEvidence): GateReason | null {
  const { checks, head, gate, pr, record } = evidence
  if (checks.commit !== head || !checks.contexts.complete) return 'statuses_incomplete'
  const status = newestStatus(checks, `dev-loops/${gate}`)
  if (!status) return 'no_status'
  if (status.state !== 'SUCCESS') return 'status_not_success'

  const named = /^clean pr=([1-9][0-9]{0,9}) digest=([0-9a-f]{32})$/.exec(status.description ?? '')
  if (!named || !record) return 'status_without_record'
  if (Number(named[1]) !== pr) return 'status_of_other_pull_request'
  if (named[2] !== digestVerdict(record).slice(0, 32)) return 'status_without_record'
  return whyCreatorFails(status.creator, record.assurance, evidence)
}

function newestStatus(checks: ChecksFact, context: string): StatusContextFact | null {
  const statuses = checks.contexts.items.filter(
    (item): item is StatusContextFact => item.type === 'status' && item.context === context,
  )
  const newestAt = statuses
    .map((status) => status.createdAt)
    .sort()
    .at(-1)
  const newest = statuses.filter((status) => status.createdAt === newestAt)
  // Of two that are equally new, the one that proves less is believed.
  return newest.find((status) => status.state !== 'SUCCESS') ?? newest[0] ?? null
}

/**
 * Any workflow of the repository writes as `github-actions[bot]`, the pull request's own included, so
 * that name is never trusted. Our own account counts as long as policy asks for no independent judge.
 */
function whyCreatorFails(creator: Account | null, assurance: Assurance, evidence: GateEvidence): GateReason | null {
  const { viewer, author, trusted } = evidence
  if (!creator || /^github-actions(\[bot\])?$/i.test(creator.login)) return 'creator_not_trusted'
  const ours = sameLogin(creator.login, viewer)
  if (assurance !== 'independent' && ours) return null

  if (!trusted.some((login) => sameLogin(login, creator.login))) return 'creator_not_trusted'
  return ours || sameLogin(creator.login, author?.login) ? 'creator_not_independent' : null
}

function isAssured(assurance: Assurance, least: Assurance): boolean {
  return ASSURANCES.indexOf(assurance) >= ASSURANCES.indexOf(least)
}
