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
  const tally = new Tally()
  for (let steps = 0; ; steps++) {
    onStep(steps)
    const before = { nowMs: world.now, judgedInVain: world.judgedInVain.length }
    const last = world.step()
    states.add(last.state)
    tally.noteTries(last, world.judgedInVain.slice(before.judgedInVain))
    tally.noteCommand(last, world)
    tally.noteWait(last, before.nowMs)

    const { actor } = last
    const ended = actor === 'done' || actor === 'human' || actor === 'stop' ? actor : null
    if (ended !== null || steps === MOST_STEPS)
      return { ...tally.counted, ended: ended ?? 'never', last, steps, states }
  }
}

class Tally {
  readonly counted = { tries: counts(), inVain: counts(), overrun: counts(), waited: counts() }
  private wait = { key: '', sinceMs: 0, untilMs: 0 }
  private row = { key: '', count: 0 }

  noteTries({ actor, step, target }: Decision, judgedInVain: readonly string[]): void {
    const tried = actor === 'agent' && step !== null ? [step] : []
    for (const one of [...tried, ...judgedInVain]) add(this.counted.tries, `${target.kind} ${one}`, 1)
  }

  noteCommand({ state, actor, step, facts }: Decision, { asked }: World): void {
    if (asked === null || step === null || actor !== 'command') return
    if (isBudgeted(step) || CLEARING_UP.includes(step)) return
    const { evidence, head } = stepOf(asked, { state, step, by: actor, head: facts.head })
    const key = JSON.stringify([state, step, head, evidence])
    this.row = { key, count: this.row.key === key ? this.row.count + 1 : 1 }
    keepMost(this.counted.inVain, step, this.row.count)
  }

  noteWait({ state, step, facts, wait }: Decision, nowMs: number): void {
    const key = wait ? `${state} ${facts.head}` : ''
    if (this.wait.key !== key) this.wait = { key, sinceMs: nowMs, untilMs: wait?.untilMs ?? nowMs }
    if (!wait || step === null) return
    keepMost(this.counted.overrun, step, nowMs - this.wait.untilMs)
    keepMost(this.counted.waited, step, nowMs - this.wait.sinceMs)
  }
}

function counts(): Map<string, number> {
  return new Map()
}

function add(counted: Map<string, number>, key: string, count: number): void {
  counted.set(key, (counted.get(key) ?? 0) + count)
}

function keepMost(counted: Map<string, number>, key: string, count: number): void {
  counted.set(key, Math.max(counted.get(key) ?? count, count))
}

/** The largest of each over many walks. */
export function mostOf(all: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const most = counts()
  for (const one of all) for (const [key, count] of one) keepMost(most, key, count)
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
