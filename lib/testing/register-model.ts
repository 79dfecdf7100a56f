/**
 * What a register with compare-and-swap may answer: the promise of `read` and `compareAndSwap` of a store.
 *
 * Each write of a history must bring a value of its own. Then a version and a value belong together, and
 * the history itself tells which: so a version that stands for two values, or a value that is shown under
 * two versions, fits nowhere. The version of a write whose answer was lost is that under which somebody
 * read it; when nobody did, nobody can have replaced it.
 */
import type { Json } from '../store/store.ts'
import type { Operation } from './history.ts'
import type { Model } from './linearizability.ts'

export type RegisterOp =
  | { readonly kind: 'read' }
  /** `expected` null: only if there is nothing yet. */
  | { readonly kind: 'swap'; readonly expected: string | null; readonly value: Json }

/** `null` inside: there was no value, or the swap was refused. */
export type RegisterResult =
  | { readonly kind: 'read'; readonly found: { readonly version: string; readonly value: Json } | null }
  | { readonly kind: 'swap'; readonly version: string | null }

/** The value as text; `null`: nothing was written yet. */
export type RegisterState = string | null

type RegisterOperation = Operation<RegisterOp, RegisterResult>

/** @param history the one that is going to be checked */
export function registerModel(history: readonly RegisterOperation[]): Model<RegisterState, RegisterOp, RegisterResult> {
  const versions = pairUp(history)
  return {
    initial: null,
    name: (state) => state ?? '(nothing)',
    next(state, { op, result, key }) {
      if (op.kind === 'read') return result === null || showsState(state, result, key, versions) ? [state] : []
      const replaces = op.expected === (state === null ? null : versions.versionOf(key, state))
      const value = JSON.stringify(op.value)
      if (result === null) return replaces ? [value] : []
      if (result.kind !== 'swap') return []
      if (result.version === null) return replaces ? [] : [state]
      return replaces && versions.versionOf(key, value) === result.version ? [value] : []
    },
  }
}

function showsState(state: RegisterState, result: RegisterResult, key: string, versions: Versions): boolean {
  if (result.kind !== 'read') return false
  if (result.found === null || state === null) return result.found === null && state === null
  return JSON.stringify(result.found.value) === state && versions.versionOf(key, state) === result.found.version
}

interface Versions {
  /** `undefined`: nobody was ever told, or it stands for another value as well. */
  versionOf(key: string, value: string): string | undefined
}

function pairUp(history: readonly RegisterOperation[]): Versions {
  const versionByValue = new Map<string, string>()
  const valueByVersion = new Map<string, string>()
  // What a writer was told comes first: a reader that was told otherwise is the one who is wrong.
  const writersFirst = [...history].sort((a, b) => Number(a.op.kind === 'read') - Number(b.op.kind === 'read'))
  for (const operation of writersFirst) {
    const told = toldBy(operation)
    if (told === null) continue
    const value = `${operation.key} ${told.value}`
    const version = `${operation.key} ${told.version}`
    if (versionByValue.has(value) || valueByVersion.has(version)) continue
    versionByValue.set(value, told.version)
    valueByVersion.set(version, value)
  }
  return { versionOf: (key, value) => versionByValue.get(`${key} ${value}`) }
}

function toldBy({ op, result }: RegisterOperation): { readonly version: string; readonly value: string } | null {
  if (result?.kind === 'read') return result.found && { ...result.found, value: JSON.stringify(result.found.value) }
  if (result?.kind !== 'swap' || result.version === null || op.kind !== 'swap') return null
  return { version: result.version, value: JSON.stringify(op.value) }
}
