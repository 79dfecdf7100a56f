/**
 * The keys of the schema as a flat list: `lease.runTtl`, who decides it, what it may hold, and the
 * environment variable that sets it. Problems, the reference and the compiled defaults are made from it.
 */
import { z } from 'zod'
import { ConfigFile, Policy } from './schema.ts'

export interface Key {
  /** As it is written in a file, sections joined by dots. */
  readonly path: string
  readonly kind: 'preference' | 'policy' | 'format'
  readonly description: string
  /** Completes "must be …". */
  readonly form: string
  readonly folder: boolean
  readonly environmentName: string
  /** The names that the value, or an entry of it, may have; empty when any will do. */
  readonly names: readonly string[]
  /** Whether the text of an environment variable or flag is the value itself rather than JSON. */
  readonly plainText: boolean
}

export const KEYS: readonly Key[] = listKeys(ConfigFile, [])

const BY_PATH: ReadonlyMap<string, Key> = new Map(KEYS.map((key) => [key.path, key]))

export function findKey(path: string): Key | undefined {
  return BY_PATH.get(path)
}

/** `wait.pollInterval` is set by `DEV_LOOPS_WAIT_POLL_INTERVAL`. */
function environmentName(path: string): string {
  return `DEV_LOOPS_${path.replaceAll('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase()}`
}

/** What is inside a section of the schema; `null` when the schema is that of a value. */
export function sectionOf(schema: z.core.$ZodType): z.ZodObject | null {
  if (schema instanceof z.ZodObject) return schema
  return schema instanceof z.ZodPipe && schema.in instanceof z.ZodObject ? schema.in : null
}

function listKeys(schema: z.core.$ZodType, above: readonly string[]): Key[] {
  const section = sectionOf(schema)
  if (!section) return [describeKey(schema, above)]
  return Object.entries(section.shape).flatMap(([name, inner]) => listKeys(inner, [...above, name]))
}

function describeKey(schema: z.core.$ZodType, names: readonly string[]): Key {
  const meta = z.globalRegistry.get(schema)
  const path = names.join('.')

  return {
    path,
    kind: kindOf(names[0] ?? ''),
    description: String(meta?.description ?? ''),
    form: String(meta?.form ?? ''),
    folder: meta?.folder === true,
    environmentName: environmentName(path),
    names: namesOf(schema),
    plainText: isText(schema),
  }
}

function kindOf(section: string): Key['kind'] {
  if (section === 'version') return 'format'
  return section in Policy.shape ? 'policy' : 'preference'
}

function namesOf(schema: z.core.$ZodType): readonly string[] {
  if (schema instanceof z.ZodArray) return namesOf(schema.element)
  return schema instanceof z.ZodEnum ? schema.options.map(String) : []
}

function isText(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodNullable) return isText(schema.unwrap())
  if (schema instanceof z.ZodPipe) return isText(schema.in)
  return schema instanceof z.ZodString || schema instanceof z.ZodEnum
}
