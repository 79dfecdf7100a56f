/**
 * What GitHub says about merging, in the five classes that a rule tells apart.
 *
 * A branch that is behind its base counts as behind only where GitHub itself says so, which it does
 * when the base must be contained. UNSTABLE is no answer to us: checks are judged by the machine `ci`.
 */
import type { ObservedPullRequest } from './pull-request.ts'

export const MERGEABILITIES = ['clean', 'behind', 'blocked', 'conflict', 'unknown'] as const
export type Mergeability = (typeof MERGEABILITIES)[number]

const CLEAN = ['CLEAN', 'HAS_HOOKS', 'UNSTABLE', 'DRAFT']

export function reduceMergeability(pr: Pick<ObservedPullRequest, 'mergeable' | 'mergeStateStatus'>): Mergeability {
  if (pr.mergeable === 'CONFLICTING' || pr.mergeStateStatus === 'DIRTY') return 'conflict'
  if (pr.mergeable === 'UNKNOWN') return 'unknown'
  if (pr.mergeStateStatus === 'BEHIND') return 'behind'
  if (pr.mergeStateStatus === 'BLOCKED') return 'blocked'
  return CLEAN.includes(pr.mergeStateStatus) ? 'clean' : 'unknown'
}
