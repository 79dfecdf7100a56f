import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CiReading, failedChecks, reduceCi } from '../../lib/facts/ci.ts'
import { OWN_CONTEXTS } from '../../lib/facts/identity.ts'
import type { CheckRunFact, ChecksFact, StatusContextFact } from '../../lib/facts/pull-request.ts'
import { classify } from '../../lib/loop/machine.ts'
import { ci } from '../../lib/loop/machines/ci.ts'
import { aCheck, aStatus, EARLIER, HEAD, listed, NOW } from '../loop/build.ts'

type Context = CheckRunFact | StatusContextFact

const READING: CiReading = { head: HEAD, whenNone: 'pass', graceMs: 60_000, waitingSinceMs: NOW - 60_000, nowMs: NOW }

function checksOf(items: readonly Context[], over: Partial<ChecksFact> = {}): ChecksFact {
  return {
    commit: HEAD,
    withheld: false,
    suites: 0,
    openSuites: 0,
    contexts: listed([...items]),
    committedAt: null,
    ...over,
  }
}

function stateOf(items: readonly Context[], over: Partial<ChecksFact> = {}, reading: Partial<CiReading> = {}): string {
  return classify(ci, reduceCi(checksOf(items, over), { ...READING, ...reading })).state
}

const CONCLUSIONS = [
  'SUCCESS',
  'NEUTRAL',
  'SKIPPED',
  'FAILURE',
  'TIMED_OUT',
  'STARTUP_FAILURE',
  'ACTION_REQUIRED',
  'CANCELLED',
  'STALE',
  null,
]
const STATES = ['SUCCESS', 'FAILURE', 'ERROR', 'PENDING', 'EXPECTED']

const context: fc.Arbitrary<Context> = fc.oneof(
  fc
    .record({ name: fc.constantFrom('a', 'b'), conclusion: fc.constantFrom(...CONCLUSIONS), minute: fc.nat(5) })
    .map(({ name, conclusion, minute }) => aCheck(name, conclusion, { startedAt: `2026-03-01T11:5${minute}:00Z` })),
  fc
    .record({ name: fc.constantFrom('x', 'y'), state: fc.constantFrom(...STATES) })
    .map(({ name, state }) => aStatus(name, state)),
)

describe('checks', () => {
  it.each<[string, readonly Context[], string]>([
    ['a failure beside running checks is a failure', [aCheck('a', 'FAILURE'), aCheck('b', null)], 'failure'],
    ['a start that failed is a failure', [aCheck('a', 'STARTUP_FAILURE')], 'failure'],
    ['a required action is a person’s, not a failure', [aCheck('a', 'ACTION_REQUIRED')], 'needs_approval'],
    ['a failing status counts like a failing check', [aStatus('lint', 'ERROR')], 'failure'],
    ['a running check is waited for', [aCheck('a'), aCheck('b', null)], 'pending'],
    ['skipped and neutral are green', [aCheck('a', 'SKIPPED'), aCheck('b', 'NEUTRAL')], 'success'],
    ['a cancelled check that nothing replaced is waited for', [aCheck('a', 'CANCELLED'), aCheck('b')], 'none'],
    ['a status that nobody knows is not green', [aStatus('x', 'MAYBE')], 'none'],
    ['no checks at all are credibly green when policy says so', [], 'crediblyGreen'],
  ])('%s', (_claim, items, state) => {
    expect(stateOf(items)).toBe(state)
  })

  it('loop-state 16.5: of one name and app only the newest run counts', () => {
    const older = (conclusion: string) => aCheck('a', conclusion, { startedAt: '2026-03-01T11:00:00Z' })
    expect(stateOf([older('CANCELLED'), aCheck('a')])).toBe('success')
    expect(stateOf([older('FAILURE'), aCheck('a')])).toBe('success')
    expect(stateOf([older('SUCCESS'), aCheck('a', 'FAILURE')])).toBe('failure')
    expect(stateOf([older('FAILURE'), aCheck('a', 'SUCCESS', { app: 'another' })])).toBe('failure')
    expect(stateOf([aCheck('a'), aCheck('a', null, { startedAt: null, status: 'QUEUED' })])).toBe('pending')
  })

  it('are unknown when the list is not whole or belongs to another commit', () => {
    expect(stateOf([aCheck('a')], { contexts: listed<Context>([aCheck('a')], false) })).toBe('unknown')
    expect(stateOf([aCheck('a')], { commit: EARLIER })).toBe('unknown')
  })

  it('loop-state 16.4: that may still appear are waited for, and then not for ever: suites without runs, the grace, policy', () => {
    expect(stateOf([], { suites: 1 })).toBe('none')
    expect(stateOf([], {}, { waitingSinceMs: null })).toBe('none')
    expect(stateOf([], {}, { waitingSinceMs: NOW - 59_999 })).toBe('none')
    expect(stateOf([], {}, { whenNone: 'wait' })).toBe('none')
  })

  it('that failed are named, in order, newest runs only', () => {
    const older = aCheck('b', 'FAILURE', { startedAt: '2026-03-01T11:00:00Z' })
    const items = [aCheck('c', 'FAILURE'), older, aCheck('b'), aStatus('a', 'FAILURE', { description: 'no' })]
    expect(failedChecks(checksOf(items)).map(({ name }) => name)).toEqual(['a', 'c'])
  })

  it('that passed are green once every suite has ended, or nothing more came for the grace', () => {
    const justNow = [aCheck('a', 'SUCCESS', { completedAt: '2026-03-01T11:59:30Z' })]
    expect(stateOf(justNow, { suites: 2, openSuites: 0 })).toBe('success')
    expect(stateOf(justNow, { suites: 2, openSuites: 1 })).toBe('pending')
    expect(stateOf(justNow, { suites: 2, openSuites: null })).toBe('pending')
    const longAgo = [aCheck('a', 'SUCCESS', { completedAt: '2026-03-01T11:58:30Z' })]
    expect(stateOf(longAgo, { suites: 2, openSuites: 1 })).toBe('success')
    expect(stateOf([aCheck('b', 'FAILURE'), ...justNow], { suites: 2, openSuites: 1 })).toBe('failure')
  })

  it('loop-state 16.5: that the base branch does not want hold nothing up without a result', () => {
    const wanted = aCheck('test', 'SUCCESS', { isRequired: true })
    const other = (conclusion: string | null) => aCheck('preview', conclusion, { isRequired: false })
    expect(stateOf([wanted, other('CANCELLED')])).toBe('success')
    expect(stateOf([wanted, other('ACTION_REQUIRED')])).toBe('success')
    expect(stateOf([wanted, other('FAILURE')])).toBe('failure')
    expect(stateOf([wanted, other(null)])).toBe('pending')
    expect(stateOf([aCheck('test'), other('CANCELLED')])).toBe('none')
    expect(stateOf([wanted, aCheck('preview', 'CANCELLED')])).toBe('none')
    expect(stateOf([aCheck('test', 'CANCELLED', { isRequired: true }), other('SUCCESS')])).toBe('none')
  })

  it('do not depend on the order in which they are listed', () => {
    fc.assert(
      fc.property(fc.array(context, { maxLength: 8 }), fc.infiniteStream(fc.nat()), (items, random) => {
        const weights = items.map((item) => ({ item, weight: random.next().value ?? 0 }))
        const shuffled = weights.sort((one, other) => one.weight - other.weight).map(({ item }) => item)
        expect(stateOf(shuffled)).toBe(stateOf(items))
      }),
    )
  })

  it('are never green once the list is cut off', () => {
    fc.assert(
      fc.property(fc.array(context, { maxLength: 8 }), (items) => {
        expect(stateOf(items, { contexts: listed([...items], false) })).toBe('unknown')
      }),
    )
  })
})

describe('our own statuses', () => {
  /** One example of each state that checks can be in. */
  const SITUATIONS: readonly (readonly [string, readonly Context[], Partial<ChecksFact>, Partial<CiReading>])[] = [
    ['success', [aCheck('a')], {}, {}],
    ['failure', [aCheck('a', 'FAILURE')], {}, {}],
    ['needs_approval', [aCheck('a', 'ACTION_REQUIRED')], {}, {}],
    ['pending', [aCheck('a', null)], {}, {}],
    ['none', [], {}, { whenNone: 'wait' }],
    ['none', [], { suites: 1 }, {}],
    ['none', [], {}, { waitingSinceMs: null }],
    ['crediblyGreen', [], {}, {}],
    ['unknown', [aCheck('a')], { commit: EARLIER }, {}],
  ]

  it('leave every state of the checks unchanged, whatever state they are in', () => {
    const reached = new Set<string>()
    for (const [state, items, over, reading] of SITUATIONS) {
      for (const own of OWN_CONTEXTS) {
        for (const is of STATES) {
          // Made just now: only its age may tell since when the head stands without checks.
          const status = aStatus(own, is, { createdAt: new Date(NOW).toISOString() })
          expect(stateOf([...items, status], over, reading), `${state} with ${own} ${is}`).toBe(state)
          reached.add(state)
        }
      }
    }
    expect([...reached].sort()).toEqual(Object.keys(ci.states).sort())
  })

  it('are recognised exactly: a stranger’s context that only looks alike counts', () => {
    expect(stateOf([aCheck('a'), aStatus('dev-loops/ownership', 'FAILURE')])).toBe('failure')
    expect(stateOf([aCheck('a'), aCheck('dev-loops/owner', 'FAILURE')])).toBe('failure')
  })
})
