/**
 * Facts over REST beside the same facts over GraphQL, field by field: equal, not known, or wrong.
 *
 * Not known is `null`, `UNKNOWN`, or a list that says it is not whole, in which what there is is right.
 */
import { z } from 'zod'

export interface Compared {
  /** Paths at which both say the same, something that is neither `null` nor empty. */
  readonly same: Set<string>
  readonly unknown: Set<string>
  readonly wrong: Set<string>
}

export function compareFacts(byGraphql: unknown, byRest: unknown): Compared {
  const found: Compared = { same: new Set(), unknown: new Set(), wrong: new Set() }
  compare('', byGraphql, byRest, found)
  return found
}

function compare(path: string, expected: unknown, told: unknown, found: Compared): void {
  if (isList(expected) && isList(told)) compareLists(path, expected, told, found)
  else if (isRecord(expected) && isRecord(told)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(told)])) {
      compare(path === '' ? name : `${path}.${name}`, expected[name], told[name], found)
    }
  } else if (Object.is(expected, told)) {
    if (expected !== null && expected !== '') found.same.add(path)
  } else found[told === null || told === 'UNKNOWN' ? 'unknown' : 'wrong'].add(path)
}

interface AnyList {
  readonly items: readonly unknown[]
  readonly total: unknown
  readonly complete: boolean
}

function compareLists(path: string, expected: AnyList, told: AnyList, found: Compared): void {
  if (told.complete) {
    compare(`${path}.total`, expected.total, told.total, found)
    if (told.items.length !== expected.items.length || !expected.complete) found.wrong.add(path)
    else found.same.add(`${path}.complete`)
  } else {
    found.unknown.add(path)
    if (told.total !== null && told.total !== expected.total) found.wrong.add(`${path}.total`)
  }
  for (const item of told.items) {
    const twin = expected.items.find((other) => nameOf(other) === nameOf(item))
    compare(`${path}.items[]`, twin, item, found)
  }
}

/** What tells an entry of a list from the others. */
function nameOf(item: unknown): string {
  if (!isRecord(item)) return String(item)
  const { id, context, name, number, login, oid, at } = item
  return String(id ?? context ?? name ?? number ?? login ?? oid ?? at)
}

function isList(value: unknown): value is AnyList {
  return isRecord(value) && Array.isArray(value.items) && typeof value.complete === 'boolean'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every field that facts of this schema may have, as the paths above. */
export function fieldsOf(schema: z.ZodType): readonly string[] {
  return [...new Set(leaves('', { ...z.toJSONSchema(schema) }))].sort()
}

function leaves(path: string, schema: Readonly<Record<string, unknown>>): string[] {
  const { anyOf, oneOf, items, properties, type } = schema
  const branches = [anyOf, oneOf].flatMap((all) => (Array.isArray(all) ? all.filter(isRecord) : []))
  if (branches.length > 0) return branches.flatMap((one) => leaves(path, one))
  if (isRecord(items)) return leaves(`${path}[]`, items)
  if (!isRecord(properties)) return type === 'null' ? [] : [path]
  return Object.entries(properties).flatMap(([name, one]) =>
    isRecord(one) ? leaves(path === '' ? name : `${path}.${name}`, one) : [],
  )
}
