/**
 * The predecessor's conductor routing: an outcome, and the envelope for whoever goes on.
 */
import { type Asked, ask, type FactsOf } from '../machine.ts'
import {
  COPILOT_STATES,
  type CopilotState,
  isReviewerState,
  isReviewState,
  type NextClass,
  type OuterState,
  outer,
} from '../machines/outer.ts'
import { review } from '../machines/review.ts'

type OuterFacts = FactsOf<typeof outer>

const SOURCE_MODES = ['authoritative', 'local', 'snapshot'] as const
export type SourceMode = (typeof SOURCE_MODES)[number]

/** The predecessor's reasons; `person_needed` is new: anything else that `next` asks a person for. */
type StopReason =
  | 'pr_not_ready'
  | 'copilot_blocked'
  | 'reviewer_blocked'
  | 'review_unavailable'
  | 'ownership_conflict'
  | 'unknown_state'
  | 'person_needed'

export interface RoutingInput {
  readonly target: unknown
  /** State of the machine `review`, or the word that the predecessor had for it. */
  readonly copilotState: string
  readonly reviewerState: string
  readonly ownershipState?: OuterFacts['ownership'] | undefined
  readonly sourceMode?: string | undefined
  readonly requiresLocalIsolation?: boolean | undefined
  /** What `next` says of the work; when nobody asked it, what the state alone says. */
  readonly next?: NextClass | undefined
  readonly reviewing?: OuterFacts['reviewing'] | undefined
}

interface HandoffEnvelope {
  readonly targetIdentity: { readonly repo: string | null; readonly pr: number | null } | null
  readonly loopFamily: 'copilot_loop' | 'reviewer_loop' | 'outer_loop' | null
  readonly entrypoint: 'copilot_pr_handoff' | 'reviewer_loop_handler' | 'outer_loop_wait' | null
  readonly reason: string
  readonly requiredArgs: Readonly<Record<string, string | number>>
  readonly requiresLocalIsolation: boolean
  readonly confidence: SourceMode
}

export interface ConductorRouting {
  readonly routingOutcome: OuterState
  readonly outerAction: OuterAction
  readonly stopReason: StopReason | null
  readonly ruleId: string
  readonly handoffEnvelope: HandoffEnvelope
}

export function evaluateConductorRouting(input: RoutingInput): ConductorRouting {
  const identity = identityOf(input.target)
  const asked = readOuter(input, identity !== null && identity.repo !== null && identity.pr !== null)
  const { state, rule } = asked
  const known = asked.facts.target === 'valid' && asked.facts.copilot !== null && asked.facts.reviewer !== null
  const { loopFamily, entrypoint } = FAMILY[state]
  return {
    routingOutcome: state,
    outerAction: ACTION[state],
    stopReason: stopReasonOf(state, rule),
    ruleId: rule,
    handoffEnvelope: {
      targetIdentity: identity,
      loopFamily,
      entrypoint,
      reason: REASON[state],
      requiredArgs: known && identity?.repo && identity.pr ? { repo: identity.repo, pr: identity.pr } : {},
      requiresLocalIsolation: input.requiresLocalIsolation ?? false,
      confidence: SOURCE_MODES.find((mode) => mode === input.sourceMode) ?? 'local',
    },
  }
}

function readOuter(input: RoutingInput, valid: boolean): Asked<typeof outer.facts, OuterState> {
  const copilot = COPILOT_STATES.find((state) => state === input.copilotState) ?? null
  return ask(outer, {
    target: valid ? 'valid' : 'malformed',
    ownership: input.ownershipState ?? 'none',
    copilot,
    next: input.next ?? (copilot === null ? 'person' : classOfState(copilot)),
    reviewer: isReviewerState(input.reviewerState) ? input.reviewerState : null,
    reviewing: input.reviewing ?? 'within',
  })
}

/** Who has the next step in this state of the reviews, as far as that alone tells. */
export function classOfState(state: CopilotState): NextClass {
  if (!isReviewState(state)) return 'person'
  const by = review.states[state].next?.by
  if (by === undefined) return state === 'done' ? 'done' : state === 'review_request_unavailable' ? 'person' : 'work'
  return by === 'wait' ? 'wait' : by === 'command' || by === 'agent' ? 'work' : 'person'
}

function identityOf(target: unknown): HandoffEnvelope['targetIdentity'] {
  if (typeof target !== 'object' || target === null) return null
  const { repo, pr }: { readonly repo?: unknown; readonly pr?: unknown } = target
  const slug = typeof repo === 'string' ? repo.trim().toLowerCase() : ''
  return {
    repo: /^[^/\s\\]+\/[^/\s\\]+$/.test(slug) ? slug : null,
    pr: typeof pr === 'number' && Number.isSafeInteger(pr) && pr > 0 ? pr : null,
  }
}

export type OuterAction = 'continue_wait' | 'reenter_copilot_loop' | 'reenter_reviewer_loop' | 'stop' | 'done'

const ACTION: { readonly [State in OuterState]: OuterAction } = {
  continue_current_wait: 'continue_wait',
  handoff_to_copilot_loop: 'reenter_copilot_loop',
  handoff_to_reviewer_loop: 'reenter_reviewer_loop',
  stay_with_current_live_owner: 'continue_wait',
  stop_needs_human: 'stop',
  done_terminal: 'done',
  needs_reconcile: 'stop',
}

const NOBODY = { loopFamily: null, entrypoint: null } as const
const WAITING = { loopFamily: 'outer_loop', entrypoint: 'outer_loop_wait' } as const

const FAMILY: { readonly [State in OuterState]: Pick<HandoffEnvelope, 'loopFamily' | 'entrypoint'> } = {
  continue_current_wait: WAITING,
  handoff_to_copilot_loop: { loopFamily: 'copilot_loop', entrypoint: 'copilot_pr_handoff' },
  handoff_to_reviewer_loop: { loopFamily: 'reviewer_loop', entrypoint: 'reviewer_loop_handler' },
  stay_with_current_live_owner: WAITING,
  stop_needs_human: NOBODY,
  done_terminal: NOBODY,
  needs_reconcile: NOBODY,
}

const REASON: { readonly [State in OuterState]: string } = {
  continue_current_wait: 'What is waited for has not come yet.',
  handoff_to_copilot_loop: 'The work has a step that can be taken now.',
  handoff_to_reviewer_loop: 'Our own review has a step that can be taken now.',
  stay_with_current_live_owner: 'A living run holds it and takes the step.',
  stop_needs_human: 'A person has to decide or act.',
  done_terminal: 'Nothing is left to do.',
  needs_reconcile: 'What was said of the target does not fit together; look again before going on.',
}

const STOP_REASON: Readonly<Record<string, StopReason>> = {
  'outer/target-malformed': 'unknown_state',
  'outer/copilot-unknown': 'unknown_state',
  'outer/reviewer-unknown': 'unknown_state',
  'outer/two-owners': 'ownership_conflict',
  'outer/not-ours-any-more': 'ownership_conflict',
  'outer/held-without-end': 'ownership_conflict',
  'outer/no-pr': 'pr_not_ready',
  'outer/review-unavailable': 'review_unavailable',
  'outer/copilot-blocked': 'copilot_blocked',
  'outer/person': 'person_needed',
  'outer/reviewer-blocked': 'reviewer_blocked',
  'outer/reviewer-overdue': 'reviewer_blocked',
}

function stopReasonOf(state: OuterState, rule: string): StopReason | null {
  return ACTION[state] === 'stop' ? (STOP_REASON[rule] ?? 'person_needed') : null
}

export interface OuterLoopState extends ConductorRouting {
  readonly state: OuterState
  readonly allowedTransitions: readonly OuterState[]
  readonly nextAction: string
  readonly isTerminal: boolean
}

export function interpretOuterLoopState(routing: ConductorRouting): OuterLoopState {
  const state = routing.routingOutcome
  return {
    ...routing,
    state,
    allowedTransitions: getAllowedOuterTransitions(state),
    nextAction: REASON[state],
    isTerminal: outer.states[state].to.length === 0,
  }
}

/** A state that goes on may also stay what it is. */
export function getAllowedOuterTransitions(state: OuterState): readonly OuterState[] {
  const { to } = outer.states[state]
  return to.length === 0 ? [] : [state, ...to]
}
