/** The startup bundle as `resolve-dev-loop-startup` prints it; the order of the keys is the predecessor's. */
import type { SourceFact } from '../../facts/pull-request.ts'
import { type ToldSource, tellSource } from '../../facts/source.ts'
import type { ObservedStart } from './observed.ts'
import { resolveAuthoritativeStartupResumeBundle, type StartupBundle } from './startup.ts'
import type { RouteKind, Strategy } from './vocabulary.ts'

/** Without a source when it was made of a snapshot. */
export interface StartupAnswer extends Partial<ToldSource> {
  readonly ok: true
  readonly bundleKind: StartupBundle['bundleKind']
  readonly selectedStrategy: Strategy | 'none'
  /** Paths within the package, in the order in which they are to be read. */
  readonly requiredReads: readonly string[]
  readonly nextAction: string
  readonly canonicalStateSummary: Readonly<Record<string, unknown>>
  readonly bundle: StartupBundle
  readonly warnings: readonly string[]
  /** Ids of the rules that fired, outermost first. */
  readonly because: readonly string[]
}

const LOOP = 'skills/dev-loop/SKILL.md'
const DEVELOPER = 'agents/dev-loop-developer.md'
const REVIEWER = 'agents/dev-loop-reviewer.md'
const SAFETY = 'docs/safety.md'

export const REQUIRED_READS: Readonly<Record<Strategy | 'none', readonly string[]>> = {
  local_implementation: [LOOP, DEVELOPER],
  issue_intake: [LOOP, DEVELOPER],
  copilot_pr_followup: [LOOP, DEVELOPER],
  external_pr_followup: [LOOP, SAFETY, DEVELOPER],
  reviewer_fixer: [LOOP, REVIEWER],
  wait_watch: [LOOP],
  final_approval: [LOOP, SAFETY],
  none: [LOOP],
}

/** What a session should not do in the foreground: it waits, or works for long. */
const IN_FOREGROUND: readonly string[] = ['local_implementation', 'final_approval', 'none']

/** Where there is something to do, or to wait for. */
const GOES_ON: readonly RouteKind[] = ['route', 'wait']

export function answerStartup({ question, ask, because, warnings }: ObservedStart, source?: SourceFact): StartupAnswer {
  const bundle = resolveAuthoritativeStartupResumeBundle(question)
  const selectedStrategy = bundle.selectedStrategy ?? 'none'
  return {
    ok: true,
    bundleKind: bundle.bundleKind,
    selectedStrategy,
    requiredReads: REQUIRED_READS[selectedStrategy],
    nextAction:
      ask === null || !GOES_ON.includes(bundle.routeKind)
        ? bundle.nextAction
        : `${bundle.nextAction} Ask: ${ask.join(' ')}`,
    canonicalStateSummary: summarizeCanonicalState(bundle),
    bundle,
    warnings,
    because: [...bundle.because, ...because],
    ...(source === undefined ? {} : tellSource(source)),
  }
}

function summarizeCanonicalState(bundle: StartupBundle): StartupAnswer['canonicalStateSummary'] {
  const { canonicalState, artifactState, issueLinkageResolution, loopState } = bundle
  const { routeKind, selectedGate, executionMode, waitSemantics } = bundle
  return {
    target: canonicalState?.target ?? null,
    ownership: canonicalState?.ownership ?? null,
    nextActor: canonicalState?.nextActor ?? null,
    status: canonicalState?.status ?? null,
    authorization: canonicalState?.authorization ?? null,
    artifactState,
    issueLinkageResolution,
    loopState,
    routeKind,
    selectedGate,
    executionMode,
    waitSemantics,
    requiresAsyncDispatch: requiresRun(bundle.selectedStrategy ?? 'none'),
  }
}

/** Whether it is begun by a run that others can find again. */
export function requiresRun(strategy: Strategy | 'none'): boolean {
  return !IN_FOREGROUND.includes(strategy)
}
