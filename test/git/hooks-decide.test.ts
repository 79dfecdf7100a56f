import { describe, expect, it } from 'vitest'
import { type Because, type BranchClaim, decidePush } from '../../lib/git/hooks/decide.ts'
import type { PushedRef } from '../../lib/git/hooks/pushed-refs.ts'

const OLD = 'a'.repeat(40)
const NEW = 'b'.repeat(40)
const RECORD = { ref: 'refs/dev-loops/records/r/=head', version: 'c'.repeat(40) }
const NEXT = 'd'.repeat(40)

const held: BranchClaim = { runId: 'r-1', token: 3, record: RECORD, announced: [] }
const moved: PushedRef = { ref: 'refs/heads/work', before: OLD, after: NEW }
const record: PushedRef = { ref: RECORD.ref, before: RECORD.version, after: NEXT }

function verdict(refs: readonly PushedRef[], claim: BranchClaim | null | undefined, records: string | null = null) {
  const claims = new Map(claim === undefined ? [] : [['work', claim]])
  const { allowed, because } = decidePush({ refs, claims, records })[0] ?? {}
  return { allowed, because }
}

describe('a pushed branch', () => {
  it.each<[string, boolean, Because, readonly PushedRef[], BranchClaim | null | undefined]>([
    ['that nobody holds', true, 'free', [moved], null],
    ['that a run holds', false, 'held', [moved], held],
    ['that was not looked up', false, 'not_looked_up', [moved], undefined],
    ['that is deleted while it is held', false, 'held_deletion', [{ ...moved, after: null }, record], held],
    ['together with its record', true, 'record_in_push', [moved, record], held],
    ['together with an older record', false, 'record_stale', [moved, { ...record, before: OLD }], held],
    ['together with a record that is not there yet', false, 'record_stale', [moved, { ...record, before: null }], held],
    ['together with a record that is deleted', false, 'record_stale', [moved, { ...record, after: null }], held],
    [
      'together with a record that does not change',
      false,
      'record_stale',
      [moved, { ...record, after: RECORD.version }],
      held,
    ],
    ['together with the record of another', false, 'held', [moved, { ...record, ref: 'refs/dev-loops/x' }], held],
    ['whose record lies elsewhere', false, 'held', [moved, record], { ...held, record: null }],
    ['as it was announced', true, 'announced', [moved], { ...held, announced: [`git_push:work:${OLD}:${NEW}`] }],
    ['from another head', false, 'held', [moved], { ...held, announced: [`git_push:work:new:${NEW}`] }],
    ['to another head', false, 'held', [moved], { ...held, announced: [`git_push:work:${OLD}:${OLD}`] }],
    ['announced for another', false, 'held', [moved], { ...held, announced: [`git_push:other:${OLD}:${NEW}`] }],
    ['that is no branch', true, 'no_branch', [{ ...moved, ref: 'refs/tags/work' }], undefined],
  ])('%s: allowed %s, because %s', (_, allowed, because, refs, claim) => {
    expect(verdict(refs, claim)).toEqual({ allowed, because })
  })

  it('that is new passes as it was announced', () => {
    const announced = { ...held, announced: [`git_push:work:new:${NEW}`] }
    expect(verdict([{ ...moved, before: null }], announced)).toEqual({ allowed: true, because: 'announced' })
  })
})

describe('a record of the store', () => {
  it.each([
    ['refs/dev-loops/', RECORD.ref],
    ['refs/heads/dev-loops-store/', 'refs/heads/dev-loops-store/records/r/=head'],
  ])('below %s is not deleted by a plain push', (records, ref) => {
    const deleted = { ref, before: OLD, after: null }
    expect(verdict([deleted], undefined, records)).toEqual({ allowed: false, because: 'record_deletion' })
    expect(verdict([{ ...deleted, after: NEW }], undefined, records)).toEqual({ allowed: true, because: 'no_branch' })
  })
})
