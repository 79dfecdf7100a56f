/**
 * What the fields of a stored record hold, by hand: the fastest commands read one, and have no time for a schema
 * library.
 */
import type { Json } from '../store/store.ts'

export type Fields = { readonly [key: string]: unknown }

/** Carries the reason up to `parseRecord`, which knows what to call the record. */
export class Unreadable extends Error {}

export function natural(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new Unreadable(`its ${name} is ${show(value)}, not a whole number`)
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

export function absent(value: unknown): boolean {
  return value === null || value === undefined
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Everything here was parsed from JSON text; only what JSON cannot say has to be kept out. */
export function isJson(value: unknown): value is Json {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol' && typeof value !== 'bigint'
}

export function show(value: unknown): string {
  if (typeof value === 'object' && value !== null) return 'an object'
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown
}
