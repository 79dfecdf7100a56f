import { describe, expect, it } from 'vitest'
import { consider } from '../../lib/loop/consider.ts'
import { type Explanation, explain } from '../../lib/loop/explain.ts'
import { decide } from '../../lib/loop/next.ts'
import { smallestChanges } from '../../lib/loop/smallest-change.ts'
import {
  aCheck,
  aHolder,
  anInput,
  aWork,
  checks,
  EARLIER,
  finished,
  issueFacts,
  localFacts,
  MERGE_ALLOWED,
  pullRequestFacts,
} from './build.ts'

function told(over: Parameters<typeof anInput>[0]): Explanation {
  return explain(consider(anInput(over)))
}

function firstOtherwise(over: Parameters<typeof anInput>[0]): string | undefined {
  return told(over).otherwise[0]?.says
}

const red = pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) })

describe('an explanation', () => {
  it('names every machine that was asked, in order, and the last one has decided', () => {
    const { why } = told({ facts: red })
    expect(why.map(({ machine }) => machine)).toEqual([
      'ownership',
      'recovery',
      'policy',
      'local',
      'ci',
      'review',
      'gates',
    ])
    expect(why.at(-1)).toMatchObject({ state: 'checks_failed', means: 'checks of the head failed' })
    expect(why.map(({ rule }) => rule)).toEqual(decide(anInput({ facts: red })).because)
  })

  it('names the machine that took the step away when a budget is spent', () => {
    const heads = ['1', '2', '3'].map((digit) => digit.repeat(40))
    const { why, otherwise } = told({ facts: red, work: aWork({ budgets: { fix_checks: { heads, attempts: 3 } } }) })
    expect(why.at(-1)).toMatchObject({ machine: 'attempt', state: 'budget_spent' })
    expect(otherwise[0]?.says).toBe(
      'if the tries that policy allows were “none” instead of “spent”: fix_checks, by agent',
    )
  })

  it.each<[string, Parameters<typeof anInput>[0], string]>([
    ['red checks', { facts: red }, 'if a failed check were “no” instead of “yes”'],
    [
      'a merge that policy leaves to a person',
      finished(),
      'if policy stops before the merge (autonomy.stopAt) were “no” instead of “yes”: merge, by command',
    ],
    [
      'a target that nobody holds',
      { holdings: { target: null, branch: null, issue: null } },
      'if the target’s claim were “mine” instead of “free”',
    ],
    [
      'unpushed commits',
      { local: localFacts({ ahead: 1, remoteHead: EARLIER, pushed: false }) },
      'if commits that the remote lacks were “none” instead of “some”',
    ],
    ['an issue without worktree', { facts: issueFacts(), local: null }, 'if work on its branch were'],
  ])('says for %s what would have to be different', (_what, over, expected) => {
    expect(firstOtherwise(over)).toContain(expected)
  })

  it('names no change after which the same step follows for another reason', () => {
    const holdings = {
      target: null,
      branch: aHolder({ runId: 'r-b', endsInMs: 5_000 }),
      issue: { number: 12, holder: aHolder({ runId: 'r-i', endsInMs: 5_000 }) },
    }
    const both = consider(anInput({ holdings }))
    for (const { leads } of smallestChanges(both)) expect(leads.step).not.toBe('wait_for_holder')
  })

  it('names only changes that lead where it says, and to another step', () => {
    const inputs = [anInput({ facts: red }), anInput(finished()), anInput({ ...finished(), policy: MERGE_ALLOWED })]
    for (const input of inputs) {
      const considered = consider(input)
      const found = smallestChanges(considered)
      expect(found.length).toBeGreaterThan(0)
      for (const { leads, changes } of found) {
        expect(changes.length).toBeLessThanOrEqual(2)
        expect([leads.step, leads.actor]).not.toEqual([considered.step, considered.actor])
      }
    }
  })
})
