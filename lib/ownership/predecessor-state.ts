/**
 * A record under the predecessor's names: made without a store, checked, or loaded.
 */
import { parseSlug } from '../target.ts'
import { shownRun } from './answers.ts'
import { parseRecord, SUPPORTED_SCHEMA_VERSIONS, unreadableState } from './parse.ts'
import { parsePr, targetOf, timeText } from './predecessor-target.ts'
import type { RunnerClaim, RunnerCoordinationState, RunnerTarget } from './predecessor-types.ts'
import { emptyRecord, type OwnershipRecord, SCHEMA_VERSION } from './record.ts'
import { claim } from './rules/claim.ts'

export const RUNNER_COORDINATION_SCHEMA_VERSION = SCHEMA_VERSION
export const RUNNER_COORDINATION_SUPPORTED_SCHEMA_VERSIONS = SUPPORTED_SCHEMA_VERSIONS

export function createRunnerCoordinationState(
  options: Pick<RunnerTarget, 'repo' | 'pr'> & Pick<RunnerClaim, 'runId' | 'now'>,
): RunnerCoordinationState {
  const empty = emptyRecord(targetOf(options))
  const runId = options.runId?.trim()
  if (!runId) return stateOf(empty)

  const now = { bootId: '', monotonicMs: 0, wallMs: 0 }
  const at = timeText(options.now) ?? new Date().toISOString()
  const claimed = claim(
    empty,
    { runId, mode: 'claim' },
    { now, at, worker: 'unknown', sighting: null, stopSighting: null },
  )
  return stateOf(claimed.ok ? claimed.value.record : empty)
}

/** @throws StoreError `state_unreadable` for what is no record, or another target's */
export function normalizeRunnerCoordinationState(
  raw: unknown,
  expected: Partial<Pick<RunnerTarget, 'repo' | 'pr'>> = {},
): RunnerCoordinationState {
  const state = stateOf(parseRecord(raw, null))
  const { repo, pr } = state.target
  if (expected.repo !== undefined && parseSlug(expected.repo.trim()) !== repo) {
    throw unreadableState(`it belongs to repository ${repo}, not ${expected.repo}`)
  }
  if (expected.pr !== undefined && parsePr(expected.pr) !== pr) {
    throw unreadableState(`it belongs to pull request ${pr}, not ${expected.pr}`)
  }
  return state
}

export function stateOf(record: OwnershipRecord): RunnerCoordinationState {
  const { schemaVersion, target, token, previousRun, history, exitSignals } = record
  if (!('number' in target)) throw unreadableState('it belongs to no pull request')
  const shown = { repo: target.repo, pr: target.number }
  return { schemaVersion, target: shown, token, activeRun: shownRun(record), previousRun, history, exitSignals }
}
