/**
 * What is known when a target is started or resumed, as the facts of the machine `startup`.
 */
import { z } from 'zod'
import type { FactsOf } from '../machine.ts'
import type { startup } from '../machines/startup.ts'
import { type CanonicalState, isLocal, parseCanonicalState, phaseOf, targetOf } from './canonical-state.ts'
import { fits, isAbsent, isCopilotIssue, oneOf, type RoutingQuestion, readIssueFacts } from './request.ts'
import {
  ARTIFACT_STATES,
  ASSIGNMENTS,
  EXECUTION_MODES,
  type ExecutionMode,
  INSPECTION_STATES,
  INTENTS,
  type Intent,
  LINKAGES,
  READINESSES,
  RETROSPECTIVES,
  RUN_KINDS,
  TARGET_PREFERENCES,
} from './vocabulary.ts'

export interface StartupQuestion extends Omit<RoutingQuestion, 'target' | 'watch'> {
  /** In place of a state, with one of the intents that start an issue. */
  readonly issue?: unknown
  readonly issueLinkageResolution?: unknown
  readonly artifactState?: unknown
  readonly loopState?: unknown
  readonly asyncRun?: unknown
}

const AsyncRun = z.object({
  kind: z.enum(RUN_KINDS),
  runId: z.string().trim().min(1),
  visible: z.boolean(),
  inspectionState: z.enum(INSPECTION_STATES).nullish(),
})
export type AsyncRun = z.infer<typeof AsyncRun>

type StartupFacts = FactsOf<typeof startup>

export interface StartupRequest {
  readonly facts: Omit<StartupFacts, 'routed'>
  readonly state: CanonicalState | null
  readonly intent: Intent | null
  readonly mode: ExecutionMode
  readonly loopState: string
  readonly artifact: (typeof ARTIFACT_STATES)[number] | null
  readonly linkage: (typeof LINKAGES)[number]
  readonly asyncRun: AsyncRun | null
}

export function readStartup(question: StartupQuestion): StartupRequest {
  const given = parseCanonicalState(question.currentState) ?? begun(question)
  const asyncRun = AsyncRun.safeParse(question.asyncRun)
  const intent = oneOf(INTENTS, question.intent)
  const asked = oneOf(EXECUTION_MODES, question.mode) ?? 'bounded_handoff'
  const mode = intent === 'auto_continue_current' ? 'durable_auto' : asked
  const linkage = oneOf(LINKAGES, question.issueLinkageResolution) ?? 'not_applicable'
  const loop = typeof question.loopState === 'string' ? question.loopState.trim() : ''
  const run = asyncRun.success ? asyncRun.data : null
  const state = given && promoted(given, loop, linkage)
  return {
    state,
    intent,
    mode,
    linkage,
    loopState: loop,
    artifact: oneOf(ARTIFACT_STATES, question.artifactState),
    asyncRun: run,
    facts: {
      state: state === null ? 'none' : 'valid',
      input: firstInvalid(question),
      loop: loopOf(loop),
      target: targetClass(given),
      linkage: linkage === 'not_applicable' ? 'none' : linkage,
      issueFacts: given !== null && isCopilotIssue(given) && lacksFacts(question) ? 'lacking' : 'given',
      artifact: artifactOf(question),
      done: state?.status === 'done',
      durable: mode === 'bounded_handoff' ? 'not_asked' : isVisible(run) ? 'visible' : 'unproved',
    },
  }
}

function firstInvalid(question: StartupQuestion): StartupFacts['input'] {
  if (!fits(INTENTS, question.intent)) return 'intent'
  if (!fits(EXECUTION_MODES, question.mode)) return 'mode'
  if (question.intent === 'auto_continue_current' && question.mode === 'bounded_handoff') return 'auto_is_durable'
  if (!fits(TARGET_PREFERENCES, question.targetPreference)) return 'target_preference'
  if (!isAbsent(question.asyncRun) && !AsyncRun.safeParse(question.asyncRun).success) return 'async_run'
  if (!fits(LINKAGES, question.issueLinkageResolution)) return 'linkage'
  if (!fits(READINESSES, question.issueReadiness)) return 'readiness'
  if (!fits(ASSIGNMENTS, question.issueAssignmentState)) return 'assignment'
  return fits(RETROSPECTIVES, question.retrospectiveCheckpointState) ? 'valid' : 'retrospective'
}

/** A state that is given and invalid is not replaced by one that is made up. */
function begun({ currentState, issue, intent, targetPreference }: StartupQuestion): CanonicalState | null {
  const number = z.number().int().positive().safeParse(issue)
  if (!isAbsent(currentState) || !number.success) return null
  const locally = intent === 'start_issue_locally' || intent === 'start_issue_locally_then_continue'
  if (locally || (intent === 'start_on_issue' && targetPreference === 'prefer_local')) {
    const target = targetOf('local_phase', { issue: number.data, phase: phaseOf(number.data) })
    return { target, ownership: 'local', nextActor: 'local', status: 'active', authorization: 'authorized' }
  }
  if (intent !== 'start_on_issue') return null
  const target = targetOf('issue', { issue: number.data })
  return { target, ownership: 'copilot', nextActor: 'user', status: 'active', authorization: 'needs_confirmation' }
}

/** The coding agent's pull request became more than its plan: the work goes on there. */
function promoted(state: CanonicalState, loop: string, linkage: string): CanonicalState {
  const grown = loop === 'linked_pr_ready_for_followup' && linkage === 'resolved_linked_pr'
  return grown && targetClass(state) === 'linked_copilot_issue' ? { ...state, status: 'active' } : state
}

function loopOf(loop: string): StartupFacts['loop'] {
  if (loop === '' || loop === 'unknown') return 'none'
  return oneOf(['prior_linked_pr_closed_unmerged', 'linked_pr_ready_for_followup'], loop) ?? 'other'
}

function targetClass(state: CanonicalState | null): StartupFacts['target'] {
  if (state === null || isLocal(state.target)) return 'local'
  if (state.target.kind === 'pr') return 'pr'
  const copilot = state.ownership === 'copilot'
  if (state.target.linkedPr !== null) return copilot ? 'linked_copilot_issue' : 'linked_issue'
  return copilot ? 'copilot_issue' : 'issue'
}

function lacksFacts(question: StartupQuestion): boolean {
  const { readiness, assignment } = readIssueFacts(question)
  const known = (fact: string | null) => fact !== null && fact !== 'not_applicable'
  return !known(readiness) || !known(assignment)
}

function artifactOf({ artifactState }: StartupQuestion): StartupFacts['artifact'] {
  const artifact = oneOf(ARTIFACT_STATES, artifactState)
  if (artifact === null) return 'none'
  return artifact === 'closed' || artifact === 'merged' ? 'over' : artifact
}

/** Only what is known to be seen counts; a run that nobody finds is not going on. */
function isVisible(run: AsyncRun | null): boolean {
  return run?.kind === 'pi_managed_run' && run.visible && (run.inspectionState ?? 'visible') === 'visible'
}
