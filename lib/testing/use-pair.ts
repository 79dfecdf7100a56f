/**
 * Changes two records of a store that can change several in one step: one of them, or both, at random.
 */
import { StoreError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Recorder } from './history.ts'
import { PARTS, type PairOp, type PairResult, type Part, partKey } from './pair-model.ts'
import { performOnRegister } from './use-register.ts'

const PAIR = 'pair/1'

type StoreOfPairs = Store & { readonly swapTogether: NonNullable<Store['swapTogether']> }

export function canSwapTogether(store: Store): store is StoreOfPairs {
  return store.swapTogether !== undefined
}

export interface PairUser {
  readonly worker: string
  readonly random: () => number
}

/** @returns a function that makes one call, and before it those that it needs; throws what the store throws */
export function usePair(store: StoreOfPairs, recorder: Recorder<PairOp, PairResult>, user: PairUser) {
  const seen: Seen = new Map()
  let writes = 0

  const use = async (op: PairOp): Promise<void> => {
    const result = await recorder
      .record(PAIR, op, () => perform(store, op))
      .catch((error: unknown) => {
        seen.clear()
        throw error
      })
    remember(seen, op, result)
  }

  return async () => {
    for (const part of PARTS) if (!seen.has(part)) await use({ kind: 'read', part })
    writes += 1
    await use(chooseOp(seen, `${user.worker} ${writes}`, user.random))
  }
}

/** The versions that were last met. */
type Seen = Map<Part, string | null>

function chooseOp(seen: Seen, mark: string, random: () => number): PairOp {
  const roll = random()
  const part = PARTS[Math.floor(random() * PARTS.length)] ?? 'a'
  const [a, b] = PARTS.map((each) => seen.get(each) ?? null)
  if (roll < 0.6)
    return { kind: 'both', expected: { a: a ?? null, b: b ?? null }, value: { a: `${mark} a`, b: `${mark} b` } }
  if (roll < 0.75) return { kind: 'read', part }
  return { kind: 'swap', part, expected: seen.get(part) ?? null, value: `${mark} ${part}` }
}

function remember(seen: Seen, op: PairOp, result: PairResult): void {
  if (result.kind === 'both') {
    for (const part of PARTS) {
      if (result.versions === null) seen.delete(part)
      else seen.set(part, result.versions[part])
    }
  } else if (op.kind !== 'both') {
    const version = result.kind === 'read' ? (result.found?.version ?? null) : result.version
    if (result.kind === 'swap' && version === null) seen.delete(op.part)
    else seen.set(op.part, version)
  }
}

async function perform(store: StoreOfPairs, op: PairOp): Promise<PairResult> {
  if (op.kind === 'both') return swapBoth(store, op)
  return performOnRegister(store, partKey(PAIR, op.part), op)
}

async function swapBoth(store: StoreOfPairs, { expected, value }: PairOp & { kind: 'both' }): Promise<PairResult> {
  const changes = PARTS.map((part) => ({
    key: partKey(PAIR, part),
    version: expected[part],
    value: value[part],
    entry: value[part],
  }))
  const swap = await store.swapTogether(changes, [])
  if (swap.ok) {
    const [a = '', b = ''] = swap.versions
    return { kind: 'both', versions: { a, b } }
  }
  if ('conflict' in swap) return { kind: 'both', versions: null }
  throw new StoreError('store_unavailable', 'the remote cannot change two records in one step', { changed: 'no' })
}
