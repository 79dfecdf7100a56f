/**
 * The result of something that may be refused: a value, or a refusal with a stable code.
 *
 * A refusal is an answer (somebody else holds the target, the gate is not passed), so it is part of
 * the return type. A failure of the outside is thrown: see errors.ts. `Outcome` wraps one value and
 * is what pure rules return; an `Answer` is flat and is what a command prints.
 */
import type { Code, ExitCode } from './codes.ts'

/** Details stand beside `error` and `message`, never below a key of their own. */
export type Refusal<Details extends object = object> = {
  readonly ok: false
  readonly error: Code
  readonly message: string
} & Readonly<Details>

export type Outcome<Value, Details extends object = object> =
  | { readonly ok: true; readonly value: Value }
  | Refusal<Details>

/** What a command prints: `{ok: true, …fields}` or a refusal. */
export type Answer<Fields extends object = object, Details extends object = object> =
  | ({ readonly ok: true } & Readonly<Fields>)
  | Refusal<Details>

/** A command that was run to its end: what it printed and how it exited. */
export interface Executed {
  readonly answer: ({ readonly ok: true } & object) | Refusal
  readonly exit: ExitCode
}

export function accept<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value }
}

/** @param message what happened, what it means and what to do now, in one sentence or two */
export function refuse<Details extends object = object>(
  error: Code,
  message: string,
  details?: Details,
): Refusal<Details> {
  const refusal = { ok: false, error, message } as const
  return { ...refusal, ...(details as Details), ...refusal }
}
