/**
 * Did the agent get on? Judged by what git says before and after, never by what the agent says. Pure.
 *
 * Codes name what a person or the next try should know. Some stand beside progress: an agent may commit
 * good work and still leave a file behind.
 */
import type { LocalFacts, StrayedBranch } from '../../facts/local.ts'
import type { AgentStep } from '../../loop/prompt-input.ts'
import type { AgentResult } from './results.ts'

const EVIDENCE_CODES = [
  'timed_out',
  'exit_nonzero',
  'wrong_branch',
  'no_commit',
  'uncommitted_work',
  'history_rewritten',
  'reverts_foreign',
  'pushed_elsewhere',
  'pushed_by_agent',
  'claimed_without_commit',
  'not_proved',
] as const
type EvidenceCode = (typeof EVIDENCE_CODES)[number]

export interface Claim {
  readonly step: AgentStep
  readonly before: LocalFacts
  readonly after: LocalFacts
  readonly run: { readonly exit: number | null; readonly timedOut: boolean }
  /** `null`: none was written, or it could not be used. */
  readonly result: AgentResult | null
  /** The old head is part of the new one; `null`: not known. */
  readonly headGrew: boolean | null
  /** Other branches of the remote that it pushed to; `null`: not asked. */
  readonly pushedElsewhere: readonly StrayedBranch[] | null
}

export interface Judged {
  readonly progress: boolean
  readonly evidence: readonly EvidenceCode[]
}

/** What rules out progress, whatever else is true. */
const BLOCKING: ReadonlySet<EvidenceCode> = new Set([
  'wrong_branch',
  'no_commit',
  'history_rewritten',
  'reverts_foreign',
  'pushed_elsewhere',
  'not_proved',
])

export function claimedVersusFacts(claim: Claim): Judged {
  const evidence = EVIDENCE_CODES.filter((code) => FOUND[code](claim))
  return { progress: !evidence.some((code) => BLOCKING.has(code)), evidence }
}

const FOUND: Readonly<Record<EvidenceCode, (claim: Claim) => boolean>> = {
  timed_out: ({ run }) => run.timedOut,
  exit_nonzero: ({ run }) => !run.timedOut && run.exit !== 0,
  wrong_branch: ({ after }) => after.checkedOut !== null && after.checkedOut !== after.branch,
  no_commit: (claim) => !hasNewCommit(claim) && !isAnsweredOnly(claim) && !isTidied(claim),
  uncommitted_work: ({ after }) => after.dirty === true || (after.untracked ?? 0) > 0,
  history_rewritten: (claim) => hasNewCommit(claim) && claim.headGrew === false,
  reverts_foreign: ({ after }) => after.revertsForeign === true,
  pushed_elsewhere: ({ pushedElsewhere }) => pushedElsewhere !== null && pushedElsewhere.length > 0,
  pushed_by_agent: (claim) => hasNewCommit(claim) && claim.after.pushed === true,
  claimed_without_commit: (claim) => claim.result !== null && FOUND.no_commit(claim),
  not_proved: ({ before, after, headGrew }) =>
    before.head === null ||
    after.head === null ||
    after.dirty === null ||
    (before.head !== after.head && headGrew === null),
}

function hasNewCommit({ before, after }: Claim): boolean {
  return after.head !== null && before.head !== null && after.head !== before.head
}

/** Remarks may be answered without a change of code; the answers are then the work. */
function isAnsweredOnly({ step, result }: Claim): boolean {
  return step === 'address_review_feedback' && result !== null && result.answers.length > 0
}

/** Taking back half-done changes needs no commit. */
function isTidied({ step, after }: Claim): boolean {
  return step === 'commit_work' && after.dirty === false && after.untracked === 0
}
