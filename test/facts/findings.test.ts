import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reduceFindings } from '../../lib/facts/findings.ts'
import type { ThreadFact } from '../../lib/facts/pull-request.ts'
import { aThread, COPILOT, listed, VIEWER } from '../loop/build.ts'

const LAST_ROUND = '2026-03-01T11:30:00Z'

function said(id: string, minute: number, over: Partial<ThreadFact> & { body?: string } = {}): ThreadFact {
  const { body = 'This limit is wrong.', ...rest } = over
  const createdAt = `2026-03-01T11:${String(minute).padStart(2, '0')}:00Z`
  return aThread({ id, comments: listed([{ id: `C${id}`, author: COPILOT, body, createdAt, url: '' }]), ...rest })
}

function standings(...threads: ThreadFact[]): Record<string, readonly string[]> {
  const findings = reduceFindings(listed(threads), { reviewer: 'copilot', since: LAST_ROUND }) ?? []
  return Object.fromEntries(findings.map(({ standing, threads: ids }) => [standing, ids]))
}

describe('a finding', () => {
  it.each<[string, ThreadFact[], Record<string, readonly string[]>]>([
    ['said for the first time in this round is new', [said('1', 40)], { new: ['1'] }],
    ['said before it and still open stands', [said('1', 10)], { standing: ['1'] }],
    ['said again while it was open recurs', [said('1', 10), said('2', 40)], { recurring: ['1', '2'] }],
    [
      'said again after it was resolved is reopened',
      [said('1', 10, { isResolved: true }), said('2', 40)],
      { reopened: ['1', '2'] },
    ],
    [
      'resolved wherever it was said is settled',
      [said('1', 10, { isResolved: true }), said('2', 40, { isResolved: true })],
      { settled: ['1', '2'] },
    ],
  ])('%s', (_claim, threads, expected) => {
    expect(standings(...threads)).toEqual(expected)
  })

  it('is the same on another line and in other quotes, and another in another file or other words', () => {
    const again = said('2', 40, { line: 90, body: 'this `limit` is\n wrong.' })
    expect(standings(said('1', 10), again)).toEqual({ recurring: ['1', '2'] })
    expect(standings(said('1', 10), said('2', 40, { path: 'b.ts' }))).toEqual({ standing: ['1'], new: ['2'] })
    expect(standings(said('1', 10), said('2', 40, { body: 'This name is wrong.' }))).toEqual({
      standing: ['1'],
      new: ['2'],
    })
  })

  it('is what the reviewer opened a thread with, not what others or later words say', () => {
    const ours = { id: 'C2', author: VIEWER, body: 'Fixed.', createdAt: '2026-03-01T11:50:00Z', url: '' }
    const answered = said('1', 10)
    const talked = { ...answered, comments: listed([...answered.comments.items, ours]) }
    expect(standings(talked)).toEqual({ standing: ['1'] })
    expect(standings(aThread({ id: '3', comments: listed([ours]) }))).toEqual({})
  })

  it('is not known when a thread may be missing', () => {
    expect(reduceFindings(listed([said('1', 10)], false), { reviewer: 'copilot', since: null })).toBeNull()
  })

  it('does not depend on the order in which threads are listed', () => {
    const thread = fc
      .record({ minute: fc.nat(50), isResolved: fc.boolean(), body: fc.constantFrom('One is wrong', 'Two is wrong') })
      .map(({ minute, ...rest }) => ({ minute, rest }))
    fc.assert(
      fc.property(fc.array(thread, { maxLength: 6 }), (made) => {
        const threads = made.map(({ minute, rest }, index) => said(String(index), minute, rest))
        const reading = { reviewer: 'copilot', since: LAST_ROUND }
        expect(reduceFindings(listed(threads.toReversed()), reading)).toEqual(reduceFindings(listed(threads), reading))
      }),
    )
  })
})
