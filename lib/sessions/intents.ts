/**
 * Which changes are under way: pure changes of a run's work around one effect.
 *
 * An intent stays open until its outcome is known. Whoever finds one open must let its deadline pass
 * before looking whether the change is there, because a request in flight may still land.
 */
import type { Instant, Json } from '../store/store.ts'
import type { Effect } from './effect.ts'
import { noteTry } from './trail.ts'
import type { Intent, Work } from './work.ts'

export type Settlement = 'made' | 'found' | 'failed' | 'interrupted' | 'superseded'

export interface Announced {
  readonly work: Work
  readonly intent: Intent
  readonly entry: Json
  /** An earlier try of the same change whose outcome nobody recorded. */
  readonly earlier: Intent | null
}

export function announce(
  work: Work,
  effect: Pick<Effect<Json>, 'key' | 'kind' | 'level' | 'params' | 'deadlineMs'>,
  holder: { readonly runId: string; readonly token: number },
  now: Instant,
): Announced {
  const { key, kind, level, params, deadlineMs } = effect
  const intent: Intent = { key, kind, level, params, deadlineMs, ...holder, at: now, process: null }
  const earlier = work.intents.find((open) => open.key === key) ?? null
  const others = work.intents.filter((open) => open.key !== key)
  const entry = { type: 'intent', kind, key, level, params, ...holder, decision: work.decision } as const
  return { work: { ...work, intents: [...others, intent], trail: noteTry(work.trail) }, intent, entry, earlier }
}

export function settle(work: Work, key: string, settlement: Settlement, result: Json): { work: Work; entry: Json } {
  const open = work.intents.find((intent) => intent.key === key)
  return {
    work: { ...work, intents: work.intents.filter((intent) => intent.key !== key) },
    entry: { type: 'outcome', kind: open?.kind ?? 'unknown', key, settlement, result },
  }
}

/** Names the process group that carries an intent out, so that recovery can end it. */
export function withProcess(work: Work, key: string, process: NonNullable<Intent['process']>): Work {
  return { ...work, intents: work.intents.map((intent) => (intent.key === key ? { ...intent, process } : intent)) }
}

/**
 * How long the change may still land, in milliseconds from now; 0 when it no longer can. After a
 * reboot the machine that sent it is gone, but the request may be under way: the whole deadline counts
 * from when we first look.
 */
export function mayStillLandMs(intent: Intent, now: Instant): number {
  const elapsed = intent.at.bootId === now.bootId ? now.monotonicMs - intent.at.monotonicMs : 0
  return Math.max(0, intent.deadlineMs - Math.max(0, elapsed))
}
