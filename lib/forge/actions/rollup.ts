/**
 * What the checks and statuses of a commit add up to.
 */
import type { CheckRun, CheckSuite, Repository, Status } from '../state/model.ts'

type RollupState = 'ERROR' | 'FAILURE' | 'PENDING' | 'SUCCESS'

type RollupContext = { readonly suite: CheckSuite; readonly run: CheckRun } | { readonly status: Status }

/** The latest run of each check and the latest status of each context, oldest first. */
export function contextsOf(repository: Repository, oid: string): RollupContext[] {
  const runs = new Map<string, CheckSuite>()
  for (const suite of repository.checkSuites) if (suite.oid === oid) runs.set(suite.run.name, suite)
  const checks = [...runs.values()].map((suite) => ({ suite, run: suite.run }))
  return [...checks, ...latestStatuses(repository, oid).map((status) => ({ status }))]
}

export function latestStatuses(repository: Repository, oid: string): Status[] {
  const latest = new Map<string, Status>()
  for (const status of repository.statuses) if (status.oid === oid) latest.set(status.context, status)
  return [...latest.values()]
}

/** @returns `null` when nothing was ever reported for the commit */
export function rollupState(contexts: readonly RollupContext[]): RollupState | null {
  const states = contexts.map(stateOf)
  if (states.length === 0) return null
  for (const state of ['FAILURE', 'ERROR', 'PENDING'] as const) if (states.includes(state)) return state
  return 'SUCCESS'
}

export function stateOf(context: RollupContext): RollupState {
  if ('status' in context) return context.status.state
  if (context.run.status !== 'COMPLETED') return 'PENDING'
  return context.run.conclusion === 'SUCCESS' ? 'SUCCESS' : 'FAILURE'
}

export function nameOf(context: RollupContext): string {
  return 'status' in context ? context.status.context : context.run.name
}
