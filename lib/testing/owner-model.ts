/**
 * What a register of owners may answer: the sequential model against which histories are checked.
 *
 * Written from the promises of docs/ownership.md, without a line of the rules. Time enters in one way:
 * whether the holder's claim had ended is known for certain before and after two instants, and in between
 * either answer is right. Another host may see the end of a lease as early, and ever so much later.
 */
import type { Operation } from './history.ts'
import type { Model } from './linearizability.ts'

export interface OwnerOp {
  /** `force` is a takeover that asks for nothing but a reason; `stop` asks the run `asked` to stop. */
  readonly kind: 'claim' | 'takeover' | 'force' | 'renew' | 'assert' | 'guard' | 'release' | 'stop' | 'acknowledge'
  readonly run: string
  readonly asked?: string
  /** The boot it works on: another one compares no clock with it. Not given: all on one. */
  readonly host?: string
  /** The pid namespace it works in: from another one nobody is proved dead. Not given: all in one. */
  readonly pids?: string
  /** Term of the lease; `null`: the claim has none. */
  readonly ttlMs?: number | null
  /** The claim names the caller's own process. */
  readonly withProcess?: boolean
  readonly token?: number
}

export interface OwnerResult {
  /** Status or refusal code. */
  readonly said: string
  readonly token: number
  readonly holder: string | null
  /** Of the holder's lease, as told with the answer. */
  readonly endsInMs: number | null
}

interface Held {
  readonly run: string
  readonly host: string | undefined
  readonly pids: string | undefined
  readonly token: number
  readonly ttlMs: number | null
  readonly withProcess: boolean
  /** The lease ends in between; `Infinity` without lease. */
  readonly endsFrom: number
  readonly endsTo: number
  readonly stop: Stop | null
}

/** A request that the holder stop. */
interface Stop {
  readonly host: string | undefined
  readonly acknowledged: boolean
  /** Left without an answer it permits a takeover from an instant in between. */
  readonly endsFrom: number
  readonly endsTo: number
}

export interface OwnerState {
  readonly token: number
  readonly held: Held | null
}

/** When a run's process was killed: before the signal was sent (`from`), and when it was seen dead (`to`). */
export type Deaths = ReadonlyMap<string, { readonly from: number; readonly to: number }>

type OwnerOperation = Operation<OwnerOp, OwnerResult>

/** The product counts whole milliseconds; what is rounded away may go either way. */
const ROUNDING_MS = 2

/** For the answer to a request to stop, of the lease's term; and in milliseconds where there is none. */
const STOP_SHARE = 2 / 3
const STOP_WITHOUT_LEASE_MS = 600_000

interface Possible {
  readonly said: string
  readonly next: OwnerState
}

/** @param deaths of runs whose claims name their process */
export function ownerModel(deaths: Deaths = new Map()): Model<OwnerState, OwnerOp, OwnerResult> {
  return {
    initial: { token: 0, held: null },
    name: ({ token, held }) =>
      `${token} ${held ? `${held.run} ${held.endsFrom} ${held.endsTo} ${held.withProcess} ${nameOfStop(held)}` : '-'}`,
    next(state, operation) {
      const { result } = operation
      const possible = possibilities(state, operation, deaths)
      if (result === null) return possible.map(({ next }) => next)
      return possible.filter((each) => agrees(each, state, operation, result)).map(({ next }) => next)
    },
  }
}

function nameOfStop({ stop }: Held): string {
  return stop === null ? 'goes on' : `stops ${stop.endsFrom} ${stop.endsTo} ${stop.acknowledged}`
}

function agrees(each: Possible, state: OwnerState, { op }: OwnerOperation, result: OwnerResult): boolean {
  if (each.said !== result.said || each.next.token !== result.token) return false
  const holder = each.next.held?.run ?? null
  if (op.kind !== 'guard' && holder !== result.holder) return false
  const isLook = op.kind === 'assert' && each.said === 'owner_confirmed' && each.next.held?.ttlMs != null
  // Less than a full term left says that the look renewed nothing; a full one may also be that of a claim just made.
  return !isLook || result.endsInMs === each.next.held?.ttlMs || each.next === state
}

function possibilities(state: OwnerState, operation: OwnerOperation, deaths: Deaths): readonly Possible[] {
  const { op } = operation
  const { held } = state
  const ended = held ? judge(held, operation, deaths) : null
  const isHolder = held !== null && held.run === op.run
  const stay = (said: string): Possible => ({ said, next: state })
  const grant = (said: string): Possible => ({ said, next: granted(state, operation) })

  if (op.kind === 'release') {
    if (held === null) return [stay('release_noop')]
    return [isHolder ? { said: 'released', next: { ...state, held: null } } : stay('ownership_lost')]
  }
  if (op.kind === 'stop') return [askToStop(state, operation)]
  if (isHoldersOwn(op.kind)) return byHolder(state, operation, ended)
  if (held === null || ended === null) return [grant('claimed_new')]

  const maybe = (when: boolean, possible: Possible) => (when ? [possible] : [])
  if (isHolder) {
    const refreshed = { said: 'refreshed', next: { ...state, held: again(held, operation) } }
    return [...maybe(ended.possibly, grant('claimed_new')), ...maybe(!ended.certainly, refreshed)]
  }
  if (op.kind === 'force') return [grant('taken_over')]
  const isProtected = held.ttlMs !== null || held.withProcess
  if (op.kind === 'takeover') {
    const unanswered = judgeStop(held, operation)
    const open = ended.possibly || !isProtected || unanswered.possibly
    const shut = isProtected && !ended.certainly && !unanswered.certainly
    return [...maybe(open, grant('taken_over')), ...maybe(shut, stay('lease_active'))]
  }
  return [...maybe(ended.possibly, grant('claimed_new')), ...maybe(!ended.certainly, stay('active_run_exists'))]
}

function byHolder(state: OwnerState, operation: OwnerOperation, ended: Ended | null): readonly Possible[] {
  const { op } = operation
  const { held } = state
  if (held === null || ended === null)
    return [{ said: op.kind === 'assert' ? 'no_owner_record' : 'ownership_missing', next: state }]
  const isLost = held.run !== op.run || (op.token !== undefined && op.token !== held.token)
  if (isLost) return [{ said: 'ownership_lost', next: state }]

  const found: Possible[] = []
  const marginMs = op.kind === 'guard' && held.ttlMs !== null ? held.ttlMs / 3 : 0
  if (ended.possibly || operation.returnedAt >= held.endsFrom - marginMs)
    found.push({ said: 'lease_expired', next: state })
  if (ended.certainly || operation.calledAt >= held.endsTo - marginMs) return found

  if (op.kind === 'guard' && held.stop !== null) return [...found, { said: 'exit_signal_recorded', next: state }]
  if (op.kind === 'acknowledge') return [...found, ...acknowledged(state, held, operation)]
  const renewed = { ...state, held: { ...held, ...leaseFrom(held.ttlMs, operation) } }
  const said = op.kind === 'assert' ? 'owner_confirmed' : op.kind === 'renew' ? 'renewed' : 'guarded'
  if (op.kind !== 'renew') found.push({ said, next: state })
  if (held.ttlMs !== null) found.push({ said, next: renewed })
  else if (op.kind === 'renew') found.push({ said, next: state })
  return found
}

function isHoldersOwn(kind: OwnerOp['kind']): boolean {
  return ['assert', 'renew', 'guard', 'acknowledge'].includes(kind)
}

/** Asking again does not begin the term anew. */
function askToStop(state: OwnerState, { op, calledAt, returnedAt }: OwnerOperation): Possible {
  const { held } = state
  if (held === null || held.run !== op.asked) {
    return { said: state.token === 0 ? 'ownership_missing' : 'ownership_lost', next: state }
  }
  const said = 'exit_signal_recorded'
  if (held.stop !== null) return { said, next: state }
  const termMs = held.ttlMs === null ? STOP_WITHOUT_LEASE_MS : held.ttlMs * STOP_SHARE
  const ends = { endsFrom: calledAt + termMs - ROUNDING_MS, endsTo: returnedAt + termMs + ROUNDING_MS }
  return { said, next: { ...state, held: { ...held, stop: { host: op.host, acknowledged: false, ...ends } } } }
}

/** Only the first answer may find that a renewal is due. */
function acknowledged(state: OwnerState, held: Held, operation: OwnerOperation): readonly Possible[] {
  if (held.stop === null) return [{ said: 'not_asked_to_stop', next: state }]
  const said = 'acknowledged'
  if (held.stop.acknowledged) return [{ said, next: state }]
  const answered = { ...held, stop: { ...held.stop, acknowledged: true } }
  const renewed = { ...answered, ...leaseFrom(held.ttlMs, operation) }
  return [answered, ...(held.ttlMs === null ? [] : [renewed])].map((next) => ({ said, next: { ...state, held: next } }))
}

/** Another boot counts from when it first saw the request, and may see it never. */
function judgeStop({ stop }: Held, { op, calledAt, returnedAt }: OwnerOperation): Ended {
  if (stop === null || stop.acknowledged) return { possibly: false, certainly: false }
  return { possibly: returnedAt >= stop.endsFrom, certainly: op.host === stop.host && calledAt >= stop.endsTo }
}

interface Ended {
  readonly possibly: boolean
  readonly certainly: boolean
}

function judge(held: Held, { op, calledAt, returnedAt }: OwnerOperation, deaths: Deaths): Ended {
  if (op.host !== held.host) return { possibly: returnedAt >= held.endsFrom, certainly: false }
  const death = held.withProcess && op.pids === held.pids ? deaths.get(held.run) : undefined
  return {
    possibly: returnedAt >= held.endsFrom || (death !== undefined && returnedAt >= death.from),
    certainly: calledAt >= held.endsTo || (death !== undefined && calledAt >= death.to),
  }
}

function granted(state: OwnerState, operation: OwnerOperation): OwnerState {
  const { run, host, pids, ttlMs = null, withProcess = false } = operation.op
  const token = state.token + 1
  // Who never gave the target back finds the request again.
  const stop = state.held?.run === run ? state.held.stop : null
  return { token, held: { run, host, pids, token, ttlMs, withProcess, stop, ...leaseFrom(ttlMs, operation) } }
}

function again(held: Held, operation: OwnerOperation): Held {
  const ttlMs = operation.op.ttlMs ?? held.ttlMs
  const withProcess = held.withProcess || operation.op.withProcess === true
  return { ...held, ttlMs, withProcess, ...leaseFrom(ttlMs, operation) }
}

function leaseFrom(ttlMs: number | null, { calledAt, returnedAt }: OwnerOperation) {
  if (ttlMs === null) return { endsFrom: Number.POSITIVE_INFINITY, endsTo: Number.POSITIVE_INFINITY }
  return { endsFrom: calledAt + ttlMs - ROUNDING_MS, endsTo: returnedAt + ttlMs + ROUNDING_MS }
}
