/**
 * Queueing up for a record after a conflict, so that many writers do not keep undoing each other's work.
 *
 * This is manners, not safety: the commit does not care who holds the turn. So a turn is waited for
 * only briefly, one that is lost changes nothing, and one left by a killed process expires by itself.
 * The library is loaded at the first conflict; most processes never see one.
 */
import { join } from 'node:path'

const LONGEST_WAIT_MS = 300
const LONGEST_PAUSE_MS = 10
/** The least that the library accepts: so long a killed holder makes others wait their 300 ms. */
const STALE_AFTER_MS = 2_000

type EndTurn = () => Promise<void>

/** @returns how to give the turn back; does nothing when none could be had in time. Never throws. */
export async function takeTurn(record: string, longestWaitMs: number = LONGEST_WAIT_MS): Promise<EndTurn> {
  // CommonJS: its names are only sure to be on the default export, however it was bundled.
  const { default: lockfile } = await import('proper-lockfile')
  const options = {
    lockfilePath: join(record, 'turn'),
    realpath: false,
    stale: STALE_AFTER_MS,
    // Whoever lost the turn goes on without it; the commit decides.
    onCompromised: () => {},
  }
  const startedAt = performance.now()

  for (;;) {
    const taken = await lockfile.lock(record, options).catch((error: unknown) => (isHeld(error) ? 'held' : null))
    if (taken === null) return async () => {}
    if (taken !== 'held') return () => taken().catch(() => {})
    if (performance.now() - startedAt >= longestWaitMs) return async () => {}
    await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * LONGEST_PAUSE_MS))
  }
}

function isHeld(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ELOCKED'
}
