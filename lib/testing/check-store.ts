/**
 * Does a store keep its promises while its users are killed and stopped?
 *
 * Starts real processes, each of which opens the store from a module given by its path, lets them use a
 * few keys as registers and a few pull requests through the rules of ownership, and checks what they were
 * told: their histories must be linearizable, and the journals must hold exactly what was committed. At the
 * end, with all of them dead, one more run must be granted every pull request.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { OwnershipContext } from '../ownership/service.ts'
import type { Json, Store } from '../store/store.ts'
import { type Answers, countAnswers } from './answers.ts'
import { Contest, contenderCommand, historiesIn, type Seat } from './contest.ts'
import { type Disturbance, disturb } from './disturb.ts'
import { clockMs, type Operation, readHistory, recordHistory } from './history.ts'
import { checkJournal, checkOrder } from './journal-check.ts'
import { checkLinearizable, type Linearizability } from './linearizability.ts'
import { bear, changedNothing, contextOf, type HistoryKind, historyFile, openModule } from './module.ts'
import { type OwnerOp, type OwnerResult, ownerModel } from './owner-model.ts'
import { type PairOp, type PairResult, pairModel, partsOf } from './pair-model.ts'
import { randomFrom } from './random.ts'
import { type RegisterOp, type RegisterResult, registerModel } from './register-model.ts'
import { ownerKey, performOwnerOp } from './use-ownership.ts'

export interface CheckStoreOptions {
  /** Path of a module that exports `openStore(options)`: a `Store`, or a promise of one. */
  readonly module: string
  /** Handed to `openStore` in each process: a folder, an address. */
  readonly options?: Json
  /** How long the processes work, 5 when not given; longer until everything was done to them three times. */
  readonly seconds?: number
  /** Whether what they were told shows enough. If not, they work on, for half a minute; anything does when not given. */
  readonly enough?: (soFar: Answers) => boolean
  /** One process in each; 8 on this machine when not given. */
  readonly seats?: readonly Seat[]
  /** How many registers, and how many pull requests; 3 when not given. The fewer, the harder they fight. */
  readonly keys?: number
  /** What is done meanwhile, one at a time and each as often; kill and pause when not given. */
  readonly disturb?: readonly Disturbance[]
  /** How long it is quiet between two of these, on average; 120 when not given. */
  readonly disturbEveryMs?: number
  /** How long after the death of its caller a call may still take effect; for ever when not given. */
  readonly landsWithinMs?: number
  /** Leases last between this and 2.7 times as long; 300 when not given. */
  readonly shortestTtlMs?: number
  /** Longest pause of a process between two calls; 20 when not given. */
  readonly pauseMs?: number
  readonly seed?: number
  /** Empty folder in which the histories are kept for reading; thrown away when not given. */
  readonly keepIn?: string
  /** Words that start one process: for tests that start many from a bundle of their own. */
  readonly contender?: readonly string[]
}

export interface StoreReport extends Answers {
  /** The histories are linearizable and show enough, the journals are whole, every pull request was granted in the end. */
  readonly ok: boolean
  readonly seed: number
  readonly register: Linearizability<RegisterOp, RegisterResult>
  readonly ownership: Linearizability<OwnerOp, OwnerResult>
  /** Of two records that are also changed in one step; without calls where the store cannot do that. */
  readonly pair: Linearizability<PairOp, PairResult>
  /** What is wrong with the journals, and with records that cannot be read, in words. */
  readonly journal: readonly string[]
  readonly unanswered: number
  readonly kills: number
  readonly pauses: number
  /** Of all calls whose process was neither killed nor stopped during them. */
  readonly slowestAnswerMs: number
  /** From the last death to the grant of the last pull request to another run; `null`: one was never granted. */
  readonly slowestGrantMs: number | null
}

const SURVIVOR = 'survivor'
const GRANTED = ['claimed_new', 'taken_over', 'refreshed']
/** Beyond the longest term: for a store that has much to do before it answers. */
const LONGEST_GRANT_MS = 30_000

/**
 * @returns when all is over and every process has ended
 * @throws UsageError `invalid_value` for a module that opens no store
 * @throws StoreError `store_unavailable` when a process ends by itself
 */
export async function checkStore(given: CheckStoreOptions): Promise<StoreReport> {
  const options = complete(given)
  const store = await openModule(options.module, options.options)
  const folder = given.keepIn ?? mkdtempSync(join(tmpdir(), 'dev-loops-check-'))
  const contest = openContest(options, folder)
  try {
    await disturb(contest, { ...options, enough: () => options.enough(countAnswers(folder)) })
    const endedAt = await contest.end()
    const grantedAt = await outlive(contextOf(store, folder), folder, options)
    return await report({ contest, folder, store, options, slowestGrantMs: grantedAt && grantedAt - endedAt })
  } finally {
    await contest.end()
    if (given.keepIn === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

type Complete = Required<Omit<CheckStoreOptions, 'keepIn'>>

function complete(given: CheckStoreOptions): Complete {
  return {
    options: null,
    seconds: 5,
    enough: () => true,
    seats: Array.from({ length: 8 }, () => ({})),
    keys: 3,
    disturb: ['kill', 'pause'],
    disturbEveryMs: 120,
    landsWithinMs: Number.POSITIVE_INFINITY,
    shortestTtlMs: 300,
    pauseMs: 20,
    seed: 1,
    contender: contenderCommand(),
    ...given,
    module: resolve(given.module),
  }
}

function openContest(options: Complete, folder: string): Contest {
  const { module, keys, shortestTtlMs, pauseMs, seats, seed, contender } = options
  const leaseAlways = seats.some(({ host, launcher }) => host !== undefined || launcher !== undefined)
  const words = { module, options: options.options, folder, keys, shortestTtlMs, leaseAlways, pauseMs }
  return new Contest({ words, seats, seed, contender, random: randomFrom(seed) })
}

/** @returns when the last pull request was granted to a run that comes after all others; `null`: one was not */
async function outlive(context: OwnershipContext, folder: string, options: Complete): Promise<number | null> {
  const file = historyFile(folder, 'ownership', SURVIVOR)
  const recorder = recordHistory<OwnerOp, OwnerResult>(file, SURVIVOR, { changedNothing })
  const pids = context.host.pidNamespace ?? undefined
  const giveUpAt = clockMs() + LONGEST_GRANT_MS + 6 * options.shortestTtlMs

  const grant = async (number: number): Promise<number | null> => {
    for (let tries = 0; clockMs() < giveUpAt; tries += 1) {
      // A claim with neither lease nor process never ends by itself; it is taken over.
      const kind = tries % 2 === 0 ? 'claim' : 'takeover'
      const op: OwnerOp = { kind, run: SURVIVOR, ttlMs: 60_000, ...(pids === undefined ? {} : { pids }) }
      const claimed = recorder.record(ownerKey(number), op, () => performOwnerOp(number, op, context))
      const said = await claimed.then((answer) => answer.said).catch(bear)
      // Refreshed: an earlier one was granted, and its answer was lost on the way.
      if (said !== null && GRANTED.includes(said)) return clockMs()
      await pause(20)
    }
    return null
  }
  const grants = Promise.all(Array.from({ length: options.keys }, (_, index) => grant(index + 1)))
  // A store that never answers must not hold up the report.
  const enough = new AbortController()
  const granted = await Promise.race([grants, pause(giveUpAt - clockMs(), [null], { signal: enough.signal })])
  enough.abort()
  return granted.includes(null) ? null : Math.max(...granted.map((at) => at ?? 0))
}

interface Over {
  readonly contest: Contest
  readonly folder: string
  readonly store: Store
  readonly options: Complete
  readonly slowestGrantMs: number | null
}

async function report({ contest, folder, store, options, slowestGrantMs }: Over): Promise<StoreReport> {
  const { seed, landsWithinMs } = options
  const openUntil = (worker: string) => (contest.deaths.get(worker)?.to ?? Number.POSITIVE_INFINITY) + landsWithinMs
  const read = <Op, Result>(kind: HistoryKind) => readHistory<Op, Result>(historiesIn(folder, kind), openUntil)

  const registers = read<RegisterOp, RegisterResult>('register')
  const owners = read<OwnerOp, OwnerResult>('ownership')
  const pairs = read<PairOp, PairResult>('pair')
  const register = checkLinearizable(registers, registerModel(registers))
  const ownership = checkLinearizable(owners, ownerModel(contest.deaths))
  const pair = checkLinearizable(pairs, pairModel(pairs))
  const journal = await checkJournals(store, [...registers, ...pairs.flatMap(partsOf)])

  const answers = countAnswers(folder)
  const all = [...registers, ...owners, ...pairs]
  const answered = all.filter(({ result }) => result !== null)
  const undisturbed = answered.filter((each) => !wasPaused(each, contest))
  const histories = [register, ownership, pair]
  const holds = histories.every(({ linearizable }) => linearizable === true) && journal.length === 0
  return {
    ok: holds && answered.length > 0 && options.enough(answers) && slowestGrantMs !== null,
    seed,
    ...answers,
    register,
    ownership,
    pair,
    journal,
    unanswered: all.length - answered.length,
    kills: contest.kills,
    pauses: contest.pauses.length,
    slowestAnswerMs: Math.max(0, ...undisturbed.map(({ calledAt, returnedAt }) => returnedAt - calledAt)),
    slowestGrantMs,
  }
}

/** Of every record that the store lists, and of every register that somebody used. */
async function checkJournals(
  store: Store,
  registers: readonly Operation<RegisterOp, RegisterResult>[],
): Promise<readonly string[]> {
  const used = new Set(registers.map(({ key }) => key))
  const problems: string[] = []
  for (const key of new Set([...used, ...(await store.list(''))])) {
    try {
      const kept = { journal: await store.journal(key, 0), last: await store.read(key) }
      problems.push(...checkOrder(key, kept), ...(used.has(key) ? checkJournal(key, registers, kept) : []))
    } catch (error) {
      problems.push(`${key}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return problems
}

function wasPaused({ worker, calledAt, returnedAt }: Operation<unknown, unknown>, { pauses }: Contest): boolean {
  return pauses.some((each) => each.worker === worker && each.from <= returnedAt && calledAt <= each.to)
}
