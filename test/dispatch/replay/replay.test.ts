import { describe, expect, it } from 'vitest'
import { readPolicy } from '../../../lib/config/policy.ts'
import { noteOf } from '../../../lib/dispatch/remember.ts'
import type { FoundFacts } from '../../../lib/dispatch/replay/facts-archive.ts'
import { keepable } from '../../../lib/dispatch/replay/kept-facts.ts'
import { listDecisions, replay } from '../../../lib/dispatch/replay/replay.ts'
import { decide } from '../../../lib/loop/next.ts'
import type { DecisionNote } from '../../../lib/sessions/work.ts'
import type { Json } from '../../../lib/store/store.ts'
import { anInput } from '../../loop/build.ts'

const input = { ...anInput(), policy: readPolicy({ status: 'absent' }), policyDigest: null }
const kept = keepable(input, (text) => text)
const NOTE = noteOf(decide(input), kept.digest, input.nowMs)
const FOUND = new Map<string, FoundFacts>([[kept.digest, { status: 'kept', text: kept.text }]])

function journal(...entries: Json[]) {
  return entries.map((entry, index) => ({ sequence: index + 1, at: '2026-03-01T12:00:00Z', entry }))
}

const decided = (over: Partial<DecisionNote> = {}): Json => ({ type: 'decision', ...NOTE, ...over })
const intent = (kind: string, decision: DecisionNote | null): Json => ({ type: 'intent', kind, key: 'k', decision })

describe('the decisions of a journal', () => {
  it('are listed once each, with the effects that they led to', () => {
    const other = { ...NOTE, factsDigest: 'other' }
    const listed = listDecisions(
      journal(
        { type: 'claimed_new' },
        decided(),
        decided(),
        intent('git_push', NOTE),
        intent('merge_pull_request', other),
        intent('by_hand', null),
        { type: 'outcome' },
      ),
    )
    expect(listed.map(({ sequence, effects }) => [sequence, effects])).toEqual([
      [2, ['git_push']],
      [5, ['merge_pull_request']],
    ])
  })
})

describe('a replay', () => {
  it('finds nothing where the rules are those of then', () => {
    const again = replay(listDecisions(journal(decided())), FOUND)
    expect(again).toEqual({ decisions: 1, same: 1, different: [], notReplayed: [] })
  })

  it.each([
    ['state', { state: 'as_it_was' }],
    ['step', { step: 'another' }],
    ['rule', { because: ['rule/of-then'] }],
  ])('shows where another %s follows now, with what it led to', (_name, before) => {
    const note = { ...NOTE, ...before }
    const { different, same } = replay(listDecisions(journal(decided(before), intent('git_push', note))), FOUND)
    expect(same).toBe(0)
    expect(different).toMatchObject([
      {
        sequence: 1,
        effects: ['git_push'],
        before,
        now: { state: NOTE.state, step: NOTE.step, because: NOTE.because },
      },
    ])
  })

  it.each([
    ['not_kept', undefined, {}],
    ['damaged', { status: 'damaged', file: '/facts/x.json' }, {}],
    ['other_version', { status: 'kept', text: '{}' }, {}],
    ['no_instant', { status: 'kept', text: kept.text }, { atMs: null }],
  ] as const)('never counts as the same what it cannot decide: %s', (reason, found, over) => {
    const facts = new Map(found === undefined ? [] : [[kept.digest, found]])
    const again = replay(listDecisions(journal(decided(over))), facts)
    expect(again).toMatchObject({ decisions: 1, same: 0, different: [], notReplayed: [{ sequence: 1, reason }] })
  })
})
