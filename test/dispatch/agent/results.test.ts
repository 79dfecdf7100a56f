import { describe, expect, it } from 'vitest'
import { parseAgentResult } from '../../../lib/dispatch/agent/results.ts'

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
