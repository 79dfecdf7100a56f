/**
 * What the states of the machine `gates` are called at the predecessor's boundaries: where the pull request
 * stands, what its loop is about, and what must not be done there.
 *
 * The next action is no column: it is the step of the state, so this table cannot disagree with what is
 * done. Checks are waited for and repaired on both sides of the draft gate, and its findings too.
 */
import { type PullRequestState, pullRequest } from './machines/pull-request.ts'

const BOUNDARIES = [
  'draft_review',
  'post_draft_external_review',
  'feedback_resolution',
  'conflict_resolution',
  'pre_approval_gate_window',
  'pre_approval_gate_needed',
  'final_approval_ready',
  'draft_gate_needed',
  'blocked',
  'done',
] as const
export type GateBoundary = (typeof BOUNDARIES)[number]

/** The predecessor's actions, then the steps that it did not know. */
export const GATE_ACTIONS = [
  'run_draft_gate',
  'mark_ready_for_review',
  'request_copilot_review',
  'wait_for_copilot_review',
  'wait_for_ci',
  'address_review_feedback',
  'reply_resolve_review_threads',
  'rerequest_copilot_review',
  'resolve_merge_conflicts',
  'run_pre_approval_gate',
  'await_final_human_approval',
  'declare_merge_ready',
  'reconcile_draft_gate',
  'report_blocked',
  'report_done',
  'fix_checks',
  'fix_gate',
  'observe',
  'wait_for_mergeability',
  'confirm_draft',
  'confirm_pre_approval',
  'hear_comments',
] as const
export type GateAction = (typeof GATE_ACTIONS)[number]

const DISPOSITIONS = [
  'pending',
  'unresolved_feedback',
  'clean_converged',
  'blocked',
  'action_required',
  'done',
  'direct_gate',
] as const
export type Disposition = (typeof DISPOSITIONS)[number]

export interface Place {
  readonly boundary: GateBoundary
  /** `null`: as the reviews converged. */
  readonly disposition: Disposition | null
  readonly forbidden: readonly GateAction[]
  /** What may be done beside the step of the state. */
  readonly also?: readonly GateAction[]
}

const BEFORE_ALL = [
  'run_draft_gate',
  'mark_ready_for_review',
  'request_copilot_review',
  'run_pre_approval_gate',
  'declare_merge_ready',
] as const satisfies readonly GateAction[]

/** In draft nothing of what comes after it. */
const IN_DRAFT = [
  'request_copilot_review',
  'wait_for_copilot_review',
  'run_pre_approval_gate',
  'declare_merge_ready',
] as const satisfies readonly GateAction[]

const DRAFT_NOT_PASSED = ['mark_ready_for_review', ...IN_DRAFT] as const
const DRAFT_NOT_READY = ['run_draft_gate', ...DRAFT_NOT_PASSED] as const

/** Reviews go on: neither of the gates. */
const REVIEWING = [
  'run_draft_gate',
  'mark_ready_for_review',
  'run_pre_approval_gate',
  'declare_merge_ready',
] as const satisfies readonly GateAction[]

/** Reviews are over: no more requests. */
const CONVERGED = [
  'run_draft_gate',
  'mark_ready_for_review',
  'request_copilot_review',
  'declare_merge_ready',
] as const satisfies readonly GateAction[]

const BEFORE_APPROVAL = [...BEFORE_ALL, 'await_final_human_approval'] as const satisfies readonly GateAction[]

const BUT_CONFLICTS = GATE_ACTIONS.filter(
  (action) => !['resolve_merge_conflicts', 'report_blocked', 'report_done'].includes(action),
)

const BLOCKED = { boundary: 'blocked', disposition: 'blocked', forbidden: BEFORE_ALL } as const
const CONFLICT = { boundary: 'conflict_resolution', disposition: 'action_required', forbidden: BUT_CONFLICTS } as const
const EXTERNAL = { boundary: 'post_draft_external_review', forbidden: REVIEWING } as const
const FEEDBACK = {
  boundary: 'feedback_resolution',
  disposition: 'unresolved_feedback',
  forbidden: REVIEWING,
} as const
const MERGE_WAIT = { boundary: 'final_approval_ready', disposition: 'pending', forbidden: CONVERGED } as const

const PLACES: { readonly [State in PullRequestState]: Place } = {
  done: { boundary: 'done', disposition: 'done', forbidden: BEFORE_ALL },
  no_pr: BLOCKED,
  facts_unproved: { ...BLOCKED, disposition: 'pending' },
  human_comment_pause: BLOCKED,
  blocked_by_copilot_comment: BLOCKED,
  conflict_resolution: CONFLICT,
  checks_failed: { ...EXTERNAL, disposition: 'action_required' },
  blocked_needs_user_decision: BLOCKED,
  waiting_for_ci: { ...EXTERNAL, disposition: 'pending' },
  refinement_missing: { ...BLOCKED, forbidden: DRAFT_NOT_READY },
  draft_review: { boundary: 'draft_review', disposition: 'action_required', forbidden: DRAFT_NOT_PASSED },
  draft_gate_findings: { boundary: 'draft_gate_needed', disposition: 'action_required', forbidden: BEFORE_APPROVAL },
  gate_assurance_too_low: { ...BLOCKED, forbidden: BEFORE_APPROVAL },
  stopped_at_draft: { boundary: 'draft_review', disposition: 'blocked', forbidden: DRAFT_NOT_PASSED },
  pr_draft: {
    boundary: 'draft_review',
    disposition: 'action_required',
    forbidden: IN_DRAFT,
    also: ['run_draft_gate'],
  },
  pr_ready_no_feedback: { ...EXTERNAL, disposition: 'action_required' },
  post_draft_external_review: {
    ...EXTERNAL,
    disposition: 'action_required',
    forbidden: [...REVIEWING, 'await_final_human_approval'],
  },
  waiting_for_copilot_review: { ...EXTERNAL, disposition: 'pending' },
  unresolved_feedback_present: FEEDBACK,
  already_fixed_needs_reply_resolve: FEEDBACK,
  ready_to_rerequest_review: { ...EXTERNAL, disposition: 'action_required' },
  review_request_unavailable: BLOCKED,
  branch_behind: CONFLICT,
  draft_gate_needed: {
    boundary: 'draft_gate_needed',
    disposition: 'action_required',
    forbidden: [...BEFORE_APPROVAL, 'wait_for_copilot_review'],
  },
  pre_approval_gate_needed: { boundary: 'pre_approval_gate_needed', disposition: null, forbidden: CONVERGED },
  pre_approval_gate_window: { boundary: 'pre_approval_gate_window', disposition: null, forbidden: CONVERGED },
  pre_approval_gate_findings: {
    boundary: 'pre_approval_gate_window',
    disposition: 'action_required',
    forbidden: BEFORE_APPROVAL,
  },
  stopped_at_pre_approval: {
    boundary: 'pre_approval_gate_needed',
    disposition: 'blocked',
    forbidden: BEFORE_APPROVAL,
  },
  retrospective_gate_pending: { ...BLOCKED, forbidden: BEFORE_APPROVAL },
  await_final_human_approval: { boundary: 'final_approval_ready', disposition: null, forbidden: CONVERGED },
  mergeability_unknown: MERGE_WAIT,
  merge_blocked: MERGE_WAIT,
  declare_merge_ready: {
    boundary: 'final_approval_ready',
    disposition: null,
    forbidden: CONVERGED.filter((action) => action !== 'declare_merge_ready'),
  },
}

const DRAFT_SIDE: { readonly [State in PullRequestState]?: Pick<Place, 'boundary' | 'forbidden'> } = {
  waiting_for_ci: { boundary: 'draft_review', forbidden: DRAFT_NOT_READY },
  checks_failed: { boundary: 'draft_review', forbidden: DRAFT_NOT_READY },
  draft_gate_findings: { boundary: 'draft_review', forbidden: DRAFT_NOT_READY },
}

export function placeOf(state: PullRequestState, isDraft: boolean): Place {
  return { ...PLACES[state], ...(isDraft ? DRAFT_SIDE[state] : {}) }
}

/** At which boundary a pull request in this state stands. */
export function boundaryOf(state: PullRequestState, isDraft: boolean): GateBoundary {
  return placeOf(state, isDraft).boundary
}

/** The step of this state under its name among the actions. */
export function actionOf(state: PullRequestState): GateAction {
  const step = pullRequest.states[state].next?.step ?? 'report_done'
  const name = step === 'merge' ? 'declare_merge_ready' : step
  const action = GATE_ACTIONS.find((known) => known === name)
  if (action === undefined) throw new Error(`the step ${step} has no name among the actions`)
  return action
}
