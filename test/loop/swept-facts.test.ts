/** A sweep looks at many pull requests to see who has the next step; it never starts that step. */
import { describe, expect, it } from 'vitest'
import { PullRequestFacts } from '../../lib/facts/pull-request.ts'
import type { DecisionInput } from '../../lib/loop/decision.ts'
import { decide } from '../../lib/loop/next.ts'
import { aCheck, anInput, checks, finished, MERGE_ALLOWED, pullRequestFacts } from './build.ts'

const AGAIN = ['dev-loops', 'next', '--repo', 'acme/api', '--pr', '88', '--run-id', 'r-1']

function ofSweep({ facts, ...rest }: { facts: PullRequestFacts } & Partial<DecisionInput>): DecisionInput {
  return anInput({ ...rest, facts: { ...facts, origin: 'sweep' } })
}

describe('facts of a sweep', () => {
  it('never lead to an effect: the command is the question itself', () => {
    const swept = decide(ofSweep({ ...finished(), policy: MERGE_ALLOWED }))
    expect(swept).toMatchObject({ step: 'merge', actor: 'command', command: AGAIN })
    expect(swept.missing).toContain('fresh_observation')
    expect(decide(anInput({ ...finished(), policy: MERGE_ALLOWED })).command).toContain('merge')
  })

  it('give the step, the state and the actor that the same facts of a fresh look give', () => {
    for (const facts of [pullRequestFacts(), pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) })]) {
      const [fresh, swept] = [decide(anInput({ facts })), decide(ofSweep({ facts }))]
      expect([swept.state, swept.step, swept.actor]).toEqual([fresh.state, fresh.step, fresh.actor])
    }
  })

  it('say that an agent too has to look first', () => {
    const facts = pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) })
    expect(decide(ofSweep({ facts }))).toMatchObject({ actor: 'agent', missing: ['fresh_observation'] })
  })

  it('are told from those that an earlier version kept', () => {
    const { origin: _, ...earlier } = pullRequestFacts()
    expect(PullRequestFacts.parse(earlier).origin).toBe('target')
  })
})
