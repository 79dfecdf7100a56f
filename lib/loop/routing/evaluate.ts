/**
 * The public entry point: a request and a state go in, one way to go on comes out.
 *
 * Two tables decide. `routing-request` says whether the question can be answered and about which state;
 * `routing` says which way that state leads.
 */
import { classify, type FactsOf } from '../machine.ts'
import { routing } from '../machines/routing.ts'
import { routingRequest } from '../machines/routing-request.ts'
import { type CanonicalState, inItsPullRequest, isLocal, phaseOf, targetOf } from './canonical-state.ts'
import {
  type GateEvidence,
  type IssueReadings,
  isCopilotIssue,
  type RoutingQuestion,
  type RoutingRequest,
  readRequest,
} from './request.ts'
import { buildResult, type Routed, type RoutingResult } from './result.ts'
import type { AssignmentSeam, ExecutionMode, RefreshBoundary, TargetPreference } from './vocabulary.ts'

export type { RoutingQuestion } from './request.ts'
export type { RoutingResult } from './result.ts'

export function evaluatePublicDevLoopRouting(question: RoutingQuestion): RoutingResult {
  const request = readRequest(question)
  const { state: kind, rule } = classify(routingRequest, request.facts)
  const state = kind === 'refused' ? null : begunBy(kind, request)
  const refresh = request.watch ? 'post_watch_or_probe' : null
  return buildResult(
    route(state, {
      ...request,
      inspect: request.intent === 'inspect_state' && state !== null,
      refresh,
      because: [rule],
    }),
  )
}

export interface RouteSettings {
  readonly mode: ExecutionMode
  readonly watch: boolean
  readonly inspect: boolean
  readonly preference: TargetPreference
  readonly evidence: GateEvidence
  readonly issueFacts: IssueReadings
  readonly retrospective: 'open' | 'missing'
  readonly refresh: RefreshBoundary | null
  /** Rules that fired before. */
  readonly because: readonly string[]
}

/** The rules of who asks to wait and only to look at once, where there is something to wait for. */
const WATCHED = ['routing/watch-unconfirmed-while-inspecting', 'routing/watch-while-inspecting']

/** @param given `null` when there is none, or none that can be believed */
export function route(given: CanonicalState | null, settings: RouteSettings): Routed {
  const state = given && inItsPullRequest(given)
  const seam = given === null ? 'not_applicable' : seamOf(given, settings)
  const { state: gate, rule } = classify(routing, routingFacts(state, seam, settings))
  const { mode, watch, inspect, refresh, because } = settings
  return {
    gate,
    because: state === null ? because : [...because, rule],
    state: state && (gate === 'local_implementation' ? takenLocally(state) : state),
    mode,
    watch,
    // Who asks to wait and only to look at once asks for nothing that can be done.
    inspect: inspect && !WATCHED.includes(rule),
    refresh,
    seam: gate === 'issue_intake' ? seam : 'not_applicable',
  }
}

function routingFacts(
  state: CanonicalState | null,
  seam: AssignmentSeam,
  { watch, inspect, preference, evidence, retrospective }: RouteSettings,
): FactsOf<typeof routing> {
  return {
    state: state === null ? 'none' : 'valid',
    status: state?.status ?? 'active',
    authorization: state?.authorization ?? 'authorized',
    target: targetClass(state),
    follower: state === null ? 'nobody' : followerOf(state),
    ...evidence,
    preference,
    unrefined: seam === 'needs_refinement',
    watch,
    inspect,
    retrospective,
  }
}

function targetClass(state: CanonicalState | null): FactsOf<typeof routing>['target'] {
  if (state === null || state.target.kind === 'issue') return 'issue'
  return isLocal(state.target) ? 'local' : 'pr'
}

function followerOf({ ownership, nextActor }: CanonicalState): FactsOf<typeof routing>['follower'] {
  if (ownership === 'external_human') return 'external_human'
  if (ownership === 'reviewer' || nextActor === 'reviewer') return 'reviewer'
  return ownership === 'copilot' ? 'copilot' : 'nobody'
}

/** How an issue of the coding agent gets to it. */
function seamOf(state: CanonicalState, { issueFacts }: RouteSettings): AssignmentSeam {
  if (!isCopilotIssue(state)) return 'not_applicable'
  if (issueFacts.readiness === 'needs_clarification') return 'needs_refinement'
  if (issueFacts.assignment === 'assigned_to_copilot') return 'assigned_to_copilot'
  return state.authorization === 'needs_confirmation' ? 'ready_needs_assignment_confirmation' : 'ready_assign_now'
}

function takenLocally(state: CanonicalState): CanonicalState {
  const { kind, issue } = state.target
  return kind === 'issue' && issue !== null ? localPhase(issue, state) : state
}

function localPhase(issue: number, over: Pick<CanonicalState, 'status' | 'authorization'>): CanonicalState {
  const { status, authorization } = over
  const target = targetOf('local_phase', { issue, phase: phaseOf(issue) })
  return { target, ownership: 'local', nextActor: 'local', status, authorization }
}

/** Where no state is given, a request to start an issue brings one with it. */
function begunBy(
  kind: 'state_given' | 'issue_begins' | 'local_begins',
  { state, target }: RoutingRequest,
): CanonicalState | null {
  if (kind === 'state_given' || target === null || target.issue === null) return state
  if (kind === 'local_begins') return localPhase(target.issue, { status: 'active', authorization: 'authorized' })
  return {
    target: targetOf('issue', { issue: target.issue, linkedPr: target.linkedPr }),
    ownership: 'copilot',
    nextActor: 'user',
    status: 'active',
    authorization: 'needs_confirmation',
  }
}
