import { describe, expect, it } from 'vitest'
import type { DecisionInput } from '../../lib/loop/decision.ts'
import { classify, type FactsOf } from '../../lib/loop/machine.ts'
import { stuck } from '../../lib/loop/machines/stuck.ts'
import { decide } from '../../lib/loop/next.ts'
import { type NextStep, readStuck, stepOf } from '../../lib/loop/readings/stuck.ts'
import type { BudgetReading } from '../../lib/sessions/budgets.ts'
import { handOut, noteTry, TRAIL_WINDOW } from '../../lib/sessions/trail.ts'
import type { TrailEntry } from '../../lib/sessions/work.ts'
import {
  aCheck,
  anInput,
  aThread,
  aWork,
  checks,
  EARLIER,
  finished,
  HEAD,
  listed,
  MERGE_ALLOWED,
  pullRequestFacts,
} from './build.ts'

const INPUT = anInput()
type StuckFacts = FactsOf<typeof stuck>

function next(step: string, over: Partial<NextStep> = {}): NextStep {
  return { state: `in_${step}`, step, by: 'command', head: HEAD, ...over }
}

/** Hands out each step in turn, tries it, and says what the machine makes of the last one. */
function outcomeOf(steps: readonly NextStep[], inputOf: (at: number) => DecisionInput = () => INPUT) {
  let trail: TrailEntry[] = []
  let state = 'moving'
  for (const [at, step] of steps.entries()) {
    const input = { ...inputOf(at), work: { ...inputOf(at).work, trail } }
    state = classify(stuck, readStuck(input, step, budgets.get(step.step)?.(at) ?? null)).state
    trail = noteTry(handOut(trail, stepOf(input, step)))
  }
  return state
}

const LEFT: BudgetReading = { key: 'fixChecks', used: 1, limit: 3, spent: false }
/** After so many tries. A gate that comes to a result costs nothing. */
const budgets = new Map<string, (tries: number) => BudgetReading>([
  ['fix', (tries) => ({ ...LEFT, used: tries, limit: 9 })],
  ['judge', () => ({ ...LEFT, used: 0 })],
])

describe('the trail of a run', () => {
  it.each<[string, string, string]>([
    ['nothing twice', 'A', 'moving'],
    ['one step three times', 'AAA', 'moving'],
    ['one step a fourth time', 'AAAA', 'repeating'],
    ['there and back', 'ABA', 'moving'],
    ['two steps in turn', 'ABAB', 'oscillating'],
    ['another end', 'ABAC', 'moving'],
    ['only the end counts', 'XYXZAB', 'moving'],
    ['three of one before it', 'XXXAB', 'moving'],
    ['three steps in turn, which the predecessor did not see', 'ABCABC', 'cycling'],
    ['four steps in turn', 'ABCDABCD', 'cycling'],
    ['five steps in turn', 'ABCDEABCDE', 'cycling'],
    ['six steps in turn', 'ABCDEFABCDEF', 'cycling'],
    ['seven steps in turn are more than half the window', 'ABCDEFGABCDEFG', 'moving'],
    ['often, with others between', 'ABACDA', 'repeating'],
  ])('with %s: %s is %s', (_what, word, expected) => {
    expect(outcomeOf([...word].map((letter) => next(letter)))).toBe(expected)
  })

  it('leaves a repeated step to its budget while that is left', () => {
    expect(outcomeOf(['fix', 'fix', 'fix', 'fix', 'fix'].map((step) => next(step)))).toBe('retrying')
  })

  it('leaves nothing to a budget that the tries are not counted by', () => {
    expect(outcomeOf(['judge', 'judge', 'judge'].map((step) => next(step)))).toBe('moving')
    expect(outcomeOf(['judge', 'judge', 'judge', 'judge'].map((step) => next(step)))).toBe('repeating')
  })

  it.each<[string, Partial<StuckFacts>, string]>([
    ['two steps in turn', { cycle: 'two_steps' }, 'oscillating'],
    ['more steps in turn', { cycle: 'more_steps' }, 'cycling'],
    ['a file that stays missing', { missingFile: true }, 'file_missing'],
    ['a branch put back in turn', { heads: 'alternating' }, 'reverting_each_other'],
  ])('lets no budget excuse %s', (_what, over, expected) => {
    const free = readStuck(INPUT, next('fix'), LEFT)
    expect(free.budget).toBe('left')
    expect(classify(stuck, { ...free, repeat: true, ...over }).state).toBe(expected)
  })

  it('leaves a spent budget to the machine that asks a person for it', () => {
    const free = readStuck(INPUT, next('fix'), { ...LEFT, used: 3, spent: true })
    expect(classify(stuck, { ...free, repeat: true }).state).toBe('moving')
  })

  it.each<[string, string, string]>([
    ['the same failure in other words', '3 of 9 failed at 1f0c9ab', 'repeating'],
    ['another failure', 'a type is missing', 'moving'],
  ])('takes as evidence what failed: %s', (_what, last, expected) => {
    const summaries = ['1 of 9 failed at 77aa01c', '2 of 9 failed at 0123abc', '4 of 9 failed at 9999999', last]
    const red = (at: number) =>
      anInput({ facts: pullRequestFacts({ checks: checks(aCheck('t', 'FAILURE', { summary: summaries[at] ?? '' })) }) })
    expect(outcomeOf(Array(4).fill(next('A')), red)).toBe(expected)
  })

  it('does not take asking for trying', () => {
    const asked = Array.from({ length: 9 }).reduce<TrailEntry[]>(
      (trail) => handOut(trail, stepOf(INPUT, next('A'))),
      [],
    )
    expect(asked).toHaveLength(1)
    expect(readStuck({ ...INPUT, work: aWork({ trail: asked }) }, next('A'), null)).toMatchObject({ repeat: false })
  })

  it('counts an effect once for each time that its step was handed out', () => {
    const once = noteTry(noteTry(noteTry(handOut([], stepOf(INPUT, next('A'))))))
    expect(once[0]?.tries).toBe(1)
  })

  it('sees two parties that put the branch back in turn', () => {
    const heads = [HEAD, EARLIER, HEAD, EARLIER]
    expect(outcomeOf(heads.map((head, at) => next(`step${at}`, { head })))).toBe('reverting_each_other')
    expect(outcomeOf(heads.slice(0, 3).map((head, at) => next(`step${at}`, { head })))).toBe('moving')
  })

  it('sees that a file is still missing after another commit, and not before', () => {
    const missing = (file: string) =>
      anInput({
        facts: pullRequestFacts({
          checks: checks(aCheck('test', 'FAILURE', { summary: `ENOENT: no such file or directory, open '${file}'` })),
        }),
      })
    const steps = [next('fix'), next('fix', { head: EARLIER })]
    expect(outcomeOf(steps, () => missing('a.json'))).toBe('file_missing')
    expect(outcomeOf(steps, (at) => missing(`${at}.json`))).toBe('moving')
    expect(outcomeOf([next('fix'), next('fix')], () => missing('a.json'))).toBe('moving')
  })

  it('does not take a conversation for a circle: each remark is new evidence', () => {
    const threads = (count: number) =>
      anInput({
        facts: pullRequestFacts({
          threads: listed(Array.from({ length: count }, (_, at) => aThread({ id: `T${at}` }))),
        }),
      })
    const steps = ['answer', 'resolve', 'answer', 'resolve', 'answer', 'resolve'].map((step) =>
      next(step, { by: 'agent' }),
    )
    expect(outcomeOf(steps, (at) => threads(at))).toBe('moving')
  })

  it('takes a window full of two steps without any agent for a circle, whatever else changes', () => {
    const steps = Array.from({ length: TRAIL_WINDOW }, (_, at) =>
      next(at % 2 ? 'B' : 'A', { head: at.toString(16).padStart(40, '0') }),
    )
    expect(outcomeOf(steps)).toBe('cycling')
    expect(outcomeOf(steps.slice(1))).toBe('moving')
    expect(outcomeOf(steps.map((step) => ({ ...step, by: 'agent' })))).toBe('moving')
  })
})

describe('a decision', () => {
  const { facts, work } = finished()
  const merge = { facts, policy: MERGE_ALLOWED }
  const entry = (input: DecisionInput): TrailEntry => {
    const step = { state: 'declare_merge_ready', step: 'merge', by: 'command', head: HEAD } as const
    return { ...stepOf(input, step), tries: 3, claims: 1, open: false }
  }

  it('goes to a person with the evidence once a merge was refused three times and nothing has changed', () => {
    const before = anInput({ ...merge, work })
    const decision = decide({ ...before, work: { ...work, trail: [entry(before)] } })
    expect(decision).toMatchObject({
      state: 'declare_merge_ready',
      step: 'ask_person',
      actor: 'human',
      waitingFor: 'operator_intervention',
    })
    expect(decision.evidence).toContain('repeating: merge')
    expect(decision.because.slice(-2)).toEqual(['stuck/repeat', 'attempt/stuck'])
  })

  it('goes on for the successor of a run that died, until a dozen have died over the same step', () => {
    const before = anInput({ ...merge, work })
    const diedOver = (claims: number) => ({ ...entry(before), token: 1, claims })
    const withTrail = (last: TrailEntry) => decide({ ...before, work: { ...work, trail: [last] } })
    expect(withTrail(diedOver(12))).toMatchObject({ step: 'merge', actor: 'command' })
    expect(withTrail(diedOver(13))).toMatchObject({ step: 'ask_person', actor: 'human' })
  })

  it('goes on as soon as what is evident has changed', () => {
    const before = anInput({ ...merge, work })
    const trail = [entry({ ...before, work: { ...work, evidence: ['merge_refused'] } })]
    expect(decide({ ...before, work: { ...work, trail } })).toMatchObject({ step: 'merge', actor: 'command' })
  })
})
