import { beforeAll, describe, expect, it } from 'vitest'
import { judgeClaim } from '../../lib/ownership/rules/liveness.ts'
import {
  decide,
  evidenceFor,
  nameOf,
  START,
  type Step,
  stepsFrom,
  TICK_MS,
  WORKERS,
  type Worker,
  type World,
} from './ownership-world.ts'

interface Explored {
  readonly worlds: readonly World[]
  readonly said: ReadonlySet<string>
  /** Kept as text, so that a failure shows the whole way to it. */
  readonly violations: readonly string[]
}

/** Every world that can be reached, however long the way: equal names behave alike, so this ends. */
function explore(check: (before: World, step: Step) => string | null): Explored {
  const ways = new Map<string, { readonly from: string | null; readonly by: string }>()
  const worlds: World[] = [START]
  const said = new Set<string>()
  const violations: string[] = []
  ways.set(nameOf(START), { from: null, by: 'start' })

  for (const world of worlds) {
    const from = nameOf(world)
    for (const step of stepsFrom(world)) {
      said.add(step.said)
      const problem = check(world, step)
      if (problem !== null && violations.length < 5) violations.push(`${problem}: ${wayTo(from)} > ${step.name}`)
      const name = nameOf(step.world)
      if (ways.has(name)) continue
      ways.set(name, { from, by: step.name })
      worlds.push(step.world)
    }
  }
  return { worlds, said, violations }

  function wayTo(name: string): string {
    const way = ways.get(name)
    return way?.from == null ? 'start' : `${wayTo(way.from)} > ${way.by}`
  }
}

let explored: Explored

describe('three workers on two machines, in every order of steps', () => {
  beforeAll(() => {
    explored = explore((before, step) => tokenProblem(before, step) ?? beliefProblem(step))
    console.log(`ownership model: ${explored.worlds.length} worlds`)
  })

  it('never see a token fall, nor stay when the owner changes, nor two of them believe at once', () => {
    expect(explored.violations).toEqual([])
  })

  it('never let a worker act that is not the one in the record', () => {
    const allowed = explored.worlds.flatMap((world) =>
      WORKERS.filter((worker) => {
        const held = world.record?.activeRun
        const isHolder = held?.runId === worker && held.token === world.beliefs[worker]?.token
        return !isHolder && decide(world, worker, 'guard').said === 'guarded'
      }),
    )
    expect(allowed).toEqual([])
  })

  it('can always acquire a target that is free, or whose claim has ended for them', () => {
    const stuck = explored.worlds.filter((world) => WORKERS.some((worker) => !canAcquire(world, worker)))
    expect(stuck.map(nameOf)).toEqual([])
  })

  it('can each acquire in the end whatever the others did, if these fall silent', () => {
    const stuck = explored.worlds.filter((world) => WORKERS.some((worker) => !acquiresInTheEnd(world, worker)))
    expect(stuck.map(nameOf).slice(0, 3)).toEqual([])
  })

  it('make every transition and meet every refusal', () => {
    expect([...explored.said].sort()).toEqual(
      [
        '',
        'active_run_exists',
        'claimed_new',
        'guarded',
        'lease_active',
        'lease_expired',
        'no_owner_record',
        'owner_confirmed',
        'ownership_lost',
        'ownership_missing',
        'parked',
        'refreshed',
        'release_noop',
        'released',
        'renewed',
        'taken_over',
      ].sort(),
    )
  })
})

function tokenProblem(before: World, { world }: Step): string | null {
  const [old, next] = [before.record, world.record]
  if (!next || next === old) return null
  if (next.token < (old?.token ?? 0)) return 'the token fell'
  const held = next.activeRun
  const sameClaim = held !== null && held.runId === old?.activeRun?.runId && held.token === old.activeRun.token
  return held !== null && !sameClaim && next.token <= (old?.token ?? 0) ? 'an owner changed without a new token' : null
}

function beliefProblem({ world }: Step): string | null {
  const believers = WORKERS.filter((worker) => (world.beliefs[worker]?.until ?? 0) > world.now)
  return believers.length < 2 ? null : `${believers.join(' and ')} believe at once`
}

function canAcquire(world: World, worker: Worker): boolean {
  const held = world.record?.activeRun
  const free = !held || judgeClaim(held, evidenceFor(world, worker)).alive === 'ended'
  return !free || decide(world, worker, 'claim').pending !== null
}

/** Longer than any term: by then every lease is over, here or as watched from here. */
const LONG_TICKS = 6

function acquiresInTheEnd(world: World, worker: Worker): boolean {
  const silent = { ...world, pending: null }
  const watching = decide(silent, worker, 'claim').world
  const later = { ...watching, now: watching.now + LONG_TICKS * TICK_MS }
  return decide(later, worker, 'claim').pending !== null
}
