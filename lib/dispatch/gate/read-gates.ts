/**
 * The evidence of both gates, put together from what was observed.
 */
import { type GateReading, readGate } from '../../gates/evidence.ts'
import { GATES, type Gate } from '../../gates/verdict.ts'
import type { DecisionInput } from '../../loop/decision.ts'
import { gateEvidenceOf } from '../../loop/readings/pull-request.ts'
import { accept, type Outcome, refuse } from '../../outcome.ts'
import type { VerdictRecord } from '../../sessions/work.ts'

export interface GatesRead {
  readonly head: string
  readonly gates: readonly (GateReading & { readonly gate: Gate; readonly verdict: VerdictRecord | null })[]
}

/** @returns a refusal `target_not_found`, or `policy_unproved` when the policy cannot be read */
export function readGates(input: DecisionInput): Outcome<GatesRead> {
  const { facts, policy } = input
  const pr = facts.kind === 'pull_request' ? facts.pr : null
  if (pr === null) return refuse('target_not_found', 'there is no such pull request')
  if (!policy.ok) return policy
  const ground = { pr, policy: policy.value, input }
  return accept({
    head: pr.head.sha,
    gates: GATES.map((gate) => {
      const evidence = gateEvidenceOf(gate, ground)
      return { gate, ...readGate(evidence), verdict: input.work.verdicts[gate] }
    }),
  })
}
