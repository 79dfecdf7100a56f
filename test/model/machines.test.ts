import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EVERY_MACHINE } from '../../build/every-machine.ts'
import { isCommandStep } from '../../lib/loop/commands.ts'
import { ACTORS, type AnyMachine, accepts, classify, WAIT_LIMITS } from '../../lib/loop/machine.ts'
import { WAIT_STEPS, waiting } from '../../lib/loop/machines/waiting.ts'
import { isAgentStep } from '../../lib/loop/prompts.ts'
import { countCombinations, enumerate, everyCombination, MOST_COMBINATIONS, mergedFacts } from './enumerate.ts'

/** States in which the machine has no step because another machine goes on from there. */
const PASSED_ON: Readonly<Record<string, readonly string[]>> = {
  ci: ['unknown', 'failure', 'needs_approval', 'pending', 'none', 'success', 'crediblyGreen'],
  review: [
    'done',
    'review_request_unavailable',
    'clean_converged',
    'round_cap_clean_fallback',
    'low_signal_converged',
    'internal_tooling_direct_gate',
    'no_reviewer_direct_gate',
  ],
  gates: ['done'],
  local: ['no_worktree', 'settled'],
  issue: ['done'],
  ownership: ['owned'],
  recovery: ['settled'],
  cleanup: ['done'],
  policy: ['policy_known'],
  bootstrap: ['linked_pr_ready_for_followup'],
  attempt: ['nothing_to_do', 'ends'],
  stuck: ['moving', 'retrying'],
  waiting: Object.keys(waiting.states),
  tracker: ['completed'],
  'tracker-pull-request': [],
  reviewer: [],
  'routing-request': ['state_given', 'issue_begins', 'local_begins'],
  routing: [
    'stop_done_terminal',
    'local_implementation',
    'issue_intake',
    'external_pr_followup',
    'reviewer_fixer',
    'copilot_pr_followup',
  ],
  startup: ['resolved'],
  outer: ['done_terminal'],
  lifecycle: ['merge'],
}

/** Machines whose steps `next` never hands out: whoever asks their detector takes them. */
const TAKEN_BY_THE_ASKER = ['tracker', 'tracker-pull-request', 'reviewer', 'outer', 'lifecycle']

const FOLDER = new URL('../../lib/loop/machines/', import.meta.url)

it('enumerates every table there is', async () => {
  const modules = await Promise.all(readdirSync(FOLDER).map((file) => import(new URL(file, FOLDER).href)))
  const tables = modules.flatMap((module) => Object.values<unknown>(module)).filter(isMachine)
  console.log(`${tables.length} machines`)
  expect(tables.map(({ name }) => name).sort()).toEqual(EVERY_MACHINE.map(({ name }) => name).sort())
})

function isMachine(value: unknown): value is AnyMachine {
  return typeof value === 'object' && value !== null && 'rules' in value && 'states' in value
}

describe.each(EVERY_MACHINE)('machine $name', (machine) => {
  const merged = mergedFacts(machine)
  // A predicate on what is possible may look at values that no rule tells apart, so it sees them all.
  const small = countCombinations(machine.facts) <= 100_000
  const all = enumerate(machine, small ? machine.facts : merged)
  const states = Object.entries(machine.states)

  it('gives every combination of its facts exactly one state', () => {
    const counted = `${machine.name}: ${countCombinations(machine.facts)} combinations, ${countCombinations(merged)} that rules tell apart, ${all.possible} of ${all.combinations} possible`
    console.log(counted)
    expect(countCombinations(merged)).toBeLessThanOrEqual(MOST_COMBINATIONS)
    expect(all.combinations).toBe(countCombinations(small ? machine.facts : merged))
  })

  it('finds the rule that reading downwards finds', () => {
    let at = 0
    const every = Math.ceil(countCombinations(merged) / 20_000)
    for (const facts of everyCombination(merged)) {
      if (at++ % every !== 0) continue
      const read = machine.rules.find(({ when }) => Object.keys(when).every((name) => accepts(when, name, facts[name])))
      if (classify(machine, facts).rule !== read?.id) expect(facts, read?.id).toBe(classify(machine, facts).rule)
    }
  })

  it('has no rule that never fires on possible facts', () => {
    expect(machine.rules.map(({ id }) => id).filter((id) => !all.fired.has(id))).toEqual([])
  })

  it('gives every rule an id of its own under its name', () => {
    const ids = machine.rules.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => !id.startsWith(`${machine.name}/`))).toEqual([])
  })

  it('loop-state 16.27: reaches every state from possible facts', () => {
    expect(states.map(([name]) => name).filter((name) => !all.reached.has(name))).toEqual([])
  })

  it('has a step in every state that is not final', () => {
    const without = states.filter(([, row]) => row.next === null).map(([name]) => name)
    expect(without.sort()).toEqual([...(PASSED_ON[machine.name] ?? [])].sort())
  })

  it('loop-state 16.28: lets every transition happen by what its step changes', () => {
    const transitions = all.transitions()
    const named = states.flatMap(([from, row]) => row.to.map((to) => `${from} -> ${to}`))
    expect(named.filter((transition) => !transitions.has(transition))).toEqual([])
  })

  it('leads on from every step that is not a person’s', () => {
    const stuck = states.filter(
      ([, row]) => row.next && row.to.length === 0 && !['human', 'stop'].includes(row.next.by),
    )
    expect(stuck.map(([name]) => name)).toEqual([])
  })

  it('ends every wait, by a limit or by facts that change', () => {
    const waits = states.filter(([, row]) => row.next?.by === 'wait')
    expect(waits.filter(([, row]) => !row.wait || !WAIT_LIMITS.includes(row.wait.limit)).map(([name]) => name)).toEqual(
      [],
    )
    const idle = states.filter(([, row]) => row.wait && row.next?.by !== 'wait').map(([name]) => name)
    expect(idle).toEqual([])
  })

  it('hands out only steps that somebody can take', () => {
    const unknown = states.flatMap(([, { next }]) => {
      if (!next || next.step === 'as_asked') return []
      if (TAKEN_BY_THE_ASKER.includes(machine.name)) return ACTORS.includes(next.by) ? [] : [next.by]
      if (next.by === 'command') return isCommandStep(next.step) ? [] : [next.step]
      if (next.by === 'agent') return isAgentStep(next.step) ? [] : [next.step]
      if (next.by === 'wait') return WAIT_STEPS.includes(next.step) ? [] : [next.step]
      return ACTORS.includes(next.by) ? [] : [next.by]
    })
    expect(unknown).toEqual([])
  })
})
