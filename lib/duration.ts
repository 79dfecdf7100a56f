/**
 * How a length of time is written: `500ms`, `90s`, `15m`, `2h`, `1d`.
 *
 * One whole number and one unit, nothing else: `1h30m`, `1.5h` and a bare `90` are refused, because a
 * number without a unit is read as seconds by one person and as milliseconds by the next. No schema
 * library here: the fastest commands parse `--ttl` with it.
 */
import { UsageError } from './errors.ts'

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The form, for schemas and editors; `parseDuration` also checks the upper limit. */
export const DURATION_PATTERN = '^[1-9][0-9]{0,9}(ms|s|m|h|d)$'

/** The longest wait of a Node timer is 2^31 - 1 ms, a little under 25 days; a longer one fires at once. */
export const MAX_DURATION_MS = 24 * UNITS.d

const FORM = new RegExp(DURATION_PATTERN)

/**
 * @returns milliseconds, from 1 to `MAX_DURATION_MS`
 * @throws UsageError `invalid_value` for anything but a positive whole number and its unit
 */
export function parseDuration(text: string): number {
  const ms = readDuration(text)
  if (ms !== null) return ms

  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  throw new UsageError(
    'invalid_value',
    `${JSON.stringify(shown)} is not a duration; give a whole number and a unit of ms, s, m, h or d, such as 90s or 15m, at most 24d`,
    { what: 'duration', value: shown },
  )
}

/** The same without throwing: `null` when it is no duration. */
export function readDuration(text: string): number | null {
  const unit = FORM.exec(text)?.[1]
  if (!isUnit(unit)) return null

  const ms = Number.parseInt(text, 10) * UNITS[unit]
  return ms <= MAX_DURATION_MS ? ms : null
}

/** The shortest form that says exactly this: `90000` is `90s`, `900000` is `15m`. */
export function formatDuration(ms: number): string {
  if (ms % UNITS.d === 0 && ms > 0) return `${ms / UNITS.d}d`
  if (ms % UNITS.h === 0 && ms > 0) return `${ms / UNITS.h}h`
  if (ms % UNITS.m === 0 && ms > 0) return `${ms / UNITS.m}m`
  if (ms % UNITS.s === 0) return `${ms / UNITS.s}s`
  return `${ms}ms`
}

function isUnit(unit: string | undefined): unit is keyof typeof UNITS {
  return unit !== undefined && Object.hasOwn(UNITS, unit)
}
