/**
 * Claims, takes over, renews, asserts, guards and releases some pull requests at random, asks their holders
 * to stop and answers such requests, with the rules of this package over a store.
 */
import { readWorkerIdentity } from '../ownership/host.ts'
import {
  acknowledgeStop,
  assertTarget,
  claimTarget,
  guardedUpdate,
  type OwnershipAnswer,
  type OwnershipContext,
  releaseTarget,
  renewTarget,
  signalExit,
} from '../ownership/service.ts'
import type { Recorder } from './history.ts'
import type { OwnerOp, OwnerResult } from './owner-model.ts'

const REPO = { host: 'github.com', repo: 'acme/api' }

export type OwnerRecorder = Recorder<OwnerOp, OwnerResult>

export interface OwnershipUser {
  readonly run: string
  readonly host: string | undefined
  readonly pids: string | undefined
  /** How many pull requests there are. */
  readonly keys: number
  readonly random: () => number
  /** Terms are between this and 2.7 times as long. */
  readonly shortestTtlMs: number
  /** Every claim has a lease: without one, what is held elsewhere may never be seen to end. */
  readonly leaseAlways: boolean
}

export const ownerKey = (number: number) => `pull/${number}`

/** @returns a function that makes one call, and throws what the store throws */
export function useOwnership(context: OwnershipContext, recorder: OwnerRecorder, user: OwnershipUser) {
  const { run, host, pids, keys, random } = user
  const tokens = new Map<number, number>()
  const holders = new Map<number, string | null>()
  const at = { run, ...(host === undefined ? {} : { host }), ...(pids === undefined ? {} : { pids }) }

  return async (): Promise<void> => {
    const number = 1 + Math.floor(random() * keys)
    const op = { ...at, ...chooseOp(tokens.get(number), holders.get(number) ?? null, user) }
    const result = await recorder.record(ownerKey(number), op, () => performOwnerOp(number, op, context))
    holders.set(number, result.holder)
    if (result.holder === run) tokens.set(number, result.token)
    else tokens.delete(number)
  }
}

/** Makes one call and puts its answer into the words of the model. */
export async function performOwnerOp(number: number, op: OwnerOp, context: OwnershipContext): Promise<OwnerResult> {
  const target = { ...REPO, number }
  const { run: runId, kind, token } = op
  if (kind === 'guard') {
    const change = () => ({ work: null, entry: { type: 'note' }, result: null })
    const answer = await guardedUpdate(target, { runId, token: token ?? 0 }, change, context)
    if (!answer.ok) return resultOf(answer as OwnershipAnswer)
    return { said: 'guarded', token: token ?? 0, holder: runId, endsInMs: null }
  }
  if (kind === 'renew') return resultOf(await renewTarget(target, { runId, token }, context))
  if (kind === 'assert') return resultOf(await assertTarget(target, { runId }, context))
  if (kind === 'release') return resultOf(await releaseTarget(target, { runId }, context))
  if (kind === 'stop') return resultOf(await signalExit(target, { runId: op.asked ?? runId }, context))
  if (kind === 'acknowledge') return resultOf(await acknowledgeStop(target, { runId, token }, context))

  const worker = op.withProcess ? readWorkerIdentity(process.pid, context.host) : null
  const mode = kind === 'claim' ? 'claim' : 'takeover'
  const force = kind === 'force'
  const request = { runId, mode, ttlMs: op.ttlMs, process: worker, force, reason: force ? 'check' : null } as const
  return resultOf(await claimTarget(target, request, context))
}

function resultOf(answer: OwnershipAnswer): OwnerResult {
  const said = answer.ok ? answer.status : answer.error
  const endsInMs = answer.ok ? answer.endsInMs : null
  return { said, token: answer.token, holder: answer.activeRun?.runId ?? null, endsInMs }
}

/** @param holder who was last seen to hold the pull request */
function chooseOp(token: number | undefined, holder: string | null, user: OwnershipUser): OwnerOp {
  const { run, random, shortestTtlMs, leaseAlways } = user
  const roll = random()
  const ttlMs = random() < 0.75 || leaseAlways ? Math.floor(shortestTtlMs * (1 + 1.7 * random())) : null
  const claim = { run, ttlMs, withProcess: ttlMs === null ? random() < 0.9 : random() < 0.5 }
  if (token === undefined) {
    if (holder !== null && random() < 0.2) return { kind: 'stop', run, asked: holder }
    if (roll < 0.6) return { kind: 'claim', ...claim }
    if (roll < 0.75) return { kind: 'takeover', ...claim }
    if (roll < 0.8) return { kind: 'force', ...claim }
    return { kind: roll < 0.9 ? 'assert' : 'release', run }
  }
  if (roll < 0.15) return { kind: 'claim', ...claim }
  if (roll < 0.35) return { kind: 'assert', run }
  if (roll < 0.5) return { kind: 'renew', run, token }
  if (roll < 0.75) return { kind: 'guard', run, token }
  if (roll < 0.82) return { kind: 'acknowledge', run, token }
  return { kind: 'release', run }
}
