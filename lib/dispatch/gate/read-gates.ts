/**
 * The evidence of both gates, put together from what was observed.
 */
import { type ToldSource, tellSource } from '../../facts/source.ts'
import type { GateReading } from '../../gates/evidence.ts'
import { GATES, type Gate } from '../../gates/verdict.ts'
import type { DecisionInput } from '../../loop/decision.ts'
import { readSurely } from '../../loop/read-surely.ts'
import { accept, type Outcome, refuse } from '../../outcome.ts'
import type { VerdictRecord } from '../../sessions/work.ts'

export interface GatesRead extends ToldSource {
  readonly head: string
  readonly gates: readonly (GateReading & { readonly gate: Gate; readonly verdict: VerdictRecord | null })[]
}

/** @returns a refusal `target_not_found`, or `policy_unproved` when the policy cannot be read */
export function readGates(input: DecisionInput): Outcome<GatesRead> {
  const { facts, policy } = input
  const pr = facts.kind === 'pull_request' ? facts.pr : null
  if (pr === null) return refuse('target_not_found', 'there is no such pull request')
  if (!policy.ok) return policy
  const reading = readSurely(input).pullRequest
  if (reading === null) throw new Error('what was observed under a policy has a reading')
  const { draftGate: draft_gate, preApproval: pre_approval_gate } = reading
  const seen = { draft_gate, pre_approval_gate }
  return accept({
    head: pr.head.sha,
    gates: GATES.map((gate) => ({ gate, ...seen[gate], verdict: input.work.verdicts[gate] })),
    ...tellSource(facts.source),
  })
}
