/**
 * Which gate a step runs, if it runs one.
 */
import type { Gate } from '../gates/verdict.ts'
import type { VerdictRecord, Work } from '../sessions/work.ts'

const GATE_OF: Readonly<Record<string, Gate>> = {
  run_draft_gate: 'draft_gate',
  reconcile_draft_gate: 'draft_gate',
  run_pre_approval_gate: 'pre_approval_gate',
}

export function gateOfStep(step: string | null): Gate | null {
  return GATE_OF[step ?? ''] ?? null
}

/** @returns such as `draft_gate: reviewer_silent`: why the last judgement on this head came to no result */
export function whyBlocked(step: string | null, head: string | null, { verdicts }: Pick<Work, 'verdicts'>): string[] {
  const gate = gateOfStep(step)
  const verdict: VerdictRecord | null = gate === null ? null : verdicts[gate]
  if (verdict?.verdict !== 'blocked' || verdict.head !== head || verdict.reason === null) return []
  return [`${verdict.gate}: ${verdict.reason}`]
}
