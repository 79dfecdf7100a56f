/**
 * The package as programs use it: ownership under the predecessor's names, the one question, the rules
 * as data, and the local forge. Everything else is reached through commands.
 */
export { CODES, type Code, EXIT, type ExitCode, exitCodeFor } from './codes.ts'
export type { Policy, Preference } from './config/schema.ts'
export {
  AgentError,
  ConfigError,
  DevLoopsError,
  GitError,
  GitHubError,
  StoreError,
  UsageError,
} from './errors.ts'
export {
  type Iterating,
  type IterationSummary,
  summarizeCopilotLoopIterations,
} from './facts/copilot-iterations.ts'
export { failureSignature } from './facts/failure.ts'
export { type Finding, reduceFindings } from './facts/findings.ts'
export type { IssueFacts } from './facts/issue.ts'
export type { LocalFacts } from './facts/local.ts'
export type { CommitFact, PullRequestFacts } from './facts/pull-request.ts'
export { detectIssueRefinementArtifact } from './facts/refinement.ts'
export type { Forge, ForgeOptions } from './forge/forge.ts'
export type { Decision, DecisionInput } from './loop/decision.ts'
export { lifecyclePhaseForCopilotState, resolveLifecycleState } from './loop/detectors/lifecycle.ts'
export { evaluateConductorRouting, interpretOuterLoopState } from './loop/detectors/outer.ts'
export { interpretTrackerLoopState } from './loop/detectors/tracker.ts'
export { interpretTrackerPrState, normalizeTrackerPrSnapshot } from './loop/detectors/tracker-pull-request.ts'
export { type Classified, classify, type FactsOf, type Machine, type StateOf } from './loop/machine.ts'
export { bootstrap as bootstrapMachine } from './loop/machines/bootstrap.ts'
export { ci as ciMachine } from './loop/machines/ci.ts'
export { pullRequest as gatesMachine } from './loop/machines/pull-request.ts'
export { review as reviewMachine } from './loop/machines/review.ts'
export { routing as routingMachine } from './loop/machines/routing.ts'
export { startup as startupMachine } from './loop/machines/startup.ts'
export { tracker as trackerMachine } from './loop/machines/tracker.ts'
export { trackerPullRequest as trackerPullRequestMachine } from './loop/machines/tracker-pull-request.ts'
export { decide } from './loop/next.ts'
export { type PullRequestReading, readPullRequest } from './loop/readings/pull-request.ts'
export { buildDraftReviewPayload, mergeReviewerResults } from './loop/reviewer-merge.ts'
export { REVIEWER_SUPPORTED_ANGLES, selectReviewerPlan } from './loop/reviewer-plan.ts'
export { evaluatePublicDevLoopRouting, type RoutingQuestion, type RoutingResult } from './loop/routing/evaluate.ts'
export {
  type DevLoopStatus,
  resolveAuthoritativeDevLoopStatus,
  resolveAuthoritativeStartupResumeBundle,
  type StartupBundle,
  type StartupQuestion,
} from './loop/routing/startup.ts'
export { PUBLIC_DEV_LOOP_GATE_CONTRACT } from './loop/routing/vocabulary.ts'
export type { Answer, Outcome, Refusal } from './outcome.ts'
export * from './ownership/index.ts'
export type { Store, Swap, Versioned } from './store/store.ts'
export { formatTarget, parseSlug, type Target, targetKey } from './target.ts'

/** Starts a local forge in this process; see docs/forge.md. Loaded only when it is called. */
export async function startForge(
  options: import('./forge/forge.ts').ForgeOptions,
): Promise<import('./forge/forge.ts').Forge> {
  const { startForge: start } = await import('./forge/forge.ts')
  return start(options)
}
