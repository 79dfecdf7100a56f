/**
 * What the names of a table mean, for people who never read one. No rule and no program reads this.
 *
 * A machine whose state or fact has no words does not compile, so a new one is never shown bare.
 */
import type { FactsOf, StateOf } from '../machine.ts'

export type WordsOf<M> = {
  /** One sentence without its full stop. */
  readonly states: { readonly [State in StateOf<M>]: string }
  /** What the fact is about, as a noun; its value follows. */
  readonly facts: { readonly [Fact in keyof FactsOf<M>]: string }
  /** Values whose names say too little. */
  readonly values?: { readonly [Fact in keyof FactsOf<M>]?: Readonly<Record<string, string>> }
}
