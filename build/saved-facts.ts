/**
 * Writes the schema of saved facts as data, so that `next --facts` checks a file without loading zod.
 *
 * The build does it, and a test compares the file with what this gives.
 */
import { writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { SavedFacts } from '../lib/dispatch/saved/saved-facts.ts'

export const SAVED_SCHEMA_FILE = 'lib/dispatch/saved/saved-facts.generated.ts'

/** Said to people or to other programs, and to no check. */
const SAID = ['description', 'form', 'title', '$schema', 'propertyNames']

/** @param root folder of the package, ending in a slash */
export async function writeSavedSchema(root: string): Promise<void> {
  await writeFile(`${root}${SAVED_SCHEMA_FILE}`, savedSchema())
}

export function savedSchema(): string {
  const text = JSON.stringify(stripped(z.toJSONSchema(SavedFacts, { io: 'input' })))
  return `/** Generated from lib/dispatch/saved/saved-facts.ts by build/saved-facts.ts; do not edit. */
import type { Schema } from './shape.ts'

export const SAVED_FACTS_SCHEMA: Schema = JSON.parse(
  ${quoted(text)},
)
`
}

/** As the formatter would have it. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** Names of properties are no keywords, whatever they are. */
function stripped(schema: unknown, named = false): unknown {
  if (Array.isArray(schema)) return schema.map((part) => stripped(part))
  if (typeof schema !== 'object' || schema === null) return schema
  const kept = Object.entries(schema).filter(([key]) => named || !SAID.includes(key))
  const names = (key: string) => !named && (key === 'properties' || key === '$defs')
  return Object.fromEntries(kept.map(([key, part]) => [key, key === 'default' ? part : stripped(part, names(key))]))
}
