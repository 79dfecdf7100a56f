/**
 * What two registers may answer that can also be changed in one step: the promise of `swapTogether`.
 *
 * Each part follows the model of one register. A step that changes both does so at one instant: it needs
 * both to hold what it states, and is refused only when one of them does not.
 */
import type { Json } from '../store/store.ts'
import type { Operation } from './history.ts'
import type { Model } from './linearizability.ts'
import { type RegisterOp, type RegisterResult, type RegisterState, registerModel } from './register-model.ts'

export const PARTS = ['a', 'b'] as const
export type Part = (typeof PARTS)[number]

type Both<T> = { readonly [Name in Part]: T }

export type PairOp =
  | (RegisterOp & { readonly part: Part })
  | { readonly kind: 'both'; readonly expected: Both<string | null>; readonly value: Both<Json> }

/** `versions` null: the step was refused. */
export type PairResult = RegisterResult | { readonly kind: 'both'; readonly versions: Both<string> | null }

type PairState = Both<RegisterState>
type PairOperation = Operation<PairOp, PairResult>
type PartOperation = Operation<RegisterOp, RegisterResult>

/** @param history the one that is going to be checked */
export function pairModel(history: readonly PairOperation[]): Model<PairState, PairOp, PairResult> {
  const model = registerModel(history.flatMap(partsOf))
  return {
    initial: { a: model.initial, b: model.initial },
    name: (state) => PARTS.map((part) => model.name(state[part])).join(' & '),
    next(state, operation) {
      const { op, result } = operation
      const nextOf = (part: Part, own: PartOperation) => model.next(state[part], own)
      if (op.kind !== 'both') {
        return partsOf(operation).flatMap((own) =>
          nextOf(op.part, own).map((next) => (next === state[op.part] ? state : { ...state, [op.part]: next })),
        )
      }
      const [a = [], b = []] = partsOf(operation).map((own, index) => nextOf(PARTS[index] ?? 'a', own))
      const isRefused = result?.kind === 'both' && result.versions === null
      if (isRefused) return a.length + b.length > 0 ? [state] : []
      return a.flatMap((nextA) => b.map((nextB) => ({ a: nextA, b: nextB })))
    },
  }
}

/** The same call as one or two calls of a register each, for whoever looks at one record alone. */
export function partsOf({ op, result, ...call }: PairOperation): readonly PartOperation[] {
  if (op.kind !== 'both') {
    const own = result?.kind === 'both' ? null : result
    return [{ ...call, key: partKey(call.key, op.part), op, result: own }]
  }
  return PARTS.map((part) => ({
    ...call,
    key: partKey(call.key, part),
    op: { kind: 'swap', expected: op.expected[part], value: op.value[part] },
    result: result?.kind === 'both' ? { kind: 'swap', version: result.versions?.[part] ?? null } : null,
  }))
}

/** Key of the record of one part. */
export function partKey(pair: string, part: Part): string {
  return `${pair}/${part}`
}
