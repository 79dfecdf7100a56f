/**
 * One change outside: what it is, how it is found again, how it is made.
 *
 * An effect is described before it is made, so that the intent can be written down first and a crash
 * anywhere leads to the same question: is it there already? `find` answers it by the idempotency key
 * or by comparing what is with what should be; `act` is only called when `find` said no.
 */
import type { Json } from '../store/store.ts'

/**
 * What protects the effect from a run that lost its right (design §6). `fenced`: the receiver compares
 * something that every change of owner changes; `pinned`: the receiver compares the head that the
 * decision was made for; `checked`: ownership and marker are looked up right before.
 */
const LEVELS = ['fenced', 'pinned', 'checked'] as const
export type Level = (typeof LEVELS)[number]

export interface Effect<Result extends Json> {
  /** What is done, such as `create_pull_request`; stable, shown in the journal. */
  readonly kind: string
  /** Idempotency key: the same for every try of this very change, different for every other one. */
  readonly key: string
  readonly level: Level
  /** What recovery needs and people want to see. No secrets, no bodies, no text longer than a line. */
  readonly params: Json
  /** Longest time from sending until the change can still land, in milliseconds; at most 30,000. */
  readonly deadlineMs: number
  /** @returns what was made before under this key, or `null` when it is known not to be there */
  find(signal: AbortSignal): Promise<Result | null>
  act(signal: AbortSignal): Promise<Result>
  /** Where the level depends on what the receiver turns out to be able to do; without it, `level` holds. */
  levelOf?(result: Result): Level
}

/** The instants around an effect at which a process may die; recovery must be right at each. */
const BOUNDARIES = ['intended', 'looked', 'answered', 'recorded'] as const
export type BoundaryName = (typeof BOUNDARIES)[number]

export interface Boundary {
  readonly name: BoundaryName
  readonly kind: string
  readonly key: string
}
