/**
 * How long do the claims of `run` last, and how often are they renewed?
 *
 * In a git remote each renewal is a push, so there the terms are minutes where nobody asked for others.
 * The price is paid by another machine alone: it waits that long before it may take over. On this one
 * the death of the process is proved, whatever the term.
 */
import type { LoadedConfig } from '../config/resolved.ts'
import type { Store } from '../store/store.ts'

export interface RunTerms {
  readonly ttlMs: number
  readonly renewEveryMs: number
}

const IN_A_REMOTE: RunTerms = { ttlMs: 15 * 60_000, renewEveryMs: 5 * 60_000 }

export function runTerms(
  { config, origins }: Pick<LoadedConfig, 'config' | 'origins'>,
  { remote }: Pick<Store, 'remote'>,
): RunTerms {
  const isAskedFor = 'lease.runTtl' in origins || 'lease.runRenewEvery' in origins
  if (remote !== undefined && !isAskedFor) return IN_A_REMOTE
  const { runTtlMs, runRenewEveryMs } = config.lease
  return { ttlMs: runTtlMs, renewEveryMs: runRenewEveryMs }
}
