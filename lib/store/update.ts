/**
 * Changes a record by a function of its value, as often as it takes until nobody came between.
 *
 * The function may run several times and only its last result counts, so it must be pure. A failure
 * of the store is never retried here: after an error in the middle of a commit nobody knows whether
 * the change is in, and a second try could apply it twice.
 */
import { StoreError } from '../errors.ts'
import type { Instant, Json, Store, Versioned } from './store.ts'

export interface Change<T> {
  readonly value: Json
  readonly entry: Json
  readonly result: T
}

export interface NoChange<T> {
  readonly unchanged: true
  readonly result: T
}

type Decide<T> = (current: Versioned | null, now: Instant) => Change<T> | NoChange<T>

interface UpdateOptions {
  /** How long conflicts are borne after the first; milliseconds. At least two tries are always made. Default: the store's. */
  readonly giveUpAfterMs?: number
}

const GIVE_UP_AFTER_MS = 5_000
const LONGEST_PAUSE_MS = 100

type Tried<T> = { readonly done: true; readonly result: T } | { readonly done: false }

/**
 * @param fn decides on what is there now; `unchanged` ends without writing
 * @returns the `result` of the call of `fn` whose change was committed
 * @throws StoreError `store_contended` when others kept coming between; nothing was changed then
 */
export async function update<T>(store: Store, key: string, fn: Decide<T>, options: UpdateOptions = {}): Promise<T> {
  // One turn for all further tries: whoever has waited for it and got none goes on without.
  // Nor does anybody try before those who wait: else the quickest is served again and again.
  const queuesFirst = store.recall !== undefined || store.isWaitedFor?.(key) === true
  let endTurn = queuesFirst ? await store.takeTurn?.(key) : undefined
  try {
    const tried = await tryOnce(store, key, { fn, endTurn })
    if (tried.done) return tried.result

    endTurn ??= await store.takeTurn?.(key)
    const giveUpAfterMs = options.giveUpAfterMs ?? store.patienceMs ?? GIVE_UP_AFTER_MS
    return await tryAgain(store, key, { fn, endTurn, giveUpAfterMs })
  } finally {
    await endTurn?.()
  }
}

interface Try<T> {
  readonly fn: Decide<T>
  /** Called as soon as the change stands, so that the next need not wait until it is durable and all is tidied up. */
  readonly endTurn: (() => unknown) | undefined
}

interface Retry<T> extends Try<T> {
  readonly giveUpAfterMs: number
}

async function tryAgain<T>(store: Store, key: string, { giveUpAfterMs, ...one }: Retry<T>): Promise<T> {
  const startedAt = performance.now()

  for (let attempt = 2; ; attempt += 1) {
    const tried = await tryOnce(store, key, one)
    if (tried.done) return tried.result
    if (performance.now() - startedAt >= giveUpAfterMs) throw contended(key, attempt, giveUpAfterMs)

    await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** attempt))
  }
}

/**
 * Where asking is dear, what was last seen is decided on, and the commit shows whether it still holds; a
 * conflict leaves behind what holds now. Nothing shows that for an answer which writes nothing, so that one
 * counts only after a real look.
 */
async function tryOnce<T>(store: Store, key: string, { fn, endTurn }: Try<T>): Promise<Tried<T>> {
  const known = await store.recall?.(key)
  if (known !== undefined) {
    const decided = fn(known, store.now())
    if (!('unchanged' in decided)) return commit(store, key, { current: known, decided, endTurn })
  }
  const current = await store.read(key)
  const decided = fn(current, store.now())
  return 'unchanged' in decided
    ? { done: true, result: decided.result }
    : commit(store, key, { current, decided, endTurn })
}

interface Decided<T> extends Pick<Try<T>, 'endTurn'> {
  readonly current: Versioned | null
  readonly decided: Change<T>
}

async function commit<T>(store: Store, key: string, { current, decided, endTurn }: Decided<T>): Promise<Tried<T>> {
  const { value, entry } = decided
  const swap = await store.compareAndSwap(key, current?.version ?? null, value, entry, endTurn)
  return swap.ok ? { done: true, result: decided.result } : { done: false }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function contended(key: string, attempts: number, giveUpAfterMs: number): StoreError {
  return new StoreError(
    'store_contended',
    `others changed ${key} each of the ${attempts} times this was tried in ${giveUpAfterMs} ms; nothing was changed, try again`,
    { key, attempts, giveUpAfterMs },
  )
}
