/**
 * What is known of a gate, in the classes that the machine `gates` tells apart.
 *
 * A verdict on this head that should count but cannot be proved is judged again, like one that came to
 * no result; one whose assurance policy does not accept would only come out the same, so a person is
 * asked.
 */
import { type GateEvidence, type GateReason, gatePassed, isPosted, passedEarlier } from './judge.ts'

const GATE_STATES = ['passed', 'earlier', 'findings', 'blocked', 'weak', 'none'] as const
type GateState = (typeof GATE_STATES)[number]

const STATE_OF: { readonly [Reason in GateReason]: Exclude<GateState, 'passed'> } = {
  no_record: 'none',
  record_of_other_gate: 'none',
  record_of_other_pull_request: 'none',
  record_of_other_head: 'none',
  policy_changed: 'none',
  verdict_findings_present: 'findings',
  verdict_blocked: 'blocked',
  assurance_too_low: 'weak',
  statuses_incomplete: 'blocked',
  no_status: 'blocked',
  status_not_success: 'blocked',
  status_of_other_pull_request: 'blocked',
  status_without_record: 'blocked',
  creator_not_trusted: 'blocked',
  creator_not_independent: 'blocked',
}

export interface GateReading {
  readonly state: GateState
  /** Why it is not passed on this head; `null` when it is. */
  readonly reason: GateReason | null
}

export function readGate(evidence: GateEvidence): GateReading {
  const judgement = gatePassed(evidence)
  if (judgement.passed) return { state: 'passed', reason: null }
  const { reason } = judgement
  // Nobody was told of these findings yet: the gate is run again, and only completes what it left.
  if (reason === 'verdict_findings_present' && !isPosted(evidence)) return { state: 'none', reason: 'no_status' }
  return { state: passedEarlier(evidence) ? 'earlier' : STATE_OF[reason], reason }
}
