import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../lib/config/defaults.generated.ts'
import type { Policy } from '../../lib/config/schema.ts'
import { CHANCES, type Chance, type Draw, World } from './world.ts'

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

function walk(draw: Draw, policy: Policy) {
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

/** Kind answers come more often, so that walks get far. */
function drawn(random: Iterator<number>): Draw {
  return (chance) => {
    const value = random.next().value ?? 0
    return value % 3 === 0 ? Math.floor(value / 3) % CHANCES[chance] : 0
  }
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

  it.each<[string, Chance, number, string]>([
    ['agents that do nothing', 'agent', 4, 'human'],
    ['agents that never commit', 'agent', 3, 'human'],
    ['agents that only answer', 'agent', 2, 'human'],
    ['agents that always leave something uncommitted', 'agent', 1, 'human'],
    ['checks that are always red', 'checks', 1, 'human'],
    ['checks that never end', 'checks', 2, 'human'],
    ['a judge that always finds something', 'judge', 1, 'human'],
    ['a judge that never comes to a result', 'judge', 2, 'human'],
    ['a reviewer that cannot be asked', 'request', 1, 'human'],
    ['a reviewer that always has a remark', 'review', 1, 'done'],
    ['a reviewer that never answers', 'review', 2, 'human'],
    ['a base that always conflicts', 'conflict', 1, 'human'],
  ])('with %s ends', (_who, chance, answer, expected) => {
    const free = { ...DEFAULT_POLICY, autonomy: { stopAt: [] } }
    const { ended, trail } = walk((asked) => (asked === chance ? answer : 0), free)
    expect(ended, trail.slice(-20).join('\n')).toBe(expected)
  })

  it('with a GitHub that never shows the pushed head ends at a person', () => {
    let asked = 0
    const redOnce: Draw = (chance) => (chance === 'checks' ? (asked++ === 0 ? 1 : 0) : chance === 'observation' ? 1 : 0)
    const { ended, trail } = walk(redOnce, DEFAULT_POLICY)
    expect(ended).toBe('human')
    expect(trail.at(-1)).toBe('head_not_observed ask_person human')
  })

  it('always ends, merged or at a person, whatever agents, checks, judges and reviewers do', () => {
    const ends = new Map<string, number>()
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(1_000_000)), fc.constantFrom(...POLICIES), (random, policy) => {
        const { ended, trail } = walk(drawn(random), policy)
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
        const { effects } = walk(drawn(random), POLICIES[1] ?? DEFAULT_POLICY)
        for (const once of ['create', 'ready', 'merge']) {
          expect(effects.filter((effect) => effect === once).length).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 100 },
    )
  })
})
