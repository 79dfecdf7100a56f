import { describe, expect, it } from 'vitest'
import { nameOf } from './ownership-names.ts'
import { brokenBy, brokenIn } from './ownership-promises.ts'
import { ACTS, type Scene, startOf, stepsFrom, type World } from './ownership-world.ts'

/** Set it to `whole` to visit every world that three runs can reach; that takes a minute. */
const WHOLE = process.env.DEV_LOOPS_MODEL === 'whole'

const THREE_RUNS = { near: 'a', local: 'b', far: 'c' }
/** The same run twice on one machine: a worker that was displaced has the run id of the one that works now. */
const ONE_RUN_TWICE = { near: 'a', local: 'a', far: 'b' }

const LEASES = ['claim', 'takeover', 'force', 'renew', 'park', 'push', 'release'] as const
const STOPS = ['claim', 'takeover', 'renew', 'release', 'ask to stop', 'acknowledge'] as const
const OWNERS = ['claim', 'takeover', 'renew', 'release'] as const

/** Without a limit a scene is played to its end: until no step leads to a world that was not seen. */
const SCENES: readonly (readonly [string, Scene, { readonly steps: number }])[] = [
  ['three runs: leases', { cast: THREE_RUNS, acts: LEASES, reboots: false, deaths: true }, { steps: Infinity }],
  ['three runs: stops', { cast: THREE_RUNS, acts: STOPS, reboots: false, deaths: false }, { steps: Infinity }],
  ['three runs: reboots', { cast: THREE_RUNS, acts: OWNERS, reboots: true, deaths: true }, { steps: Infinity }],
  ['three runs: all', { cast: THREE_RUNS, acts: ACTS, reboots: true, deaths: true }, { steps: WHOLE ? Infinity : 6 }],
  ['one run twice: leases', { cast: ONE_RUN_TWICE, acts: LEASES, reboots: false, deaths: true }, { steps: Infinity }],
  [
    'one run twice: stops',
    { cast: ONE_RUN_TWICE, acts: STOPS, reboots: false, deaths: false },
    { steps: WHOLE ? Infinity : 8 },
  ],
  ['one run twice: reboots', { cast: ONE_RUN_TWICE, acts: OWNERS, reboots: true, deaths: true }, { steps: Infinity }],
  ['one run twice: all', { cast: ONE_RUN_TWICE, acts: ACTS, reboots: true, deaths: true }, { steps: WHOLE ? 8 : 5 }],
]

const said = new Set<string>()

describe('three workers on two machines, whatever their clocks do and in every order of steps', () => {
  it.each(SCENES)(
    '%s: one valid token at most, which only rises, and everybody gets the target in the end',
    (name, scene, limit) => {
      const { worlds, steps, depth, broken } = play(scene, limit.steps)
      console.log(`ownership model, ${name}: ${worlds} worlds, ${steps} steps, depth ${depth}`)
      expect(broken, broken ?? undefined).toBeNull()
    },
    600_000,
  )

  it('make every transition and meet every refusal', () => {
    expect([...said].sort()).toEqual(
      [
        '',
        'acknowledged',
        'active_run_exists',
        'claimed_new',
        'exit_signal_recorded',
        'lease_active',
        'lease_expired',
        'not_asked_to_stop',
        'ownership_lost',
        'ownership_missing',
        'parked',
        'pushed',
        'refreshed',
        'release_noop',
        'released',
        'renewed',
        'taken_over',
      ].sort(),
    )
  })
})

interface Played {
  readonly worlds: number
  readonly steps: number
  readonly depth: number
  /** What did not hold, and the whole way to it. */
  readonly broken: string | null
}

function play(scene: Scene, longest: number): Played {
  const start = startOf(scene)
  /** How each world was reached first. */
  const ways = new Map<string, { readonly from: string; readonly by: string }>([[nameOf(start), { from: '', by: '' }]])
  let [frontier, steps, depth]: [World[], number, number] = [[start], 0, 0]

  for (; frontier.length > 0 && depth < longest; depth += 1) {
    const next: World[] = []
    for (const before of frontier) {
      const from = nameOf(before)
      for (const step of stepsFrom(before)) {
        steps += 1
        said.add(step.said)
        const problem = brokenBy(before, step)
        if (problem !== null)
          return { worlds: ways.size, steps, depth, broken: `${problem}: ${wayTo(from)}${step.name}` }
        const name = nameOf(step.world)
        if (ways.has(name)) continue
        ways.set(name, { from, by: step.name })
        next.push(step.world)
        const wrong = brokenIn(step.world)
        if (wrong !== null) return { worlds: ways.size, steps, depth, broken: `${wrong}: ${wayTo(name)}` }
      }
    }
    frontier = next
  }
  return { worlds: ways.size, steps, depth, broken: null }

  function wayTo(name: string): string {
    const way = ways.get(name)
    return way === undefined || way.by === '' ? '' : `${wayTo(way.from)}${way.by} > `
  }
}
