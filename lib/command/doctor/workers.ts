/** Who is on the list of workers, and did any of them crash? */
import type { KnownWorker } from '../../dispatch/workers/service.ts'
import { type Check, fine } from './check.ts'

/** A crash is told and is not wrong in itself: what it left is found by the checks on claims and worktrees. */
export function checkWorkers(known: readonly KnownWorker[]): Check {
  const crashed = known.filter(({ status }) => status === 'crashed')
  const seen = crashed.length === 0 ? 'none crashed' : `${crashed.length} crashed (dev-loops worker prune)`
  return fine('workers', `${known.length} known, ${seen}`)
}
