/**
 * The JSON Schema of a configuration file, for completion and checks while typing.
 */
import { parse } from 'yaml'
import { z } from 'zod'
import { findKey } from '../lib/config/keys.ts'
import { LayerFile } from '../lib/config/partial.ts'

type JsonSchema = z.core.JSONSchema.JSONSchema

export function renderEditorSchema(defaultsYaml: string): string {
  const schema = z.toJSONSchema(LayerFile, { io: 'input', override: ({ jsonSchema }) => dropPrivateNotes(jsonSchema) })
  const titled = { ...withDefaults(schema, [], parse(defaultsYaml)), title: 'dev-loops configuration' }
  return `${JSON.stringify(titled, null, 2)}\n`
}

/** `form` and `folder` are for our own messages. */
function dropPrivateNotes(schema: JsonSchema): void {
  delete schema.form
  delete schema.folder
}

function withDefaults(schema: JsonSchema, path: readonly string[], value: unknown): JsonSchema {
  const key = findKey(path.join('.'))
  if (key) return { ...schema, description: `${key.description} (${key.kind})`, default: value }

  const properties = Object.entries(schema.properties ?? {}).map(([name, inner]) => {
    const below = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
    return [name, typeof inner === 'boolean' ? inner : withDefaults(inner, [...path, name], below)]
  })
  return { ...schema, properties: Object.fromEntries(properties) }
}
