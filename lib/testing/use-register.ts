/**
 * Reads and compare-and-swaps on the keys of a store, at random, each written value used once.
 */
import type { Store } from '../store/store.ts'
import type { Recorder } from './history.ts'
import type { RegisterOp, RegisterResult } from './register-model.ts'

const registerKey = (index: number) => `register/${index}`

export type RegisterRecorder = Recorder<RegisterOp, RegisterResult>

export interface RegisterUser {
  readonly worker: string
  readonly keys: number
  readonly random: () => number
}

/** @returns a function that makes one call, and throws what the store throws */
export function useRegisters(store: Store, recorder: RegisterRecorder, user: RegisterUser): () => Promise<void> {
  const { worker, keys, random } = user
  const seen = new Map<string, string | null>()
  let writes = 0
  const nextValue = () => {
    writes += 1
    return [worker, writes]
  }

  return async () => {
    const key = registerKey(Math.floor(random() * keys))
    const expected = seen.get(key)
    const op: RegisterOp =
      expected === undefined || random() < 0.2 ? { kind: 'read' } : { kind: 'swap', expected, value: nextValue() }

    const result = await recorder
      .record(key, op, () => performOnRegister(store, key, op))
      .catch((error: unknown) => {
        seen.delete(key)
        throw error
      })
    if (result.kind === 'read') seen.set(key, result.found?.version ?? null)
    // Now and then the version that was just replaced is tried again, as a writer that slept would.
    else if (result.version !== null && random() < 0.8) seen.set(key, result.version)
    else if (result.version === null) seen.delete(key)
  }
}

export async function performOnRegister(store: Store, key: string, op: RegisterOp): Promise<RegisterResult> {
  if (op.kind === 'read') {
    const found = await store.read(key)
    return { kind: 'read', found: found && { version: found.version, value: found.value } }
  }
  const swap = await store.compareAndSwap(key, op.expected, op.value, op.value)
  return { kind: 'swap', version: swap.ok ? swap.version : null }
}
