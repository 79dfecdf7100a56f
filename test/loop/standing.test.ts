/** Where a pull request stands, apart from who may act: the same as `next` says to whoever holds it. */
import { describe, expect, it } from 'vitest'
import { decide } from '../../lib/loop/next.ts'
import { standingOf } from '../../lib/loop/standing.ts'
import { refuse } from '../../lib/outcome.ts'
import {
  aCheck,
  aHolder,
  anInput,
  aReview,
  aThread,
  checks,
  finished,
  listed,
  MERGE_ALLOWED,
  NOW,
  pullRequestFacts,
} from './build.ts'

const cases: [string, Parameters<typeof anInput>[0]][] = [
  ['a green draft', { facts: pullRequestFacts({ isDraft: true }) }],
  ['failed checks', { facts: pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) }) }],
  ['running checks', { facts: pullRequestFacts({ checks: checks(aCheck('test', null)) }) }],
  ['open threads', { facts: pullRequestFacts({ threads: listed([aThread()]), reviews: listed([aReview()]) }) }],
  ['threads that are not known', { facts: pullRequestFacts({ threads: listed([], false) }) }],
  ['a conflict', { facts: pullRequestFacts({ mergeable: 'CONFLICTING', mergeStateStatus: 'DIRTY' }) }],
  ['everything passed', { ...finished(), policy: MERGE_ALLOWED }],
  ['a policy that cannot be read', { policy: refuse('policy_unproved', 'two of them') }],
  ['no pull request', { facts: pullRequestFacts(null) }],
]

describe('where a pull request stands', () => {
  it.each(cases)('is what next says to the run that holds it: %s', (_what, over) => {
    const { state, step, actor } = decide(anInput(over))
    expect(standingOf(anInput(over))).toMatchObject({ state, step, actor })
  })

  it.each(cases)('does not depend on who holds it or on worktrees: %s', (_what, over) => {
    const others = { target: aHolder({ runId: 'r-other' }), branch: null, issue: null }
    const elsewhere = anInput({ ...over, you: null, local: null, holdings: others })
    expect(standingOf(elsewhere)).toEqual(standingOf(anInput(over)))
  })

  it('says when a wait ends, and asks a person once it is over', () => {
    const running = anInput({ facts: pullRequestFacts({ checks: checks(aCheck('test', null)) }) })
    expect(standingOf(running)).toMatchObject({ actor: 'wait', waitUntilMs: NOW + 3_600_000 })
    const wait = { state: 'waiting_for_ci', head: pullRequestFacts().pr?.head.sha ?? '', sinceMs: NOW - 3_600_000 }
    const over = standingOf({ ...running, work: { ...running.work, wait } })
    expect(over).toMatchObject({ state: 'waiting_for_ci', actor: 'human', waitUntilMs: null })
  })

  it('of one that is merged is done', () => {
    const merged = anInput({
      you: null,
      facts: pullRequestFacts({ state: 'MERGED' }),
      holdings: { target: null, branch: null, issue: null },
    })
    expect(standingOf(merged)).toMatchObject({ state: 'done', step: null, actor: 'done' })
  })
})
