/**
 * The commands that a run gives about what it holds: all name the run, the target and perhaps the claim in
 * the same words, and answer in the same fields. What each does is one call of the service.
 */

import type { HolderRequest } from '../../ownership/rules/holding.ts'
import type { OwnershipAnswer, OwnershipContext } from '../../ownership/service.ts'
import type { Target } from '../../target.ts'
import { type Command, type CommandDefinition, defineCommand } from '../define.ts'
import type { Options, Parsed } from '../options.ts'
import {
  answerFields,
  claimToken,
  named,
  oneSubject,
  openSubject,
  requireRunId,
  runOptions,
  sayHolding,
} from './subject.ts'

type Told = Pick<
  CommandDefinition<Options, OwnershipAnswer>,
  'name' | 'summary' | 'details' | 'writes' | 'answers' | 'exits' | 'examples'
>

interface HolderCommand<O extends Options> extends Told {
  /** Beside those that all of them have. */
  readonly options: O
  /** Fields beside those that all of them answer with. */
  readonly output?: Readonly<Record<string, string>>
  readonly act: (
    held: { readonly target: Target; readonly request: HolderRequest; readonly ownership: OwnershipContext },
    options: Parsed<O>,
  ) => Promise<OwnershipAnswer>
}

export function holderCommand<const O extends Options>({ options, output, act, ...told }: HolderCommand<O>): Command {
  const shared = { ...runOptions, ...claimToken }
  return defineCommand({
    ...told,
    options: { ...shared, ...options },
    rules: [oneSubject],
    output: { ...answerFields, ...output },
    run: async (words, context) => {
      const request = { runId: requireRunId(words), token: words.expectedToken }
      const held = await openSubject(words, context)
      return named(await act({ ...held, request }, words), words)
    },
    text: sayHolding,
  })
}
