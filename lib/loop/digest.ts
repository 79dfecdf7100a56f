/**
 * The few facts of a decision that people want to see beside it.
 */
import { failedChecks } from '../facts/ci.ts'
import { reduceMergeability } from '../facts/mergeability.ts'
import { boundaryOf } from './boundary.ts'
import type { DecisionInput, FactsDigest } from './decision.ts'
import type { Reading } from './readings/target.ts'

export function digestFacts(input: DecisionInput, reading: Reading, localState: string): FactsDigest {
  const { facts } = input
  const pr = facts.kind === 'pull_request' ? facts.pr : null
  const seen = reading.pullRequest
  return {
    observedAt: facts.observedAt,
    head: reading.head,
    draft: pr?.isDraft ?? null,
    ci: seen?.ci.state ?? null,
    failing: pr ? failedChecks(pr.checks).map(({ name }) => name) : [],
    boundary: seen ? boundaryOf(seen.gates.state, seen.pr.isDraft) : null,
    reviewRounds: seen?.reviews.rounds ?? null,
    unresolvedThreads: seen?.threads.unresolved ?? null,
    draftGate: seen?.draftGate.state ?? null,
    preApprovalGate: seen?.preApproval.state ?? null,
    mergeability: pr ? reduceMergeability(pr) : null,
    local: input.local ? localState : null,
    pullRequest: pr?.number ?? reading.linkedPullRequest,
  }
}
