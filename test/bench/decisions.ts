/**
 * How many decisions a second does one core make: each machine by itself, the composition over abstract
 * facts, and the whole of `next` without its observation, on a pull request of ordinary size?
 */
import { EVERY_MACHINE } from '../../build/every-machine.ts'
import { type AnyMachine, classify, type FactsIn, type FactTable } from '../../lib/loop/machine.ts'
import { attempt } from '../../lib/loop/machines/attempt.ts'
import { ci } from '../../lib/loop/machines/ci.ts'
import { local } from '../../lib/loop/machines/local.ts'
import { ownership } from '../../lib/loop/machines/ownership.ts'
import { policy } from '../../lib/loop/machines/policy.ts'
import { pullRequest } from '../../lib/loop/machines/pull-request.ts'
import { recovery } from '../../lib/loop/machines/recovery.ts'
import { review } from '../../lib/loop/machines/review.ts'
import { stuck } from '../../lib/loop/machines/stuck.ts'
import { decide } from '../../lib/loop/next.ts'
import { firstWithStep, type StageName, stage } from '../../lib/loop/precedence.ts'
import { aCheck, anInput, aReview, aThread, checks, finished, listed, pullRequestFacts } from '../loop/build.ts'
import { countCombinations, everyCombination, mergedFacts } from '../model/enumerate.ts'
import { median } from './median.ts'

export interface DecisionsBench {
  readonly machines: readonly { readonly name: string; readonly perSecond: number }[]
  readonly composition: number
  readonly whole: readonly { readonly name: string; readonly perSecond: number }[]
}

const [CI, REVIEW, GATES]: readonly [AnyMachine, AnyMachine, AnyMachine] = [ci, review, pullRequest]

const SAMPLES = 1_000
/** Of each machine in the composition, so few that they lie as near as those of one decision. */
const COMPOSED = 40
const ROUNDS = 7
const ROUND_MS = 150

export function benchDecisions(): DecisionsBench {
  return {
    machines: EVERY_MACHINE.map((machine) => ({ name: machine.name, perSecond: machineSpeed(machine) })),
    composition: compositionSpeed(),
    whole: wholes().map(({ name, input }) => ({ name, perSecond: perSecond([() => decide(input)]) })),
  }
}

function machineSpeed(machine: AnyMachine): number {
  return perSecond(samples(machine).map((facts) => () => classify(machine, facts)))
}

/** Spread over all combinations that rules tell apart. */
function samples(machine: AnyMachine): readonly FactsIn<FactTable>[] {
  const merged = mergedFacts(machine)
  const every = Math.max(1, Math.floor(countCombinations(merged) / SAMPLES))
  return [...everyCombination(merged)].filter((_, at) => at % every === 0).filter((facts) => machine.possible(facts))
}

const ORDER: readonly (readonly [StageName, AnyMachine])[] = [
  ['ownership', ownership],
  ['recovery', recovery],
  ['policy', policy],
  ['local', local],
]

/**
 * Everything lets the work go on, so that every machine is asked, the inner ones and `attempt` included. The
 * facts with each state of an inner machine in them lie ready: to copy them is the bench's work, not `next`'s.
 */
function compositionSpeed(): number {
  const before = ORDER.map(([name, machine]) => {
    const facts = passing(machine)
    return () => stage(name, machine, facts)
  })
  const checked = samples(CI)
  const reviewed = withState(REVIEW, 'ci', CI)
  const gated = withState(GATES, 'lifecycle', REVIEW)
  const decisions = Array.from({ length: SAMPLES }, (_, at) => () => {
    const checks = classify(CI, pick(checked, at)).state
    const lifecycle = classify(REVIEW, pick(reviewed.get(checks) ?? [], at)).state
    const { decided } = firstWithStep([...before, () => stage('gates', GATES, pick(gated.get(lifecycle) ?? [], at))])
    const by = decided.row.next?.by ?? 'nobody'
    const { state } = classify(stuck, by === 'nobody' ? ENDS : GOES_ON)
    const progress = state === 'moving' ? 'moving' : 'stuck'
    const [fork, budget, worktree, waited] = ['own_or_allowed', 'left', 'present', 'within'] as const
    return classify(attempt, { by, fork, budget, worktree, waited, progress })
  })
  return perSecond(decisions)
}

const GOES_ON = {
  goesOn: true,
  repeat: false,
  budget: 'none',
  cycle: 'none',
  heads: 'forward',
  missingFile: false,
} as const
const ENDS = { ...GOES_ON, goesOn: false } as const

type Samples = readonly FactsIn<FactTable>[]

function withState(machine: AnyMachine, fact: string, inner: AnyMachine): ReadonlyMap<string, Samples> {
  const list = samples(machine).slice(-COMPOSED)
  return new Map(Object.keys(inner.states).map((state) => [state, list.map((facts) => ({ ...facts, [fact]: state }))]))
}

function pick(list: Samples, at: number): FactsIn<FactTable> {
  return list[at % list.length] ?? {}
}

function passing(machine: AnyMachine): FactsIn<FactTable> {
  const found = samples(machine).find((facts) => machine.states[classify(machine, facts).state]?.next === null)
  if (!found) throw new Error(`${machine.name} never lets the work go on`)
  return found
}

/** Counted in processor time of this process, so that a busy machine changes little. */
function perSecond(decisions: readonly (() => unknown)[]): number {
  const times = Math.ceil(1_000 / decisions.length)
  const round = () => {
    const before = process.cpuUsage()
    let count = 0
    let ms = 0
    while (ms < ROUND_MS) {
      for (let again = 0; again < times; again++) for (const one of decisions) one()
      count += times * decisions.length
      const { user, system } = process.cpuUsage(before)
      ms = (user + system) / 1_000
    }
    return (count * 1_000) / ms
  }
  round()
  return median(Array.from({ length: ROUNDS }, round))
}

function wholes() {
  const threads = listed(Array.from({ length: 10 }, (_, at) => aThread({ id: `T${at}`, isResolved: at > 1 })))
  const reviews = listed(Array.from({ length: 5 }, (_, at) => aReview({ id: `R${at}` })))
  const contexts = checks(...Array.from({ length: 20 }, (_, at) => aCheck(`check ${at}`)))
  const files = listed(Array.from({ length: 40 }, (_, at) => `src/file-${at}.ts`))
  const facts = pullRequestFacts({ threads, reviews, checks: contexts, files })
  return [
    { name: 'ready to merge', input: anInput(finished()) },
    { name: '10 threads, 20 checks', input: anInput({ facts }) },
  ]
}
