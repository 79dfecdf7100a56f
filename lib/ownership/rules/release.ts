/**
 * The holder gives the target back. The token stays in the record, so the next owner's is larger.
 *
 * An ended claim can be released by its run as well: nothing is lost by saying sooner that it is over.
 * Releasing what nobody holds is no error, because a repeated call after a crash must be harmless.
 */
import { accept, type Outcome } from '../../outcome.ts'
import { lastEntries, type OwnershipRecord } from '../record.ts'
import { type HolderRequest, isHeldBy, lost } from './holding.ts'
import type { Evidence } from './liveness.ts'
import type { Transition } from './transition.ts'

export type Release = Transition<'released'> | { readonly status: 'release_noop' }

export function release(
  record: OwnershipRecord | null,
  request: HolderRequest,
  { at }: Pick<Evidence, 'at'>,
): Outcome<Release> {
  const claim = record?.activeRun
  if (!record || !claim) return accept({ status: 'release_noop' })
  if (!isHeldBy(claim, request)) return lost(record, claim, request)

  const { runId, token } = claim
  return accept({
    status: 'released',
    record: {
      ...record,
      activeRun: null,
      previousRun: { runId, replacedAt: at, replacedByRunId: null },
      history: lastEntries(record.history, { type: 'release', runId, at }),
    },
    entry: { type: 'release', runId, token },
  })
}
