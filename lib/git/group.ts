/**
 * Ends a git process together with the helpers it started (ssh, https, filters).
 *
 * These inherit its output, so ending git alone would leave us reading from a helper that hangs.
 */
import type { ChildProcess } from 'node:child_process'

const GRACE_MS = 2000

export type EndedBy = 'time' | 'cancel'

export interface Watch {
  /** Why the group was ended; `null` when it was left alone. */
  readonly endedBy: () => EndedBy | null
  readonly stop: () => void
}

/** One listener for all of them: many may run at a time, and Node warns of many listeners. */
const living = new Set<Pick<ChildProcess, 'pid' | 'kill'>>()

/** Nobody reads the answer any more when this process ends. */
const onExit = () => {
  for (const child of living) killGroup(child, 'SIGTERM')
}

/**
 * @param child     leads its own process group
 * @param timeoutMs from now
 */
export function watchGroup(
  child: Pick<ChildProcess, 'pid' | 'kill'>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Watch {
  let reason: EndedBy | null = null
  const timers: NodeJS.Timeout[] = []
  const end = (why: EndedBy) => {
    if (reason !== null) return
    reason = why
    killGroup(child, 'SIGTERM')
    timers.push(setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS))
  }
  const onAbort = () => end('cancel')

  timers.push(setTimeout(() => end('time'), timeoutMs))
  if (living.size === 0) process.once('exit', onExit)
  living.add(child)
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })

  const stop = () => {
    for (const timer of timers) clearTimeout(timer)
    living.delete(child)
    if (living.size === 0) process.off('exit', onExit)
    signal?.removeEventListener('abort', onAbort)
  }
  return { endedBy: () => reason, stop }
}

function killGroup(child: Pick<ChildProcess, 'pid' | 'kill'>, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // The whole group has ended in the meantime.
  }
}
