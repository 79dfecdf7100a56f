/**
 * Does a look back on the work let this head be merged?
 *
 * It counts for exactly the head that it was written for: whoever looked back has not seen what came later.
 * That the working agreement was followed has to be said, either way; it is for people, and holds up nothing.
 */
export interface Retrospective {
  readonly head: string
  readonly runId: string
  readonly at: string
  readonly mergeApproved: boolean
  readonly followedWorkingAgreement: boolean
  readonly gateQualityAcceptable: boolean
  readonly gateQuality: string
  readonly unexpectedFindings: readonly string[]
  readonly mergeRecommendation: string
}

const RETROSPECTIVE_REASONS = [
  'no_retrospective',
  'retrospective_of_other_head',
  'merge_not_approved',
  'gate_quality_not_acceptable',
] as const
export type RetrospectiveReason = (typeof RETROSPECTIVE_REASONS)[number]

/** @returns the first thing that is missing; `null` when the merge is approved */
export function whyNotApproved(retrospective: Retrospective | null, head: string): RetrospectiveReason | null {
  if (retrospective === null) return 'no_retrospective'
  if (retrospective.head !== head) return 'retrospective_of_other_head'
  if (!retrospective.mergeApproved) return 'merge_not_approved'
  return retrospective.gateQualityAcceptable ? null : 'gate_quality_not_acceptable'
}
