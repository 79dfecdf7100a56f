/**
 * What a caller of the routing asks, as the facts of the machine `routing-request`.
 *
 * Every value is checked here once; behind this everything is typed.
 */
import { z } from 'zod'
import type { FactsOf } from '../machine.ts'
import type { routingRequest } from '../machines/routing-request.ts'
import {
  type CanonicalState,
  isLocal,
  parseCanonicalState,
  parseRoutingTarget,
  type RoutingTarget,
} from './canonical-state.ts'
import {
  ASSIGNMENTS,
  EXECUTION_MODES,
  type ExecutionMode,
  INTENTS,
  type Intent,
  READINESSES,
  RETROSPECTIVES,
  TARGET_PREFERENCES,
  type TargetPreference,
} from './vocabulary.ts'

/** Whatever a caller hands in; absent and `null` are the same. */
export interface RoutingQuestion {
  readonly intent?: unknown
  readonly target?: unknown
  readonly currentState?: unknown
  readonly mode?: unknown
  readonly watch?: unknown
  readonly targetPreference?: unknown
  readonly issueReadiness?: unknown
  readonly issueAssignmentState?: unknown
  readonly gateReviewEvidence?: unknown
  readonly retrospectiveCheckpointState?: unknown
  /** `false`: the repository asks for no retrospective, so a missing one holds nothing up. */
  readonly requireRetrospective?: unknown
}

type RequestFacts = FactsOf<typeof routingRequest>

export interface RoutingRequest {
  readonly facts: RequestFacts
  readonly intent: Intent
  readonly mode: ExecutionMode
  readonly watch: boolean
  readonly preference: TargetPreference
  readonly target: RoutingTarget | null
  readonly state: CanonicalState | null
  readonly issueFacts: IssueReadings
  readonly evidence: GateEvidence
  readonly retrospective: 'open' | 'missing'
}

export interface IssueReadings {
  readonly readiness: (typeof READINESSES)[number] | null
  readonly assignment: (typeof ASSIGNMENTS)[number] | null
}

export interface GateEvidence {
  readonly evidence: 'clean_on_head' | 'none'
  readonly mergeability: 'settled' | 'unknown'
}

export function readRequest(question: RoutingQuestion): RoutingRequest {
  const intent = oneOf(INTENTS, question.intent)
  const mode = oneOf(EXECUTION_MODES, question.mode)
  const preference = oneOf(TARGET_PREFERENCES, question.targetPreference) ?? 'prefer_github_first'
  const target = parseRoutingTarget(question.target)
  const state = parseCanonicalState(question.currentState)
  return {
    intent: intent ?? 'inspect_state',
    mode: intent === 'auto_continue_current' ? 'durable_auto' : (mode ?? 'bounded_handoff'),
    watch: question.watch === true,
    preference,
    target,
    state,
    issueFacts: readIssueFacts(question),
    evidence: readEvidence(question.gateReviewEvidence),
    retrospective: readRetrospective(question),
    facts: {
      input: firstInvalid(question, state, target),
      intent: intent ?? 'inspect_state',
      mode: mode ?? 'none',
      preference,
      target: target?.kind === 'issue' || target?.kind === 'pr' ? target.kind : 'none',
      state: state === null ? (isAbsent(question.currentState) ? 'none' : 'invalid') : aboutWhat(state, target),
    },
  }
}

function firstInvalid(
  question: RoutingQuestion,
  state: CanonicalState | null,
  target: RoutingTarget | null,
): RequestFacts['input'] {
  if (!fits(EXECUTION_MODES, question.mode)) return 'mode'
  if (!fits(TARGET_PREFERENCES, question.targetPreference)) return 'target_preference'
  if (!isAbsent(question.watch) && typeof question.watch !== 'boolean') return 'watch'
  if (asksIssueFacts(question, state, target) && !issueFactsFit(question)) return 'issue_facts'
  if (!fits(RETROSPECTIVES, question.retrospectiveCheckpointState)) return 'retrospective'
  return oneOf(INTENTS, question.intent) === null ? 'intent' : 'valid'
}

/** They only matter to an issue that the coding agent owns and that has no pull request yet. */
function asksIssueFacts({ intent }: RoutingQuestion, state: CanonicalState | null, target: RoutingTarget | null) {
  if (state !== null) return isCopilotIssue(state)
  return intent === 'start_on_issue' && target?.kind === 'issue'
}

function issueFactsFit({ issueReadiness, issueAssignmentState }: RoutingQuestion): boolean {
  return fits(READINESSES, issueReadiness) && fits(ASSIGNMENTS, issueAssignmentState)
}

export function isCopilotIssue({ target, ownership }: CanonicalState): boolean {
  return target.kind === 'issue' && target.linkedPr === null && ownership === 'copilot'
}

export function readIssueFacts(question: RoutingQuestion): IssueReadings {
  return {
    readiness: oneOf(READINESSES, question.issueReadiness),
    assignment: oneOf(ASSIGNMENTS, question.issueAssignmentState),
  }
}

/** `missing` counts unless it is said that nobody asks for a retrospective. */
export function readRetrospective(question: RoutingQuestion): 'open' | 'missing' {
  const { retrospectiveCheckpointState, requireRetrospective } = question
  return retrospectiveCheckpointState === 'missing' && requireRetrospective !== false ? 'missing' : 'open'
}

const Evidence = z.object({
  currentHeadSha: z.string().min(1),
  /** As GitHub says it, or `null` when it was asked and did not know; absent when it was not asked. */
  mergeability: z.string().nullish(),
  preApprovalGate: z.object({ visible: z.literal(true), verdict: z.literal('clean'), headSha: z.string().min(1) }),
})

/** A verdict for another head is none, whatever checks and threads say. */
export function readEvidence(raw: unknown): GateEvidence {
  const given = z.object({ mergeability: z.string().nullish() }).safeParse(raw)
  const said = given.success ? given.data.mergeability : undefined
  const mergeability = said === null || said?.toLowerCase() === 'unknown' ? 'unknown' : 'settled'
  const parsed = Evidence.safeParse(raw)
  const proved = parsed.success && parsed.data.preApprovalGate.headSha === parsed.data.currentHeadSha
  return { evidence: proved ? 'clean_on_head' : 'none', mergeability }
}

function aboutWhat(state: CanonicalState, target: RoutingTarget | null): RequestFacts['state'] {
  const { kind, issue, linkedPr, pr } = state.target
  const sameIssue = target?.kind === 'issue' && issue === target.issue
  if (isLocal(state.target)) return sameIssue && kind === 'local_phase' ? 'local_phase_of_issue' : 'other'
  if (kind === 'issue' && linkedPr === null) return sameIssue ? 'same_issue' : 'other'
  if (sameIssue) return 'same_issue_with_pr'
  return kind === 'pr' && target?.kind === 'pr' && target.pr === pr ? 'same_pr' : 'other_pr'
}

export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

export function fits(words: readonly string[], value: unknown): boolean {
  return isAbsent(value) || oneOf(words, value) !== null
}

export function oneOf<const Word extends string>(words: readonly Word[], value: unknown): Word | null {
  return words.find((word) => word === value) ?? null
}
