/**
 * Keeps the leases of a run alive beside its work, and ends the work when they cannot be kept.
 *
 * The timer knows nothing of the work: an agent that thinks for an hour does not cost its run the
 * target. A renewal that is refused ends the work at once; a store that cannot be reached is tried
 * again until so little of the lease is left that an effect could no longer be finished in it.
 */
import { DevLoopsError } from '../../errors.ts'
import type { Answer } from '../../outcome.ts'
import { SAFETY_MARGIN_MS } from '../../ownership/record.ts'
import { formatTarget, type Target, targetKey } from '../../target.ts'

export interface HeartbeatOptions {
  readonly everyMs: number
  readonly ttlMs: number
  /** A refusal ends the work: the target is lost, or this run was asked to stop. */
  readonly renew: (target: Target) => Promise<Answer>
  /** Called once, with the reason for which the work must end. */
  readonly lose: (reason: DevLoopsError) => void
  /** Milliseconds that only ever grow. */
  readonly monotonicMs: () => number
}

export interface Heartbeat {
  /** Replaces what is kept alive by exactly these. */
  hold(targets: readonly Target[]): void
  stop(): void
}

/** How soon a store that could not be reached is asked again, at the soonest. */
const AGAIN_MS = 500

export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const held = new Map<string, { target: Target; renewedAtMs: number }>()
  const timer = setInterval(() => void beat(), options.everyMs)
  let again: NodeJS.Timeout | undefined

  async function beat(): Promise<void> {
    clearTimeout(again)
    for (const [key, entry] of [...held]) {
      const lost = await renewed(entry, options)
      // It may have been given back while the renewal was under way.
      if (lost !== null && held.has(key)) return end(lost)
    }
    const leftMs = Math.min(...[...held.values()].map((entry) => timeLeftMs(entry, options)))
    // The next regular beat would come too late to give up in time.
    if (leftMs < options.everyMs) again = setTimeout(() => void beat(), Math.max(AGAIN_MS, leftMs / 2))
  }

  function end(reason: DevLoopsError): void {
    clearInterval(timer)
    clearTimeout(again)
    held.clear()
    options.lose(reason)
  }

  return {
    hold(targets) {
      const keys = new Set(targets.map(targetKey))
      for (const key of held.keys()) if (!keys.has(key)) held.delete(key)
      for (const target of targets) {
        if (!held.has(targetKey(target))) held.set(targetKey(target), { target, renewedAtMs: options.monotonicMs() })
      }
    },
    stop() {
      clearInterval(timer)
      clearTimeout(again)
      held.clear()
    },
  }
}

async function renewed(
  entry: { readonly target: Target; renewedAtMs: number },
  options: HeartbeatOptions,
): Promise<DevLoopsError | null> {
  try {
    const answer = await options.renew(entry.target)
    if (!answer.ok) return new DevLoopsError(answer.error, answer.message, { target: formatTarget(entry.target) })
    entry.renewedAtMs = options.monotonicMs()
    return null
  } catch (error) {
    if (timeLeftMs(entry, options) > 0) return null
    return error instanceof DevLoopsError
      ? error
      : new DevLoopsError('store_unavailable', 'the lease could not be renewed in time', {}, { cause: error })
  }
}

/** Until an effect could no longer be finished within the lease. */
function timeLeftMs(
  { renewedAtMs }: { readonly renewedAtMs: number },
  { ttlMs, monotonicMs }: HeartbeatOptions,
): number {
  return renewedAtMs + ttlMs - Math.min(SAFETY_MARGIN_MS, ttlMs / 3) - monotonicMs()
}
