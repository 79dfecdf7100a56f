/** Complete, valid questions in which a test names only what matters to it. */
import { type CanonicalState, targetOf } from '../../../lib/loop/routing/canonical-state.ts'
import type { StartupQuestion } from '../../../lib/loop/routing/startup.ts'
import { HEAD } from '../build.ts'

export const PR = targetOf('pr', { pr: 88 })
export const ISSUE = targetOf('issue', { issue: 12 })
export const LINKED = targetOf('issue', { issue: 12, linkedPr: 88 })
export const PHASE = targetOf('local_phase', { issue: 12, phase: 'issue-12' })

export function aState(over: Partial<CanonicalState> = {}): CanonicalState {
  return {
    target: PR,
    ownership: 'copilot',
    nextActor: 'copilot',
    status: 'active',
    authorization: 'authorized',
    ...over,
  }
}

export const APPROVED = {
  currentHeadSha: HEAD,
  preApprovalGate: { visible: true, verdict: 'clean', headSha: HEAD },
} as const

export function aStart(over: StartupQuestion = {}): StartupQuestion {
  return {
    currentState: aState(),
    intent: 'continue_on_pr',
    issueLinkageResolution: 'not_applicable',
    issueReadiness: 'not_applicable',
    issueAssignmentState: 'not_applicable',
    artifactState: 'open',
    loopState: 'pr_followup_start',
    ...over,
  }
}
