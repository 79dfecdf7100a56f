/**
 * The bundle that a session starts or resumes with: what is worked on, in which state, and which way on.
 *
 * It is resolved only when everything that it is made of is known and fits; anything else comes back as
 * one that asks to look again, with the rule that said so.
 */
import { classify } from '../machine.ts'
import { startup } from '../machines/startup.ts'
import type { CanonicalState } from './canonical-state.ts'
import { route } from './evaluate.ts'
import { readEvidence, readIssueFacts, readRetrospective } from './request.ts'
import { buildResult, type RoutingResult } from './result.ts'
import { type AsyncRun, readStartup, type StartupQuestion, type StartupRequest } from './startup-request.ts'
import type { ArtifactState, Linkage, RefreshBoundary, TargetPreference } from './vocabulary.ts'

export type { StartupQuestion } from './startup-request.ts'

type Routing = Omit<RoutingResult, 'publicEntrypoint' | 'issueAssignmentSeam'>

export interface StartupBundle extends Routing {
  readonly bundleKind: 'resolved' | 'needs_reconcile'
  readonly activeArtifact: {
    readonly kind: string
    readonly issue: number | null
    readonly pr: number | null
    readonly branch: string | null
    readonly phase: string | null
  } | null
  readonly artifactState: ArtifactState | null
  readonly issueLinkageResolution: Linkage
  readonly loopState: string
  /** Only of a run that goes on by itself. */
  readonly asyncRun?: AsyncRun
  /** Only of a resolved bundle. */
  readonly issueAssignmentSeam?: RoutingResult['issueAssignmentSeam']
}

export type DevLoopStatus = Omit<StartupBundle, 'bundleKind'> & { readonly statusKind: StartupBundle['bundleKind'] }

export function resolveAuthoritativeStartupResumeBundle(question: StartupQuestion): StartupBundle {
  return resolve(question, 'startup_resume_refresh')
}

/** The same about where the work stands; what somebody wants to do next is not asked. */
export function resolveAuthoritativeDevLoopStatus(question: StartupQuestion): DevLoopStatus {
  const { bundleKind, ...status } = resolve({ ...question, intent: undefined }, 'authoritative_status_refresh')
  return { statusKind: bundleKind, ...status }
}

function resolve(question: StartupQuestion, refresh: RefreshBoundary): StartupBundle {
  const request = readStartup(question)
  const preference: TargetPreference =
    question.targetPreference === 'prefer_local' ? 'prefer_local' : 'prefer_github_first'
  const settings = {
    mode: request.mode,
    watch: false,
    inspect: request.intent === 'inspect_state' && request.state !== null,
    preference,
    evidence: readEvidence(question.gateReviewEvidence),
    issueFacts: readIssueFacts(question),
    retrospective: readRetrospective(question),
    refresh,
    because: [],
  }
  const routed = route(request.state, settings)
  const facts = { ...request.facts, routed: routed.gate !== 'fail_closed_reconcile' }
  const { state: bundleKind, rule } = classify(startup, facts)

  const because = rule === 'startup/not-routed' || bundleKind === 'resolved' ? [rule, ...routed.because] : [rule]
  if (bundleKind === 'resolved') return bundle(request, buildResult({ ...routed, because }))
  return reconciled(request, buildResult({ ...routed, gate: 'fail_closed_reconcile', inspect: false, because }))
}

function bundle(request: StartupRequest, result: RoutingResult): StartupBundle {
  const { publicEntrypoint, issueAssignmentSeam, ...routing } = result
  return {
    bundleKind: 'resolved',
    ...known(request, routing),
    ...(request.mode === 'durable_auto' && request.asyncRun !== null ? { asyncRun: request.asyncRun } : {}),
    issueAssignmentSeam,
  }
}

function reconciled(request: StartupRequest, result: RoutingResult): StartupBundle {
  const { publicEntrypoint, issueAssignmentSeam, ...routing } = result
  return { bundleKind: 'needs_reconcile', ...known(request, routing), loopState: 'unknown' }
}

function known({ artifact, linkage, loopState }: StartupRequest, routing: Routing) {
  return {
    activeArtifact: artifactOf(routing.canonicalState),
    artifactState: artifact,
    issueLinkageResolution: linkage,
    loopState,
    ...routing,
  }
}

function artifactOf(state: CanonicalState | null): StartupBundle['activeArtifact'] {
  if (state === null) return null
  const { kind, issue, pr, branch, phase } = state.target
  return { kind, issue, pr, branch, phase }
}
