/**
 * Reads a file of saved facts and makes of it what a decision is made from. No network, store, token or git,
 * and nothing that takes long to load.
 */
import { readFileSync } from 'node:fs'
import { UsageError } from '../../errors.ts'
import type { DecisionInput } from '../../loop/decision.ts'
import { refuse } from '../../outcome.ts'
import { SAVED_FACTS_SCHEMA } from './saved-facts.generated.ts'
import type { SavedFacts } from './saved-facts.ts'
import { Misshapen, shaped } from './shape.ts'

/** @throws UsageError `facts_unreadable`: not there, no JSON, or of another form; names the place */
export function readSaved(file: string): DecisionInput {
  const { devLoopsFacts: _, policy, wait, ...seen } = parseSaved(readText(file), file)
  const unread = refuse('policy_unproved', 'the policy could not be read when the facts were saved')
  return { ...seen, policy: policy === null ? unread : { ok: true, value: policy }, preference: { wait } }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw unreadable(file, 'it cannot be opened', cause)
  }
}

function parseSaved(text: string, file: string): SavedFacts {
  try {
    // The schema is made of the one that `SavedFacts` is inferred from; a test compares both on any values.
    return shaped(SAVED_FACTS_SCHEMA, JSON.parse(text)) as SavedFacts
  } catch (cause) {
    if (cause instanceof Misshapen) throw unreadable(file, cause.message, cause)
    if (cause instanceof SyntaxError) throw unreadable(file, 'it is no JSON', cause)
    throw cause
  }
}

function unreadable(file: string, why: string, cause: unknown): UsageError {
  const message = `${file} holds no facts that can be decided from: ${why}; save them with next --save-facts`
  return new UsageError('facts_unreadable', message, { file }, { cause })
}
