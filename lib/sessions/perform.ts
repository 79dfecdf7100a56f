/**
 * Makes one effect happen exactly once: intent → look → act → outcome.
 *
 * Ownership is checked in the same compare-and-swap that writes the intent, and once more right
 * before acting. Kill the process anywhere and call it again with the same key: it waits until the
 * earlier request can no longer land, looks, and acts only if the change is not there.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { DevLoopsError } from '../errors.ts'
import { accept, type Outcome, type Refusal, refuse } from '../outcome.ts'
import { guardedUpdate, type OwnershipContext } from '../ownership/service.ts'
import type { Instant, Json } from '../store/store.ts'
import type { Target } from '../target.ts'
import type { Boundary, BoundaryName, Effect, Level } from './effect.ts'
import { type Announced, announce, mayStillLandMs, settle } from './intents.ts'
import { type DecisionNote, parseWork, type Work } from './work.ts'

export interface EffectContext {
  readonly target: Target
  readonly runId: string
  readonly token: number
  readonly ownership: OwnershipContext
  readonly signal: AbortSignal
  /** The decision that permits the effect, when the command made it itself; else the last that the run was given. */
  readonly decision?: DecisionNote
  /** Called, and awaited, at each instant around the effect: progress, and the place to die in tests. */
  readonly onBoundary?: (boundary: Boundary) => void | Promise<void>
}

export interface Performed<Result> {
  readonly value: Result
  /** `found`: it had been made before, by this run or by another hand. */
  readonly action: 'made' | 'found'
  readonly level: Level
}

/** Codes that prove that nothing was changed; after any other failure the change may have landed. */
const UNCHANGED: ReadonlySet<string> = new Set([
  'token_missing',
  'token_rejected',
  'rate_limited',
  'not_permitted',
  'target_not_found',
  'head_moved',
  'not_fast_forward',
  'foreign_commits',
  'protected_branch',
  'precondition_failed',
  'fork_not_allowed',
  'invalid_value',
  'exit_signal_recorded',
])

/**
 * @returns a refusal (`ownership_lost`, `ownership_missing`, `lease_expired`, `exit_signal_recorded`)
 *   when the run may not act; nothing was sent then, unless `effect` names what got through all the same
 * @throws whatever `act` throws; the intent stays open unless the error proves that nothing changed
 */
export async function performEffect<Result extends Json>(
  effect: Effect<Result>,
  context: EffectContext,
): Promise<Outcome<Performed<Result>>> {
  const announced = await announceWhenSettled(effect, context)
  if (!announced.ok) return announced
  await reach('intended', effect, context)

  // Everything that is sent for the effect ends by the deadline that its intent names.
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(effect.deadlineMs)])
  const found = await attempt(effect, context, () => effect.find(signal))
  await reach('looked', effect, context)
  if (found !== null) return close(effect, context, performedAs(effect, found, 'found'))

  const held = await changeWork(context, (work) => ({ work, entry: null, result: null }))
  if (!held.ok) return held
  const made = await attempt(effect, context, () => effect.act(signal))
  await reach('answered', effect, context)
  return close(effect, context, performedAs(effect, made, 'made'))
}

function performedAs<Result extends Json>(
  effect: Effect<Result>,
  value: Result,
  action: Performed<Result>['action'],
): Performed<Result> {
  return { value, action, level: effect.levelOf?.(value) ?? effect.level }
}

/** An earlier try may still land, so it is outlived, and the new intent is counted from after that. */
async function announceWhenSettled(effect: Effect<Json>, context: EffectContext): Promise<Outcome<Announced>> {
  const announced = await announceNow(effect, context)
  if (!announced.ok || announced.value.earlier === null) return announced
  const waitMs = mayStillLandMs(announced.value.earlier, context.ownership.store.now())
  if (waitMs > 0) await sleep(waitMs, undefined, { signal: context.signal })
  return announceNow(effect, context)
}

function announceNow(effect: Effect<Json>, context: EffectContext): Promise<Outcome<Announced>> {
  return changeWork(context, (work, now) => {
    const decided = { ...work, decision: context.decision ?? work.decision }
    const announced = announce(decided, effect, { runId: context.runId, token: context.token }, now)
    return { work: announced.work, entry: announced.entry, result: announced }
  })
}

/**
 * Changes the work of the target that this run holds, together with the check that it holds it.
 *
 * @param when `done` only writes down what already happened, so a request to stop does not hinder it
 */
export async function changeWork<Result>(
  context: Pick<EffectContext, 'target' | 'runId' | 'token' | 'ownership'>,
  change: (work: Work, now: Instant) => { work: Work; entry: Json; result: Result },
  when: 'before' | 'done' = 'before',
): Promise<Outcome<Result>> {
  const { target, runId, token, ownership } = context
  const request = { runId, token, evenIfAskedToStop: when === 'done' }
  return guardedUpdate(target, request, (json, now) => change(parseWork(json), now), ownership)
}

async function attempt<Result>(
  effect: Effect<Json>,
  context: EffectContext,
  call: () => Promise<Result>,
): Promise<Result> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof DevLoopsError && UNCHANGED.has(error.code)) {
      await changeWork(context, (work) => ({ ...settle(work, effect.key, 'failed', error.code), result: null }), 'done')
    }
    throw error
  }
}

async function close<Result extends Json>(
  effect: Effect<Result>,
  context: EffectContext,
  performed: Performed<Result>,
): Promise<Outcome<Performed<Result>>> {
  const settled = (work: Work) => ({ ...settle(work, effect.key, performed.action, performed.value), result: null })
  const closed = await changeWork(context, settled, 'done')
  if (!closed.ok) return refuseLate(closed, effect, performed)
  await reach('recorded', effect, context)
  return accept(performed)
}

/** The change is made all the same, and the answer says so; whoever holds the target now settles the open intent. */
function refuseLate(closed: Refusal, { kind, key }: Effect<Json>, { action, level }: Performed<Json>) {
  return refuse(closed.error, `${closed.message}; its ${kind} got through (${level})`, {
    ...closed,
    effect: { kind, key, action, level },
  })
}

async function reach(name: BoundaryName, effect: Effect<Json>, context: EffectContext): Promise<void> {
  await context.onBoundary?.({ name, kind: effect.kind, key: effect.key })
}
