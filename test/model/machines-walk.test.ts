import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../lib/config/defaults.generated.ts'
import type { Policy } from '../../lib/config/schema.ts'
import { World } from './world.ts'

const MOST_STEPS = 3_000

const POLICIES: readonly Policy[] = [
  { ...DEFAULT_POLICY, autonomy: { stopAt: [] } },
  {
    ...DEFAULT_POLICY,
    autonomy: { stopAt: [] },
    review: { ...DEFAULT_POLICY.review, onUnavailable: 'gate', maxRounds: 2 },
  },
  { ...DEFAULT_POLICY, autonomy: { stopAt: [] }, review: { ...DEFAULT_POLICY.review, reviewer: 'none' } },
  DEFAULT_POLICY,
]

function walk(draw: (below: number) => number, policy: Policy) {
  const world = new World(draw, policy)
  const trail: string[] = []
  for (let count = 0; count < MOST_STEPS; count++) {
    const { state, step, actor } = world.step()
    trail.push(`${state} ${step} ${actor}`)
    if (actor === 'done' || actor === 'human' || actor === 'stop')
      return { ended: actor, trail, effects: world.effects }
  }
  return { ended: 'never', trail, effects: world.effects }
}

describe('a run', () => {
  it('goes from an issue to the merge when all goes well', () => {
    const { ended, effects, trail } = walk(() => 0, { ...DEFAULT_POLICY, autonomy: { stopAt: [] } })
    expect(ended, trail.join('\n')).toBe('done')
    expect(effects).toEqual(['push 1', 'create', 'ready', 'request 1', 'merge'])
  })

  it('stops at a person right before the merge under the shipped policy', () => {
    const { ended, trail } = walk(() => 0, DEFAULT_POLICY)
    expect(ended).toBe('human')
    expect(trail.at(-1)).toBe('await_final_human_approval await_final_human_approval human')
  })

  it('always ends, merged or at a person, whatever agents, checks, judges and reviewers do', () => {
    const ends = new Map<string, number>()
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(1_000_000)), fc.constantFrom(...POLICIES), (random, policy) => {
        const { ended, trail } = walk((below) => (random.next().value ?? 0) % below, policy)
        ends.set(ended, (ends.get(ended) ?? 0) + 1)
        expect(ended, trail.slice(-30).join('\n')).not.toBe('never')
      }),
      { numRuns: 200 },
    )
    console.log(`walks ended: ${JSON.stringify(Object.fromEntries(ends))}`)
  })

  it('creates, readies and merges at most once', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(1_000_000)), (random) => {
        const { effects } = walk((below) => (random.next().value ?? 0) % below, POLICIES[1] ?? DEFAULT_POLICY)
        for (const once of ['create', 'ready', 'merge']) {
          expect(effects.filter((effect) => effect === once).length).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 100 },
    )
  })
})
