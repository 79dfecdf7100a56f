/**
 * The phase of a piece of work, and of each state that its reviews can be in.
 */
import { ask } from '../machine.ts'
import { type LifecyclePhase, lifecycle } from '../machines/lifecycle.ts'
import { type CopilotState, isReviewState } from '../machines/outer.ts'
import { CONTRACT, type ContractState } from './copilot-words.ts'

export interface LifecycleInput {
  readonly phase?: string | null
  readonly hasLinkedPr?: boolean
  readonly prIsDraft?: boolean
  readonly hasUnresolvedThreads?: boolean
  readonly preApprovalGatePassed?: boolean
  readonly mergeAuthorized?: boolean
  readonly isMerged?: boolean
}

export interface LifecycleAnswer {
  readonly state: LifecyclePhase
  readonly allowedTransitions: readonly LifecyclePhase[]
  readonly nextAction: string
  readonly isTerminal: boolean
  readonly ruleId: string
}

/** @param input a phase that is none of the seven counts as not stated */
export function resolveLifecycleState(input: LifecycleInput): LifecycleAnswer {
  const stated = input.phase?.trim().toLowerCase()
  const { state, rule } = ask(lifecycle, {
    phase: lifecycle.facts.phase.find((phase) => phase === stated) ?? null,
    hasLinkedPr: input.hasLinkedPr ?? false,
    hasUnresolvedThreads: input.hasUnresolvedThreads ?? false,
    preApprovalGatePassed: input.preApprovalGatePassed ?? false,
    mergeAuthorized: input.mergeAuthorized ?? false,
    isMerged: input.isMerged ?? false,
  })
  const { next, to } = lifecycle.states[state]
  return {
    state,
    allowedTransitions: [...to],
    nextAction: ACTIONS[state],
    isTerminal: next === null,
    ruleId: rule,
  }
}

const ACTIONS: { readonly [Phase in LifecyclePhase]: string } = {
  issue_intake: 'Shape the issue, then refine or implement it.',
  refinement: 'Refine the issue until it says when it is done.',
  implementation: 'Implement it, and open a draft.',
  draft_gate: 'Pass the draft gate and ask for a review.',
  feedback_resolution: 'Settle what checks and reviews ask for.',
  pre_approval_gate: 'Pass the gate before the merge.',
  merge: 'Merge it, or see that it is merged.',
}

export type ShownState = ContractState | 'checks_failed' | 'round_cap_reached'

/**
 * The predecessor's name of a state, where it had one: red checks were for a person there at once, and here
 * they are work, so an answer that hands out this work cannot call them blocked.
 */
export function shownState(state: CopilotState): ShownState {
  return isReviewState(state) && state !== 'checks_failed' ? CONTRACT[state].state : state
}

const PHASE_OF: { readonly [State in CopilotState]: LifecyclePhase } = {
  no_pr: 'implementation',
  pr_draft: 'implementation',
  pr_ready_no_feedback: 'draft_gate',
  waiting_for_copilot_review: 'feedback_resolution',
  unresolved_feedback_present: 'feedback_resolution',
  already_fixed_needs_reply_resolve: 'feedback_resolution',
  ready_to_rerequest_review: 'feedback_resolution',
  waiting_for_ci: 'feedback_resolution',
  review_request_unavailable: 'feedback_resolution',
  blocked_needs_user_decision: 'feedback_resolution',
  blocked_by_copilot_comment: 'feedback_resolution',
  human_comment_pause: 'feedback_resolution',
  checks_failed: 'feedback_resolution',
  facts_unproved: 'feedback_resolution',
  round_cap_reached: 'feedback_resolution',
  clean_converged: 'pre_approval_gate',
  low_signal_converged: 'pre_approval_gate',
  round_cap_clean_fallback: 'pre_approval_gate',
  internal_tooling_direct_gate: 'pre_approval_gate',
  no_reviewer_direct_gate: 'pre_approval_gate',
  done: 'merge',
}

export function lifecyclePhaseForCopilotState(state: CopilotState): LifecyclePhase {
  return PHASE_OF[state]
}
