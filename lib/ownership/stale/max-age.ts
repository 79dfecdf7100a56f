/**
 * From which age a claim without lease and process counts as left behind: parameter, environment, default.
 */

export const STALE_RUNNER_DEFAULT_MAX_AGE_MS = 1_800_000

const VARIABLE = 'PI_DEV_LOOP_STALE_RUNNER_MAX_AGE_MS'

/** Whole milliseconds. What is no positive number is passed over, as the predecessor did. */
export function resolveStaleRunnerMaxAgeMs(
  options: { readonly staleRunnerMaxAgeMs?: number | string | null | undefined } = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
): number {
  return positive(options.staleRunnerMaxAgeMs) ?? positive(env[VARIABLE]) ?? STALE_RUNNER_DEFAULT_MAX_AGE_MS
}

function positive(given: number | string | null | undefined): number | null {
  const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
  if (typeof value !== 'number' || !Number.isFinite(value)) return null
  return Math.floor(value) > 0 ? Math.floor(value) : null
}
