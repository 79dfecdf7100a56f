/**
 * The evidence of both gates, put together from what was observed.
 */
import { type GateReading, readGate } from '../../gates/evidence.ts'
import { GATES, type Gate } from '../../gates/verdict.ts'
import type { DecisionInput } from '../../loop/decision.ts'
import { accept, type Outcome, refuse } from '../../outcome.ts'
import type { VerdictRecord } from '../../sessions/work.ts'

export interface GatesRead {
  readonly head: string
  readonly gates: readonly (GateReading & { readonly gate: Gate; readonly verdict: VerdictRecord | null })[]
}

/** @returns a refusal `target_not_found`, or `policy_unproved` when the policy cannot be read */
export function readGates({ facts, policy, policyDigest, work, target }: DecisionInput): Outcome<GatesRead> {
  const pr = facts.kind === 'pull_request' ? facts.pr : null
  if (pr === null) return refuse('target_not_found', 'there is no such pull request')
  if (!policy.ok) return policy
  const { gates, trust } = policy.value
  const common = {
    repo: target.repo,
    pr: pr.number,
    head: pr.head.sha,
    author: pr.author,
    viewer: facts.repository.viewer,
    checks: pr.checks,
    policyDigest: policyDigest ?? '',
    trusted: trust.accounts,
  }
  return accept({
    head: pr.head.sha,
    gates: GATES.map((gate) => {
      const verdict = work.verdicts[gate]
      const { minimumAssurance, blockOn } = gate === 'draft_gate' ? gates.draft : gates.preApproval
      const evidence = { ...common, gate, record: verdict, policy: { minimumAssurance, blockOn } }
      return { gate, ...readGate(evidence), verdict }
    }),
  })
}
