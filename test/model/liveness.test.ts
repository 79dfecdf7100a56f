import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../lib/config/defaults.generated.ts'
import type { AnyMachine } from '../../lib/loop/machine.ts'
import { DECIDING } from '../../lib/loop/next.ts'
import { isBudgeted } from '../../lib/sessions/budgets.ts'
import { TRAIL_WINDOW } from '../../lib/sessions/trail.ts'
import { CHANCES, type Chance, type Draw, World } from './world.ts'

const FREE = { ...DEFAULT_POLICY, autonomy: { stopAt: [] } }
const MOST_STEPS = 1_000

/** How the outside answers each time it is asked. */
type Schedule = Readonly<Record<Chance, number>>

const NAMES = Object.keys(CHANCES).filter((name): name is Chance => name in CHANCES)
const KIND = scheduleAt(0)

function scheduleAt(index: number): Schedule {
  let rest = index
  const answers = NAMES.map((name) => {
    const answer = rest % CHANCES[name]
    rest = Math.floor(rest / CHANCES[name])
    return [name, answer] as const
  })
  return Object.fromEntries(answers) as Schedule
}

function everySchedule(every = 1): readonly Schedule[] {
  const count = NAMES.reduce((product, name) => product * CHANCES[name], 1)
  return Array.from({ length: count }, (_, at) => at)
    .filter((at) => at % every === 0)
    .map(scheduleAt)
}

interface Walk {
  readonly ended: string
  readonly steps: number
  readonly states: ReadonlySet<string>
  /** How often each step was handed out to an agent, for each target. */
  readonly tries: ReadonlyMap<string, number>
}

function walk(draw: Draw, onStep: (count: number) => void = () => {}): Walk {
  const world = new World(draw, FREE)
  const states = new Set<string>()
  const tries = new Map<string, number>()
  for (let count = 0; count < MOST_STEPS; count++) {
    onStep(count)
    const { state, step, actor, target } = world.step()
    states.add(state)
    const key = `${target.kind} ${step}`
    if (actor === 'agent') tries.set(key, (tries.get(key) ?? 0) + 1)
    if (actor === 'done' || actor === 'human' || actor === 'stop') return { ended: actor, steps: count, states, tries }
  }
  return { ended: 'never', steps: MOST_STEPS, states, tries }
}

/** The most that policy allows of any repair. */
const LARGEST_BUDGET = Math.max(...Object.values(FREE.budgets))

function tell(what: string, walks: readonly Walk[]): void {
  const ends = new Map<string, number>()
  for (const { ended } of walks) ends.set(ended, (ends.get(ended) ?? 0) + 1)
  const states = new Set(walks.flatMap((one) => [...one.states]))
  const longest = Math.max(...walks.map(({ steps }) => steps))
  console.log(
    `${what}: ${walks.length} walks, ${JSON.stringify(Object.fromEntries(ends))}, ${states.size} states, longest ${longest}`,
  )
}

describe('the loop', () => {
  it('ends merged or at a person whatever the outside answers every time, and repeats nothing beyond its budget', () => {
    const walks = everySchedule().map((schedule) => walk((chance) => schedule[chance]))
    tell('the same answers every time', walks)
    expect(walks.filter(({ ended }) => ended !== 'done' && ended !== 'human')).toEqual([])
    const beyond = walks.flatMap(({ tries }) => [...tries].filter(([, count]) => count > LARGEST_BUDGET))
    expect(beyond).toEqual([])
  })

  it('ends too when the outside changes its mind every time', () => {
    const walks = everySchedule(7).map((schedule) => {
      let asked = 0
      return walk((chance) => (asked++ % 2 === 0 ? schedule[chance] : 0))
    })
    tell('flapping answers', walks)
    expect(walks.filter(({ ended }) => ended !== 'done' && ended !== 'human')).toEqual([])
  })

  it('gets to its end from wherever a hostile outside left it, once agent, reviewer and checks cooperate', () => {
    const walks = everySchedule(11).flatMap((schedule) =>
      [4, 9, 16, 30].map((turnsKindAt) => {
        let now = schedule
        return walk(
          (chance) => now[chance],
          (count) => {
            if (count === turnsKindAt) now = KIND
          },
        )
      }),
    )
    tell('hostile, then kind', walks)
    expect(walks.filter(({ ended }) => ended !== 'done' && ended !== 'human')).toEqual([])
    expect(walks.some(({ ended }) => ended === 'done')).toBe(true)
  })
})

describe.each(Object.entries<AnyMachine>(DECIDING))('loops of machine %s', (name, machine) => {
  it('pass a step with a budget or a wait with an end, or are short enough to be seen going round', () => {
    const bounded = (state: string) => {
      const next = machine.states[state]?.next
      return !next || isBudgeted(next.step) || next.by === 'wait' || next.by === 'human' || next.by === 'stop'
    }
    const open = Object.keys(machine.states).filter((state) => !bounded(state))
    const circling = open.filter((state) => reaches(state, state, machine, open))
    if (circling.length > 0) console.log(`${name}: without a budget only ${circling.join(', ')}`)
    expect(circling.length).toBeLessThanOrEqual(TRAIL_WINDOW / 2)
    expect(circling.filter((state) => machine.states[state]?.next?.by === 'agent')).toEqual([])
  })
})

/** Whether one step at least leads from one state to another, by these alone. */
function reaches(from: string, to: string, machine: AnyMachine, among: readonly string[]): boolean {
  const seen = new Set<string>()
  const ahead = [from]
  for (let state = ahead.pop(); state !== undefined; state = ahead.pop()) {
    for (const next of machine.states[state]?.to ?? []) {
      if (next === to) return true
      if (!among.includes(next) || seen.has(next)) continue
      seen.add(next)
      ahead.push(next)
    }
  }
  return false
}
