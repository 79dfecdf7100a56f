import { describe, expect, it } from 'vitest'
import { parseAgentResult, parseReviewFindings } from '../../../lib/dispatch/agent/results.ts'

const finding = { severity: 'must-fix', angle: 'tests', summary: 'None.', files: [] }

describe('parseReviewFindings', () => {
  it('takes an empty list for a clean review', () => {
    expect(parseReviewFindings({ schema: 1, findings: [] })).toEqual({ ok: true, value: [] })
  })

  it('takes findings as they are', () => {
    expect(parseReviewFindings({ schema: 1, findings: [finding] })).toEqual({ ok: true, value: [finding] })
  })

  it.each([
    ['silence', null],
    ['nothing at all', undefined],
    ['prose', 'Looks good to me'],
    ['an empty object', {}],
    ['a bare list', []],
    ['no list', { schema: 1 }],
    ['another schema', { schema: 2, findings: [] }],
    ['more than was asked for', { schema: 1, findings: [], verdict: 'clean' }],
    ['an unknown severity', { schema: 1, findings: [{ ...finding, severity: 'minor' }] }],
    ['an empty summary', { schema: 1, findings: [{ ...finding, summary: ' ' }] }],
    ['a finding without files', { schema: 1, findings: [{ severity: 'defer', angle: 'a', summary: 's' }] }],
    ['a list of prose', { schema: 1, findings: ['fine'] }],
  ])('never takes %s for a clean review', (_, result) => {
    expect(parseReviewFindings(result)).toMatchObject({ ok: false, error: 'agent_failed' })
  })
})

describe('parseAgentResult', () => {
  it('takes a summary and answers', () => {
    const result = { schema: 1, summary: 'Done.', answers: [{ thread: 'PRRT_1', body: 'Fixed.' }] }
    expect(parseAgentResult(result)).toEqual({ ok: true, value: result })
  })

  it.each([
    [null],
    ['done'],
    [{ schema: 1, summary: 'Done.' }],
    [{ schema: 1, summary: 'Done.', answers: [{ thread: '', body: 'x' }] }],
    [{ schema: 1, summary: 'x'.repeat(20_001), answers: [] }],
  ])('refuses %j', (result) => {
    expect(parseAgentResult(result)).toMatchObject({ ok: false, error: 'agent_failed' })
  })
})
