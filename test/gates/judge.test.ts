import { describe, expect, it } from 'vitest'
import type { StatusContextFact } from '../../lib/facts/pull-request.ts'
import { readGate } from '../../lib/gates/evidence.ts'
import { type GateEvidence, gatePassed } from '../../lib/gates/judge.ts'
import { readReview } from '../../lib/gates/read-review.ts'
import { statusDescription, verdictFromReview } from '../../lib/gates/verdict.ts'
import type { VerdictRecord } from '../../lib/sessions/work.ts'
import { aVerdict, EARLIER, HEAD, listed, POLICY_DIGEST, statusFor, VIEWER } from '../loop/build.ts'

const STRANGER = { login: 'mallory', isBot: false }
const AUTHOR = { login: 'author', isBot: false }
const JUDGE = { login: 'judge', isBot: false }
const FINDING = { severity: 'must-fix', angle: 'correctness', summary: 'it is wrong', files: [] } as const

const record = aVerdict('pre_approval_gate')

function evidence(over: Partial<GateEvidence> & { statuses?: StatusContextFact[] } = {}): GateEvidence {
  const { statuses = [statusFor(record)], ...rest } = over
  return {
    gate: 'pre_approval_gate',
    repo: 'acme/api',
    pr: 88,
    head: HEAD,
    author: AUTHOR,
    viewer: VIEWER.login,
    checks: { commit: HEAD, withheld: false, suites: 0, contexts: listed(statuses), committedAt: null },
    record,
    policy: { minimumAssurance: 'separate_run', blockOn: ['must-fix'] },
    policyDigest: POLICY_DIGEST,
    trusted: [JUDGE.login, AUTHOR.login],
    ...rest,
  }
}

/** Evidence in which record and status agree and only the verdict itself is changed. */
function agreeing(
  over: Partial<VerdictRecord>,
  creator = VIEWER,
): Partial<GateEvidence> & { statuses: StatusContextFact[] } {
  const changed = { ...record, ...over }
  return { record: changed, statuses: [statusFor(changed, { creator })] }
}

describe('a gate is passed', () => {
  it('by a record and the status of a trusted account that names it', () => {
    expect(gatePassed(evidence())).toEqual({ passed: true })
  })

  it('independently by a listed account that neither pushes nor opened the pull request', () => {
    expect(gatePassed(evidence(agreeing({ assurance: 'independent' }, JUDGE)))).toEqual({ passed: true })
  })
})

describe('a gate is not passed', () => {
  const older = statusFor(record, { createdAt: '2026-03-01T11:00:00Z' })
  const edited = statusFor(record, { creator: STRANGER, createdAt: '2026-03-01T12:00:00Z' })
  const prefix = HEAD.slice(0, 10)

  it.each<[string, Parameters<typeof evidence>[0], string]>([
    ['by a stranger’s verdict', { statuses: [statusFor(record, { creator: STRANGER })] }, 'creator_not_trusted'],
    ['by the pull request’s author', { statuses: [statusFor(record, { creator: AUTHOR })] }, 'creator_not_independent'],
    ['by an account that nobody knows', { statuses: [statusFor(record, { creator: null })] }, 'creator_not_trusted'],
    ['by a verdict that a third person set anew', { statuses: [older, edited] }, 'creator_not_trusted'],
    ['by a verdict for a prefix of the head', agreeing({ head: prefix }), 'record_of_other_head'],
    ['by a verdict for an earlier head', agreeing({ head: EARLIER }), 'record_of_other_head'],
    ['by a verdict for the same head on another pull request', agreeing({ pr: 89 }), 'record_of_other_pull_request'],
    ['by a verdict from another repository', agreeing({ repo: 'acme/web' }), 'record_of_other_pull_request'],
    ['by the verdict of another gate', agreeing({ gate: 'draft_gate' }), 'record_of_other_gate'],
    ['by a status without record', { record: null }, 'no_record'],
    ['by a record without status', { statuses: [] }, 'no_status'],
    [
      'by a status that names another pull request',
      { statuses: [statusFor(record, { description: statusDescription({ ...record, pr: 8 }) })] },
      'status_of_other_pull_request',
    ],
    [
      'by a status that names another record',
      { statuses: [statusFor(record, { description: statusDescription({ ...record, judgeRunId: 'r-x' }) })] },
      'status_without_record',
    ],
    [
      'by a status in prose',
      { statuses: [statusFor(record, { description: 'clean, looks good' })] },
      'status_without_record',
    ],
    ['by a status that is not green', { statuses: [statusFor(record, { state: 'PENDING' })] }, 'status_not_success'],
    ['by a verdict under other policy', agreeing({ policyDigest: 'other' }), 'policy_changed'],
    ['by less assurance than policy asks', agreeing({ assurance: 'self' }), 'assurance_too_low'],
    [
      'by a verdict that calls itself independent and is ours',
      agreeing({ assurance: 'independent' }),
      'creator_not_trusted',
    ],
    [
      'by an independent verdict of the author',
      agreeing({ assurance: 'independent' }, AUTHOR),
      'creator_not_independent',
    ],
    [
      'by the name of the actions bot, even when it is listed',
      { ...agreeing({}, { login: 'github-actions[bot]', isBot: true }), trusted: ['github-actions[bot]'] },
      'creator_not_trusted',
    ],
    [
      'by the actions bot as our own account',
      { ...agreeing({}, { login: 'github-actions', isBot: true }), viewer: 'github-actions' },
      'creator_not_trusted',
    ],
    [
      'by a clean verdict with a blocking finding',
      agreeing({ findings: [{ ...FINDING, files: [] }] }),
      'verdict_findings_present',
    ],
    ['by findings', agreeing({ verdict: 'findings_present' }), 'verdict_findings_present'],
    ['by a judge without result', agreeing({ verdict: 'blocked' }), 'verdict_blocked'],
    [
      'while statuses are incomplete',
      {
        checks: {
          commit: HEAD,
          withheld: false,
          suites: 0,
          contexts: listed([statusFor(record)], false),
          committedAt: null,
        },
      },
      'statuses_incomplete',
    ],
    [
      'by statuses of another commit',
      {
        checks: {
          commit: EARLIER,
          withheld: false,
          suites: 0,
          contexts: listed([statusFor(record)]),
          committedAt: null,
        },
      },
      'statuses_incomplete',
    ],
  ])('%s', (_claim, over, reason) => {
    expect(gatePassed(evidence(over))).toEqual({ passed: false, reason })
  })
})

describe('an earlier head', () => {
  it('counts its findings only once their status is posted, so that a run which died in between completes them', () => {
    const found = agreeing({ verdict: 'findings_present', findings: [{ ...FINDING, files: [] }] })
    expect(readGate(evidence(found))).toEqual({ state: 'findings', reason: 'verdict_findings_present' })
    expect(readGate(evidence({ ...found, statuses: [] }))).toEqual({ state: 'none', reason: 'no_status' })
    expect(readGate(evidence({ ...found, statuses: [statusFor(record)] }))).toMatchObject({ state: 'none' })
  })

  it('counts by its record, as long as that is of this gate and pull request', () => {
    expect(readGate(evidence(agreeing({ head: EARLIER })))).toMatchObject({ state: 'earlier' })
    expect(readGate(evidence(agreeing({ head: EARLIER, pr: 89 })))).toMatchObject({ state: 'none' })
    expect(readGate(evidence(agreeing({ head: EARLIER, verdict: 'blocked' })))).toMatchObject({ state: 'none' })
    expect(readGate(evidence(agreeing({ head: EARLIER, assurance: 'self' })))).toMatchObject({ state: 'none' })
  })
})

describe('a reviewer', () => {
  const answer = (findings: readonly unknown[]) => JSON.stringify({ findings })
  const judge = (output: string, ended: 'exited_0' | 'failed' | 'timed_out' = 'exited_0') =>
    verdictFromReview(readReview(output, ended), ['must-fix'])

  it('is believed when it found nothing, alone or in a fence after its prose', () => {
    expect(judge(answer([])).verdict).toBe('clean')
    expect(judge(`I read it all.\n\n\`\`\`json\n${answer([])}\n\`\`\`\n`).verdict).toBe('clean')
  })

  it('blocks by what policy blocks on, and only by that', () => {
    expect(judge(answer([FINDING])).verdict).toBe('findings_present')
    expect(judge(answer([{ ...FINDING, severity: 'defer' }])).verdict).toBe('clean')
  })

  it.each([
    ['prints nothing', '  \n', 'exited_0', 'reviewer_silent'],
    ['prints prose', 'Looks good to me!', 'exited_0', 'reviewer_answer_invalid'],
    ['prints half a JSON', answer([FINDING]).slice(0, -3), 'exited_0', 'reviewer_answer_invalid'],
    ['prints no list', '{}', 'exited_0', 'reviewer_answer_invalid'],
    ['invents a severity', answer([{ ...FINDING, severity: 'fine' }]), 'exited_0', 'reviewer_answer_invalid'],
    [
      'prints two answers',
      `\`\`\`json\n${answer([])}\n\`\`\`\n\`\`\`json\n${answer([FINDING])}\n\`\`\``,
      'exited_0',
      'reviewer_answer_invalid',
    ],
    ['crashes after a clean answer', answer([]), 'failed', 'reviewer_failed'],
    ['never ends', answer([]), 'timed_out', 'reviewer_timed_out'],
  ] as const)('that %s has not judged', (_what, output, ended, reason) => {
    expect(judge(output, ended)).toEqual({ verdict: 'blocked', findings: [], reason })
  })
})

describe('the description of a status', () => {
  it('fits into what GitHub keeps and changes with anything in the record', () => {
    const long = aVerdict('draft_gate', { pr: 2_147_483_647, verdict: 'findings_present' })
    expect(statusDescription(long).length).toBeLessThanOrEqual(140)
    const others = [
      { head: EARLIER },
      { judgeRunId: 'r-2' },
      { at: 'later' },
      { policyDigest: 'x' },
      { assurance: 'self' as const },
    ]
    const digests = others.map((over) => statusDescription({ ...record, ...over }))
    expect(new Set([statusDescription(record), ...digests]).size).toBe(others.length + 1)
  })

  it('does not depend on the order of the record’s keys', () => {
    const turned = Object.fromEntries(Object.entries(record).toReversed())
    expect(statusDescription({ ...record, ...turned })).toBe(statusDescription(record))
  })
})
