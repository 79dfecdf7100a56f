/**
 * Where the facts of decisions are kept: in a local folder of this clone, whatever the store is.
 */
import { join } from 'node:path'
import { type FactsArchive, openFactsArchive } from '../dispatch/replay/facts-archive.ts'
import { keepable } from '../dispatch/replay/kept-facts.ts'
import type { DecisionInput } from '../loop/decision.ts'
import type { Target } from '../target.ts'
import type { CommandContext } from './define.ts'
import { redact } from './redact.ts'
import { stateLocation, type TargetWords } from './services.ts'

export async function openFacts(target: Target, words: TargetWords, context: CommandContext): Promise<FactsArchive> {
  const { folder } = await stateLocation(target, words, context)
  return openFactsArchive(join(folder, 'facts'))
}

/** A full disk costs the replay of this decision, not the decision. */
export async function keepFacts(input: DecisionInput, archive: FactsArchive, context: CommandContext): Promise<string> {
  const facts = keepable(input, (text) => redact(text, context.env))
  try {
    await archive.keep(facts)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    context.progress(`  the facts of this decision could not be kept, so it cannot be replayed: ${why}`)
  }
  return facts.digest
}
