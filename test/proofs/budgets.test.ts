import { describe, expect, it } from 'vitest'
import { consider } from '../../lib/loop/consider.ts'
import { readBudget } from '../../lib/sessions/budgets.ts'
import { NO_WORK } from '../../lib/sessions/work.ts'
import { anInput, aThread } from '../loop/build.ts'
import { HOSTILE } from './hostile.ts'
import { endsOf, FREE, mostOf, walk } from './walk.ts'
import { World } from './world.ts'

/** A step without a budget may be tried so often while nothing changes; or so many runs may die over it. */
const MOST_TRIES = 3
const MOST_DEATHS = 12

const STEPS = [
  'implement',
  'commit_work',
  'fix_checks',
  'fix_gate',
  'address_review_feedback',
  'resolve_merge_conflicts',
  'run_draft_gate',
  'reconcile_draft_gate',
  'run_pre_approval_gate',
] as const

const { checksLimitMs, reviewLimitMs, mergeabilityLimitMs } = anInput().preference.wait
const LIMITS = {
  wait_for_ci: checksLimitMs,
  wait_for_copilot_review: reviewLimitMs,
  wait_for_mergeability: mergeabilityLimitMs,
  observe: mergeabilityLimitMs,
} as const

describe('with an outside that wishes it no good, a loop', () => {
  const walks = beginnings().flatMap(({ from, begin }) =>
    HOSTILE.map(({ name, draw }) => {
      const world = begin.copy()
      world.draw = draw()
      return { name: `${name}, from ${from}`, world, ...walk(world) }
    }),
  )
  const dying = ({ name }: { readonly name: string }) => name.includes('runs die')

  it('ends at a person, or with the merge after all', () => {
    console.log(`${walks.length} walks of ${HOSTILE.length} hostile schedules: ${endsOf(walks)}`)
    expect(walks.filter(({ ended }) => ended !== 'human' && ended !== 'done').map(({ name }) => name)).toEqual([])
  })

  it.each(STEPS)('tries %s as often as its budget says and no more', (step) => {
    const { key, limit } = readBudget({ budgets: {} }, step, { head: null, budgets: FREE.budgets })
    const most = mostOf(walks.map(({ tries }) => tries))
    const seen = Math.max(most.get(`issue ${step}`) ?? 0, most.get(`pull_request ${step}`) ?? 0)
    console.log(`${step.padEnd(24)} budgets.${key.padEnd(16)} ${limit}, most seen ${seen}`)
    // No schedule tries it more often, and some try it until it is spent.
    expect(seen).toBe(limit)
  })

  it('asks for no more reviews than policy has rounds', () => {
    const asked = walks.map(({ world }) => world.effects.filter((effect) => effect.startsWith('request')).length)
    console.log(
      `request a review         review.maxRounds      ${FREE.review.maxRounds}, most seen ${Math.max(...asked)}`,
    )
    expect(Math.max(...asked)).toBeLessThanOrEqual(FREE.review.maxRounds)
  })

  it('tries no other command more than three times in vain, and lets no more than a dozen runs die over one', () => {
    const living = mostOf(walks.filter((one) => !dying(one)).map(({ inVain }) => inVain))
    const dead = mostOf(walks.filter(dying).map(({ inVain }) => inVain))
    for (const [step, count] of dead)
      console.log(`${step.padEnd(30)} in vain at most ${living.get(step) ?? 0}, and ${count} where runs die`)
    expect([...living].filter(([, count]) => count > MOST_TRIES)).toEqual([])
    expect([...dead].filter(([, count]) => count > MOST_DEATHS + 1)).toEqual([])
  })

  it('waits for nothing longer than its limit', () => {
    const waited = mostOf(walks.map(({ waited }) => waited))
    for (const [step, limitMs] of Object.entries(LIMITS))
      console.log(`${step.padEnd(24)} ${limitMs / 1000} s, longest seen ${(waited.get(step) ?? 0) / 1000} s`)
    const overrun = mostOf(walks.map(({ overrun }) => overrun))
    expect([...overrun].filter(([, ms]) => ms >= 0)).toEqual([])
    expect(Object.keys(LIMITS).filter((step) => !waited.has(step))).toEqual([])
  })

  it('asks the same person the same again when nobody answers, and does nothing meanwhile', () => {
    const restless = walks.flatMap(({ name, world, last }) => {
      const before = world.effects.length
      const again = [1, 2, 3].map(() => {
        world.now += 86_400_000
        return world.step()
      })
      const same = again.every(({ actor, step }) => actor === last.actor && step === last.step)
      return same && world.effects.length === before ? [] : [`${name}: ${again.map(({ step }) => step)}`]
    })
    expect(restless).toEqual([])
  })
})

/** Late in the work too, so that what comes early does not use up all patience. */
function beginnings() {
  const issue = new World(() => 0, FREE)
  const late = issue.copy()
  while (consider(late.input()).decided.state !== 'pre_approval_gate_needed') late.step()
  const unjudged = late.copy()
  unjudged.verdicts = []
  unjudged.work.pr = { ...unjudged.work.pr, verdicts: NO_WORK.verdicts }
  const remarked = late.copy()
  if (remarked.pull) remarked.pull.threads = [aThread()]
  return [
    { from: 'the issue', begin: issue },
    { from: 'an open remark', begin: remarked },
    { from: 'the last gate', begin: late },
    { from: 'a pull request that was never a draft', begin: unjudged },
  ]
}
