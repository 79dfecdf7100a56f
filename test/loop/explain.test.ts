import { describe, expect, it } from 'vitest'
import { consider } from '../../lib/loop/consider.ts'
import { type Explanation, explain } from '../../lib/loop/explain.ts'
import { attempt } from '../../lib/loop/machines/attempt.ts'
import { decide } from '../../lib/loop/next.ts'
import { STAGES } from '../../lib/loop/precedence.ts'
import { smallestChanges } from '../../lib/loop/smallest-change.ts'
import { sayMissing } from '../../lib/loop/words/missing.ts'
import { sayTask } from '../../lib/loop/words/steps.ts'
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

interface AnyRow {
  readonly next: { readonly step: string } | null
}

function told(over: Parameters<typeof anInput>[0]): Explanation {
  return explain(consider(anInput(over)))
}

function firstOtherwise(over: Parameters<typeof anInput>[0]): string | undefined {
  return told(over).otherwise[0]?.says
}

const red = pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) })

const STAGE_ROWS = [...Object.values(STAGES), attempt].flatMap(({ states }) => Object.values<AnyRow>(states))
const ASKED = STAGE_ROWS.flatMap(({ next }) => (next === null || next.step === 'as_asked' ? [] : [next.step]))

describe('an explanation', () => {
  it.each([...new Set([...ASKED, 'wait_for_quota'])])('says to a person what the step %s asks for', (step) => {
    expect(sayTask(step)).toEqual(expect.any(String))
  })

  it('says of what is missing what to give or where to look, not only a code', () => {
    expect(sayMissing('run_id')).toContain('DEV_LOOPS_RUN_ID')
    expect(sayMissing('draft_gate: record_of_other_head')).toBe(
      'a passed draft gate on this commit: record of other head',
    )
    expect(sayMissing('acknowledgement: https://x/a_b')).toMatch(/pr acknowledge\): https:\/\/x\/a_b$/)
    expect(sayMissing('remoteHeadIsAncestor')).toBe('remoteHeadIsAncestor')
  })

  it('says of every rule that fired what was found, also of the last one of a table', () => {
    const { why } = told({ facts: red })
    const conditions = new Map(why.map(({ rule, condition }) => [rule, condition]))
    expect(conditions.get('ownership/mine')).toBe('the target’s claim: mine')
    expect(conditions.get('review/draft-red')).toBeUndefined()
    expect(conditions.get('ci/failed')).toBe('a failed check: yes')
  })

  it('names of a rule that accepts several values the one that was found', () => {
    const { why } = told({ facts: pullRequestFacts({ isDraft: true }) })
    expect(why.at(-1)).toMatchObject({
      rule: 'gates/draft-gate',
      condition: 'the review: pr draft; the draft gate: none',
    })
  })

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
      'if the tries that policy allows were “left” instead of “spent”: fix_checks, by agent',
    )
  })

  it.each<[string, Parameters<typeof anInput>[0], string]>([
    ['red checks', { facts: red }, 'if a failed check were “no” instead of “yes”'],
    [
      'a merge that policy leaves to a person',
      finished(),
      'if the policy’s stop before the merge (autonomy.stopAt) were “no” instead of “yes”: merge, by command',
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

  it('tells whoever waits for another run what would let it go on, though three claims stand in the way', () => {
    const holder = aHolder({ runId: 'r-b', endsInMs: 5_000 })
    const { otherwise } = told({ holdings: { target: holder, branch: holder, issue: { number: 12, holder } } })
    expect(otherwise.map(({ says }) => says)).toContain(
      'if the target’s claim were “free” instead of “other living” and the branch’s claim were “open” instead of “living” and the issue’s claim were “open” instead of “living”: claim, by command',
    )
  })

  it('begins with what tells the rule that fired from its neighbours', () => {
    expect(firstOtherwise({ facts: pullRequestFacts({ isDraft: true }) })).toBe(
      'if the draft gate were “passed” instead of “none”: mark_ready_for_review, by command',
    )
  })

  it('puts last what nobody can bring about: that something is not there, or not known any more', () => {
    const lost = smallestChanges(consider(anInput({ facts: red }))).map(({ changes }) =>
      changes.some(({ to }) => to === null || to === 'missing'),
    )
    expect(lost).toContain(true)
    expect(lost.toSorted()).toEqual(lost)
  })

  it('names only changes that lead where it says, and to another step', () => {
    const inputs = [anInput({ facts: red }), anInput(finished()), anInput({ ...finished(), policy: MERGE_ALLOWED })]
    for (const input of inputs) {
      const considered = consider(input)
      const found = smallestChanges(considered)
      expect(found.length).toBeGreaterThan(0)
      for (const { leads, changes } of found) {
        expect(changes.length).toBeLessThanOrEqual(3)
        expect([leads.step, leads.actor]).not.toEqual([considered.step, considered.actor])
      }
    }
  })
})
