/**
 * Takes a world from where it is to its end, and counts on the way what may happen only so often.
 */

import { DEFAULT_POLICY } from '../../lib/config/defaults.generated.ts'
import type { Policy } from '../../lib/config/schema.ts'
import type { Decision } from '../../lib/loop/decision.ts'
import { stepOf } from '../../lib/loop/readings/stuck.ts'
import { isBudgeted, readBudget } from '../../lib/sessions/budgets.ts'
import { CLEARING_UP, type World } from './world.ts'

/** Nothing stops by the wish of policy, so that walks go as far as they can. */
export const FREE: Policy = { ...DEFAULT_POLICY, autonomy: { stopAt: [] } }

const MOST_STEPS = 1_000

const NO_WAIT = { key: '', sinceMs: 0, untilMs: 0 }

export interface Walk {
  readonly ended: Decision['actor'] | 'never'
  readonly last: Decision
  readonly steps: number
  readonly states: ReadonlySet<string>
  /** How often each step with a budget was tried: agents that were started, judgements without a result. */
  readonly tries: ReadonlyMap<string, number>
  /** Of each command without a budget, how often in a row it was tried while nothing evident changed. */
  readonly inVain: ReadonlyMap<string, number>
  /** Of each wait, how long it went on beyond the end that it named first. */
  readonly overrun: ReadonlyMap<string, number>
  /** How long each wait went on. */
  readonly waited: ReadonlyMap<string, number>
}

export function walk(world: World, onStep: (count: number) => void = () => {}): Walk {
  const states = new Set<string>()
  const [tries, inVain, overrun, waited] = [counts(), counts(), counts(), counts()]
  let wait = NO_WAIT
  let row = { key: '', count: 0 }

  for (let steps = 0; ; steps++) {
    onStep(steps)
    const [nowMs, vain] = [world.now, world.judgedInVain.length]
    const last = world.step()
    const { state, step, actor, target } = last
    states.add(state)

    if (actor === 'agent') add(tries, `${target.kind} ${step}`, 1)
    for (const gate of world.judgedInVain.slice(vain)) add(tries, `${target.kind} ${gate}`, 1)
    const { asked } = world
    if (asked !== null && step !== null && actor === 'command' && !isBudgeted(step) && !CLEARING_UP.includes(step)) {
      const { evidence, head } = stepOf(asked, { state, step, by: actor, head: last.facts.head })
      const key = JSON.stringify([state, step, head, evidence])
      row = { key, count: row.key === key ? row.count + 1 : 1 }
      inVain.set(step, Math.max(inVain.get(step) ?? 0, row.count))
    }
    if (step !== null && last.wait) {
      const key = `${state} ${last.facts.head}`
      const { sinceMs, untilMs } = wait.key === key ? wait : { sinceMs: nowMs, untilMs: last.wait.untilMs }
      wait = { key, sinceMs, untilMs }
      overrun.set(step, Math.max(overrun.get(step) ?? Number.NEGATIVE_INFINITY, nowMs - untilMs))
      waited.set(step, Math.max(waited.get(step) ?? 0, nowMs - sinceMs))
    } else wait = NO_WAIT

    const ended = actor === 'done' || actor === 'human' || actor === 'stop' ? actor : null
    if (ended !== null || steps === MOST_STEPS)
      return { ended: ended ?? 'never', last, steps, states, tries, inVain, overrun, waited }
  }
}

function counts(): Map<string, number> {
  return new Map()
}

function add(counted: Map<string, number>, key: string, count: number): void {
  counted.set(key, (counted.get(key) ?? 0) + count)
}

/** The largest of each over many walks. */
export function mostOf(all: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const most = counts()
  for (const one of all)
    for (const [key, count] of one) most.set(key, Math.max(most.get(key) ?? Number.NEGATIVE_INFINITY, count))
  return most
}

export function endsOf(walks: readonly Walk[]): string {
  const ends = counts()
  for (const { ended } of walks) add(ends, ended, 1)
  return JSON.stringify(Object.fromEntries(ends))
}

/** What was tried more often than its budget allows. */
export function beyondBudget({ tries }: Pick<Walk, 'tries'>): readonly string[] {
  return [...tries].flatMap(([key, count]) => {
    const step = key.split(' ')[1] ?? ''
    if (!isBudgeted(step)) return [`${key} has no budget`]
    const { limit } = readBudget({ budgets: {} }, step, { head: null, budgets: FREE.budgets })
    return count > limit ? [`${key}: ${count} of ${limit}`] : []
  })
}
