/**
 * The words of the public routing: what a caller may ask, what a target may be in, what is answered.
 *
 * They are the predecessor's and a contract; the rules that lead from one to the other stand in the
 * machines `routing-request`, `routing` and `startup`.
 */
import type { StateOf } from '../machine.ts'
import type { routing } from '../machines/routing.ts'

export const PUBLIC_DEV_LOOP_ENTRYPOINT = 'dev-loop'

export const INTENTS = [
  'start_on_issue',
  'continue_on_pr',
  'start_issue_locally',
  'start_issue_locally_then_continue',
  'continue_current',
  'auto_continue_current',
  'inspect_state',
] as const
export type Intent = (typeof INTENTS)[number]

export const TARGET_KINDS = ['issue', 'pr', 'local_branch', 'local_phase'] as const
export const ACTORS = ['local', 'copilot', 'external_human', 'reviewer', 'maintainer', 'user'] as const
export const STATUSES = [
  'active',
  'waiting',
  'blocked',
  'approval_ready',
  'merge_ready',
  'done',
  'retrospective_gate_pending',
] as const
export type Status = (typeof STATUSES)[number]
export const AUTHORIZATIONS = ['authorized', 'needs_confirmation', 'not_authorized'] as const
export const EXECUTION_MODES = ['bounded_handoff', 'durable_auto'] as const
export type ExecutionMode = (typeof EXECUTION_MODES)[number]
export const TARGET_PREFERENCES = ['prefer_github_first', 'prefer_local'] as const
export type TargetPreference = (typeof TARGET_PREFERENCES)[number]
export const ARTIFACT_STATES = ['open', 'closed', 'merged', 'not_applicable'] as const
export type ArtifactState = (typeof ARTIFACT_STATES)[number]
export const LINKAGES = ['resolved_linked_pr', 'resolved_no_open_pr', 'not_applicable'] as const
export type Linkage = (typeof LINKAGES)[number]
export const READINESSES = ['ready', 'needs_clarification', 'not_applicable'] as const
export const ASSIGNMENTS = ['unassigned', 'assigned_to_copilot', 'not_applicable'] as const
export const RETROSPECTIVES = ['none', 'complete', 'skipped', 'missing'] as const
export const RUN_KINDS = ['pi_managed_run', 'detached_process'] as const
export const INSPECTION_STATES = ['visible', 'hidden', 'stale', 'uninspectable', 'missing'] as const

export type RouteKind = 'route' | 'wait' | 'stop' | 'inspect' | 'needs_reconcile'
export type Strategy =
  | 'local_implementation'
  | 'issue_intake'
  | 'copilot_pr_followup'
  | 'external_pr_followup'
  | 'reviewer_fixer'
  | 'wait_watch'
  | 'final_approval'
export type AssignmentSeam =
  | 'needs_refinement'
  | 'ready_needs_assignment_confirmation'
  | 'ready_assign_now'
  | 'assigned_to_copilot'
  | 'not_applicable'
export type TraceClassification =
  | 'routed_followup'
  | 'healthy_wait'
  | 'terminal'
  | 'blocked'
  | 'authorization_gated'
  | 'reconcile'
  | 'inspect'
/** When the state that was routed was looked at again. */
export type RefreshBoundary = 'post_watch_or_probe' | 'startup_resume_refresh' | 'authoritative_status_refresh'

export type Gate = StateOf<typeof routing>

export interface GateContract {
  readonly routeKind: Exclude<RouteKind, 'inspect'>
  readonly selectedStrategy: Strategy | null
  /** What it means, and what to do. */
  readonly summary: string
}

export const PUBLIC_DEV_LOOP_GATE_CONTRACT = {
  stop_blocked_or_not_authorized: {
    routeKind: 'stop',
    selectedStrategy: null,
    summary: 'The work is blocked, or nobody may do it; a person decides.',
  },
  stop_done_terminal: {
    routeKind: 'stop',
    selectedStrategy: null,
    summary: 'The work is over; nothing is left to do.',
  },
  final_approval: {
    routeKind: 'route',
    selectedStrategy: 'final_approval',
    summary: 'The gate before the merge is passed on this head; only the last approval and the merge are left.',
  },
  waiting_for_merge_authorization: {
    routeKind: 'stop',
    selectedStrategy: null,
    summary: 'The merge is ready and waits for a person to say yes.',
  },
  wait_watch: {
    routeKind: 'wait',
    selectedStrategy: 'wait_watch',
    summary: 'Something outside has to happen first; look again later.',
  },
  local_implementation: {
    routeKind: 'route',
    selectedStrategy: 'local_implementation',
    summary: 'Do the work here, in a worktree of its own.',
  },
  issue_intake: {
    routeKind: 'route',
    selectedStrategy: 'issue_intake',
    summary: 'Take the issue up: see that it says when it is done, then begin.',
  },
  external_pr_followup: {
    routeKind: 'route',
    selectedStrategy: 'external_pr_followup',
    summary: 'Follow up a pull request that somebody outside the loop owns.',
  },
  reviewer_fixer: {
    routeKind: 'route',
    selectedStrategy: 'reviewer_fixer',
    summary: 'Review the pull request: a reviewer has the next word.',
  },
  copilot_pr_followup: {
    routeKind: 'route',
    selectedStrategy: 'copilot_pr_followup',
    summary: 'Take the pull request on: repair, answer, and ask for the next review.',
  },
  fail_closed_reconcile: {
    routeKind: 'needs_reconcile',
    selectedStrategy: null,
    summary: 'What was asked and what is known do not fit together; look again before anything is done.',
  },
} as const satisfies Readonly<Record<Gate, GateContract>>

/** How long the two kinds of waits last at least, and by default. */
export const WAIT_POLICIES = {
  default: { classification: 'persistent_internal_wait', minimumTimeoutMs: 3_600_000, defaultTimeoutMs: 3_600_000 },
  auto_healthy_wait: {
    classification: 'external_healthy_wait',
    minimumTimeoutMs: 1_800_000,
    defaultTimeoutMs: 1_800_000,
  },
} as const
export type WaitSemantics = keyof typeof WAIT_POLICIES
