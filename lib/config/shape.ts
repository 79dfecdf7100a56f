/**
 * Does a cached value still look like configuration? A light stand-in for the schema on the fast path.
 *
 * It compares with the compiled defaults: the same keys, and values of the same kind. It does not
 * judge values; they were judged by the schema before they were cached.
 */
import { DEFAULT_POLICY, DEFAULT_PREFERENCE } from './defaults.generated.ts'
import type { Policy, Preference } from './schema.ts'

export function isPreference(value: unknown): value is Preference {
  return looksLike(value, DEFAULT_PREFERENCE)
}

export function isPolicy(value: unknown): value is Policy {
  return looksLike(value, DEFAULT_POLICY)
}

function looksLike(value: unknown, model: unknown): boolean {
  if (Array.isArray(model)) return isList(value)
  // A default of null stands for a folder or an argument list that nobody gave.
  if (model === null) return value === null || typeof value === 'string' || isList(value)
  if (typeof model !== 'object') return typeof value === typeof model
  if (!isFields(value) || !isFields(model)) return false

  const keys = Object.keys(model)
  if (Object.keys(value).length !== keys.length) return false
  // Without calls of library functions: this looks at some eighty values before V8 has compiled any of it.
  for (const key of keys) if (!looksLike(value[key], model[key])) return false
  return true
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
