/** What agents and earlier versions leave behind, nearly right: it is read, or refused by name. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAgentResult } from '../../lib/dispatch/agent/results.ts'
import { StoreError } from '../../lib/errors.ts'
import { readReview } from '../../lib/gates/read-review.ts'
import { verdictFromReview } from '../../lib/gates/verdict.ts'
import { decide } from '../../lib/loop/next.ts'
import { parseWork } from '../../lib/sessions/work.ts'
import { anInput, anIntent, aVerdict, aWork, issueFacts } from '../loop/build.ts'
import { damaged } from '../support/damage.ts'

const FINDING = { severity: 'must-fix', angle: 'deep', summary: 'It is wrong.', files: ['src/a.ts'] }
const REVIEW = { schema: 1, findings: [FINDING, { severity: 'defer', summary: 'It is long.' }] }
const REPORT = { schema: 1, summary: 'Done.', answers: [{ thread: 'T1', body: 'As intended.' }] }

const WORK = aWork({
  issue: 12,
  branch: 'dev-loops/issue-12',
  intents: [anIntent({ process: { pid: 7, startTime: '1', bootId: 'b' } })],
  budgets: { implement: { heads: ['a'.repeat(40)], attempts: 1 } },
  verdicts: { draft_gate: aVerdict('draft_gate'), pre_approval_gate: null },
  answers: { T1: { body: 'As intended.', head: null } },
  wait: { state: 'waiting_for_ci', head: null, sinceMs: 5 },
  strayed: [{ branch: 'elsewhere', head: 'a'.repeat(40) }],
})

describe('a damaged', () => {
  it('record of work is refused by name, or one that can be decided on', () => {
    fc.assert(
      fc.property(damaged(WORK), (given) => {
        try {
          const read = parseWork(JSON.parse(JSON.stringify(given)))
          decide(anInput({ work: read }))
          decide(anInput({ work: read, facts: issueFacts({}) }))
        } catch (error) {
          expect(error).toBeInstanceOf(StoreError)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('report of an agent is refused or whole', () => {
    fc.assert(
      fc.property(damaged(REPORT), (given) => {
        const read = parseAgentResult(given)
        if (read.ok) expect(read.value).toMatchObject({ schema: 1, summary: expect.any(String) })
        else expect(read.error).toBe('agent_failed')
      }),
      { numRuns: 1_000 },
    )
  })

  it('review passes no gate unless it is a whole list without a finding that blocks', () => {
    const printed = damaged(REVIEW).map((given) => JSON.stringify(given) ?? '')
    const around = fc.constantFrom('', '```json\n', '```\n', 'I looked.\n```json\n', '\n```', '```', '{', '\n\n')
    const output = fc.oneof(
      printed,
      fc.tuple(around, printed, around).map((parts) => parts.join('')),
      fc.string(),
    )
    fc.assert(
      fc.property(output, (text) => {
        const read = readReview(text, 'exited_0')
        const { verdict } = verdictFromReview(read, ['must-fix'])
        const blocks = read.ok && read.findings.some(({ severity }) => severity === 'must-fix')
        expect(verdict).toBe(read.ok ? (blocks ? 'findings_present' : 'clean') : 'blocked')
        if (verdict === 'clean') expect(text).toContain('"findings":[')
      }),
      { numRuns: 2_000 },
    )
  })

  it('review of nothing but fences is refused at once, as long as it may be', { timeout: 20_000 }, () => {
    expect(readReview('```json\na\n'.repeat(100_000), 'exited_0')).toEqual({
      ok: false,
      reason: 'reviewer_answer_invalid',
    })
  })
})
