/** What other packages may use of ownership: the predecessor's names first, then the service. */

export { claimWithBranch } from './claim-with-branch.ts'
export { type HostIdentity, isWorkerDead, readHostIdentity, readWorkerIdentity } from './host.ts'
export * from './predecessor-api.ts'
export {
  type RunnerCoordinationOptions,
  type RunnerCoordinationStatus,
  runPrRunnerCoordination,
} from './predecessor-command.ts'
export {
  createRunnerCoordinationState,
  normalizeRunnerCoordinationState,
  RUNNER_COORDINATION_SCHEMA_VERSION,
  RUNNER_COORDINATION_SUPPORTED_SCHEMA_VERSIONS,
} from './predecessor-state.ts'
export type * from './predecessor-types.ts'
export type { Claim, HeadBranch, Lease, OwnershipRecord, WorkerIdentity } from './record.ts'
export {
  acknowledgeStop,
  assertTarget,
  claimTarget,
  guardedUpdate,
  guardTarget,
  type Holder,
  type ListedOwnership,
  listOwnership,
  type OwnershipAnswer,
  type OwnershipContext,
  type OwnershipGranted,
  type OwnershipRefused,
  type OwnershipView,
  parkTarget,
  previewClaim,
  readOwnership,
  releaseTarget,
  renewTarget,
  type ShownStop,
  signalExit,
  type WorkChange,
} from './service.ts'
export { detectStaleRunner, STALE_RUNNER_ERROR, type StaleRunnerResult } from './stale/detect.ts'
export type { StaleRunnerQuery } from './stale/examine.ts'
export { type CheckedRunner, runDetectStaleRunner, type StaleRunnerOptions } from './stale/facade.ts'
export { resolveStaleRunnerMaxAgeMs, STALE_RUNNER_DEFAULT_MAX_AGE_MS } from './stale/max-age.ts'
export type { StaleRunner } from './stale/rules/judge-runner.ts'
