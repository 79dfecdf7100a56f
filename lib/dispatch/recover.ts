/**
 * After a crash: settles what was announced and never recorded, so that the next decision is made from
 * a world that no longer moves by itself.
 *
 * In this order: the process group that an intent started is ended; the request's own deadline passes,
 * because it may still land; only then is the intent closed. Whether the change is there is not asked
 * here: the next decision is made from facts observed after this, and if they ask for the same change
 * again, its effect looks for its key before it acts.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { accept, type Outcome } from '../outcome.ts'
import { readOwnership } from '../ownership/service.ts'
import { mayStillLandMs, settle } from '../sessions/intents.ts'
import { changeWork, type EffectContext } from '../sessions/perform.ts'
import { type Intent, parseWork } from '../sessions/work.ts'
import { endProcessGroup, type GroupEnd } from './agent/process-group.ts'

export interface Recovered {
  readonly kind: string
  readonly key: string
  readonly runId: string
  /** What became of the process that carried it out; `null` when it had none. */
  readonly process: GroupEnd | null
  readonly waitedMs: number
}

/** @returns one entry per settled intent; a refusal when the run does not hold the target (any more) */
export async function recover(
  acting: EffectContext,
  onProgress: (line: string) => void,
): Promise<Outcome<readonly Recovered[]>> {
  const { record } = await readOwnership(acting.target, acting.ownership)
  const recovered: Recovered[] = []
  for (const intent of parseWork(record?.work ?? null).intents) {
    const process = intent.process === null ? null : await endProcessGroup(intent.process)
    const waitedMs = mayStillLandMs(intent, acting.ownership.store.now())
    if (waitedMs > 0) {
      onProgress(`${intent.kind} of run ${intent.runId} may still land for ${Math.ceil(waitedMs / 1000)} s; waiting`)
      await sleep(waitedMs, undefined, { signal: acting.signal })
    }
    const closed = await close(intent, acting)
    if (!closed.ok) return closed
    recovered.push({ kind: intent.kind, key: intent.key, runId: intent.runId, process, waitedMs })
  }
  return accept(recovered)
}

function close(intent: Intent, acting: EffectContext): Promise<Outcome<null>> {
  const settlement = intent.process === null ? 'superseded' : 'interrupted'
  return changeWork(acting, (work) => ({ ...settle(work, intent.key, settlement, null), result: null }))
}
