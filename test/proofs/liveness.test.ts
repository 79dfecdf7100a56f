import { describe, expect, it } from 'vitest'
import type { AnyMachine } from '../../lib/loop/machine.ts'
import { DECIDING } from '../../lib/loop/next.ts'
import { isBudgeted } from '../../lib/sessions/budgets.ts'
import { TRAIL_WINDOW } from '../../lib/sessions/trail.ts'
import { beyondBudget, endsOf, FREE, type Walk, walk } from './walk.ts'
import { CHANCES, type Chance, type Draw, World } from './world.ts'

/** How the outside answers each time it is asked. */
type Schedule = Readonly<Record<Chance, number>>

/** Each with each; the others are always kind here, and meet these by two in hostile.ts. */
const VARIED = ['observation', 'conflict', 'checks', 'agent', 'judge', 'request', 'review'] as const
const ALWAYS_KIND = { mergeability: 0, effect: 0, death: 0 } as const

const KIND = scheduleAt(0)

function scheduleAt(index: number): Schedule {
  let rest = index
  const answers = VARIED.map((name) => {
    const answer = rest % CHANCES[name]
    rest = Math.floor(rest / CHANCES[name])
    return [name, answer] as const
  })
  return { ...ALWAYS_KIND, ...(Object.fromEntries(answers) as Record<(typeof VARIED)[number], number>) }
}

function everySchedule(every = 1): readonly Schedule[] {
  const count = VARIED.reduce((product, name) => product * CHANCES[name], 1)
  return Array.from({ length: count }, (_, at) => at)
    .filter((at) => at % every === 0)
    .map(scheduleAt)
}

function walkFromIssue(draw: Draw, onStep?: (count: number) => void): Walk {
  return walk(new World(draw, FREE), onStep)
}

function tell(what: string, walks: readonly Walk[]): void {
  const states = new Set(walks.flatMap((one) => [...one.states]))
  const longest = Math.max(...walks.map(({ steps }) => steps))
  console.log(`${what}: ${walks.length} walks, ${endsOf(walks)}, ${states.size} states, longest ${longest}`)
}

describe('the loop', () => {
  it('ends merged or at a person whatever the outside answers every time, and repeats nothing beyond its budget', () => {
    const walks = everySchedule().map((schedule) => walkFromIssue((chance) => schedule[chance]))
    tell('the same answers every time', walks)
    expect(walks.filter(({ ended }) => ended !== 'done' && ended !== 'human')).toEqual([])
    expect(walks.flatMap(beyondBudget)).toEqual([])
  })

  it('ends too when the outside changes its mind every time', () => {
    const walks = everySchedule(7).map((schedule) => {
      let asked = 0
      return walkFromIssue((chance) => (asked++ % 2 === 0 ? schedule[chance] : 0))
    })
    tell('flapping answers', walks)
    expect(walks.filter(({ ended }) => ended !== 'done' && ended !== 'human')).toEqual([])
  })

  it('gets to its end from wherever a hostile outside left it, once agent, reviewer and checks cooperate', () => {
    const walks = everySchedule(11).flatMap((schedule) =>
      [4, 9, 16, 30].map((turnsKindAt) => {
        let now = schedule
        return walkFromIssue(
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
