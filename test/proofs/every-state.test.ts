import { describe, expect, it } from 'vitest'
import { type Considered, consider } from '../../lib/loop/consider.ts'
import type { DecidedWait } from '../../lib/loop/decision.ts'
import type { AnyMachine } from '../../lib/loop/machine.ts'
import { ci } from '../../lib/loop/machines/ci.ts'
import { review } from '../../lib/loop/machines/review.ts'
import { stuck } from '../../lib/loop/machines/stuck.ts'
import { waiting } from '../../lib/loop/machines/waiting.ts'
import { DECIDING, decide } from '../../lib/loop/next.ts'
import { atTheEndOf } from '../../lib/loop/waits.ts'
import { HOSTILE } from './hostile.ts'
import { everyStart, type Start } from './starts.ts'
import { beyondBudget, endsOf, mostOf, walk } from './walk.ts'

/** Every machine that `next` asks. */
const MACHINES = Object.entries<AnyMachine>({ ...DECIDING, ci, review, stuck, waiting })

/** Only detectors ask this of a pull request that is not there; `next` does not get so far. */
const NEVER_ASKED = ['review/no_pr']

/** Thousands of walks, on a machine that may be busy with others. */
const LONG_MS = 300_000

const starts = everyStart()

describe('from every state', { timeout: LONG_MS }, () => {
  it('that a table names, at least one walk begins', () => {
    const begun = new Map<string, number>()
    for (const { shown } of starts) for (const state of shown) begun.set(state, (begun.get(state) ?? 0) + 1)
    const named = MACHINES.flatMap(([machine, { states }]) => Object.keys(states).map((state) => `${machine}/${state}`))
    const fewest = Math.min(...begun.values())
    console.log(
      `${starts.length} beginnings of different facts, in all ${begun.size} states, at least ${fewest} in each`,
    )
    expect(named.filter((state) => !begun.has(state))).toEqual(NEVER_ASKED)
  })

  it('a loop whose agent, reviewer and checks cooperate reaches the merge or a person within its budgets', () => {
    const walks = starts.map(({ name, world, knobs }) => {
      const kind = world.copy()
      kind.draw = () => 0
      return { name, knobs, ...walk(kind) }
    })
    const longest = Math.max(...walks.map(({ steps }) => steps))
    console.log(`with good will: ${walks.length} walks, ${endsOf(walks)}, longest ${longest}`)
    expect(walks.filter(({ ended }) => ended === 'never').map(({ name }) => name)).toEqual([])
    expect(walks.flatMap(beyondBudget)).toEqual([])
    // A run ends without either only where another took over, or somebody asked it to stop.
    const stopped = walks.filter(({ ended }) => ended === 'stop').map(({ last }) => last.state)
    expect(new Set(stopped)).toEqual(new Set(['displaced', 'asked_to_stop']))
    // Nobody is asked because patience or budget ran out, unless they had before.
    const gaveUp = walks.filter(({ last }) => last.waitingFor === 'operator_intervention')
    expect(gaveUp.filter(({ knobs }) => !knobs.some((knob) => knob.gaveUp)).map(({ name }) => name)).toEqual([])
  })

  it('a loop that nobody wishes well ends too, and repeats nothing beyond its budget', () => {
    const walks = starts.map(({ name, world }, at) => {
      const schedule = HOSTILE[at % HOSTILE.length]
      const hostile = world.copy()
      if (schedule) hostile.draw = schedule.draw()
      return { name: `${name}; ${schedule?.name}`, ...walk(hostile) }
    })
    const longest = Math.max(...walks.map(({ steps }) => steps))
    console.log(`with ill will: ${walks.length} walks, ${endsOf(walks)}, longest ${longest}`)
    expect(walks.filter(({ ended }) => ended === 'never').map(({ name }) => name)).toEqual([])
    expect(walks.flatMap((one) => beyondBudget(one).map((beyond) => `${one.name}: ${beyond}`))).toEqual([])
    const overrun = mostOf(walks.map((one) => one.overrun))
    expect([...overrun].filter(([, ms]) => ms >= 0)).toEqual([])
  })
})

const DAY_MS = 86_400_000
/** One wait may follow another, but not for ever. */
const MOST_WAITS_IN_A_ROW = 3

interface Waiting {
  readonly name: string
  readonly state: string
  readonly wait: DecidedWait
  readonly considered: Considered
}

const waits = starts.flatMap(waitingAt)

function waitingAt({ name, world }: Start): readonly Waiting[] {
  const input = world.input()
  const considered = consider(input)
  const { wait } = decide(input)
  return wait ? [{ name, state: considered.decided.state, wait, considered }] : []
}

function without(wrong: (waiting: Waiting) => boolean): readonly string[] {
  return waits.filter(wrong).map(({ name }) => name)
}

describe('every wait', () => {
  it('that a table names is among those that are looked at', () => {
    const tables = Object.entries<AnyMachine>(DECIDING).filter(([name]) => name !== 'attempt')
    const named = tables.flatMap(([, { states }]) =>
      Object.entries(states).flatMap(([state, { next }]) => (next?.by === 'wait' ? [state] : [])),
    )
    const counts = [...new Set(named)].map(
      (state) => [state, waits.filter((one) => one.state === state).length] as const,
    )
    console.log(`${waits.length} waits: ${counts.map(([state, count]) => `${state} ${count}`).join(', ')}`)
    expect(counts.filter(([, count]) => count === 0)).toEqual([])
  })

  it('names what would end it', () => {
    expect(without(({ wait }) => wait.endsWhen.length === 0)).toEqual([])
  })

  it('names an instant at which it is over, a day away at most', () => {
    const away = ({ wait, considered }: Waiting) => wait.untilMs - considered.input.nowMs
    expect(without((one) => !(away(one) >= 0 && away(one) <= DAY_MS && one.wait.pollMs > 0))).toEqual([])
  })

  it('names what happens then, and that is another step or another’s', () => {
    expect(without(({ wait: { afterwards } }) => !afterwards.state || !afterwards.step)).toEqual([])
    expect(
      without(({ wait: { afterwards }, state }) => afterwards.state === state && afterwards.actor === 'wait'),
    ).toEqual([])
  })

  it('leads to somebody who does something, however long nothing else happens', () => {
    expect(without(({ considered }) => goesOnWaiting(considered))).toEqual([])
  })

  it('for an effect in doubt ends by looking for it, or by taking the target again first', () => {
    const inDoubt = waits.filter(({ state }) => state === 'effect_under_way')
    const after = new Set(inDoubt.map(({ wait: { afterwards } }) => `${afterwards.step} ${afterwards.actor}`))
    expect(after).toEqual(new Set(['recover command', 'claim command']))
  })
})

function goesOnWaiting(considered: Considered): boolean {
  let now = considered
  for (let count = 0; count <= MOST_WAITS_IN_A_ROW; count++) {
    const { wait, actor, input, reading, decided } = now
    if (actor !== 'wait' || wait === null) return false
    now = consider(atTheEndOf(wait, { input, reading, state: decided.state }))
  }
  return true
}
