/**
 * Is there anything left of the predecessor? Its records are taken over by themselves; what a person has
 * to know is that a run named there keeps its target, and that a damaged one is in the way.
 */
import type { LeftRecord } from '../../ownership/predecessor-list.ts'
import { type Check, fine, unknown, wrong } from './check.ts'

export function checkPredecessor(left: readonly LeftRecord[]): Check {
  const damaged = left.find(({ problem }) => problem !== null)
  if (damaged !== undefined)
    return wrong('predecessor', `${damaged.problem}`, `look at it, then remove ${damaged.file}`)

  const held = left.filter(({ runId }) => runId !== null)
  const [first, ...others] = held
  if (first === undefined) {
    return fine('predecessor', `records left to import: ${left.length}, none names a run`)
  }
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  const detail = `${first.file} names run ${first.runId} as owner, and nobody can know whether it lives${more}`
  return unknown('predecessor', detail, 'end that run; the next one takes over with dev-loops ownership takeover')
}
