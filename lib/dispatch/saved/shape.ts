/**
 * Checks a value against the small part of JSON Schema that our own schemas need, and gives it back as zod
 * would: known properties only, defaults filled in. For files that have to be read before zod is loaded.
 */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  /** Of the first entries, one each. */
  readonly prefixItems?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
}

/** Where and what it is that does not fit. */
export class Misshapen extends Error {
  constructor(
    readonly where: string,
    readonly wanted: string,
  ) {
    super(`${where === '' ? 'the file' : where} is not ${wanted}`)
  }
}

type Defs = Readonly<Record<string, Schema>>

/** @throws Misshapen */
export function shaped(schema: Schema, value: unknown): unknown {
  return take(schema, value, { path: '', defs: schema.$defs ?? {} })
}

interface Place {
  readonly path: string
  readonly defs: Defs
}

function take(schema: Schema, value: unknown, place: Place): unknown {
  if (schema.$ref !== undefined) return take(definitionOf(schema.$ref, place.defs), value, place)
  const branches = schema.anyOf ?? schema.oneOf ?? typesOf(schema)
  if (branches !== undefined) return takeAny(branches, value, place)
  const taken = takeOfType(schema, value, place)
  if (schema.const !== undefined && value !== schema.const) throw wrong(place, JSON.stringify(schema.const))
  if (schema.enum !== undefined && !schema.enum.includes(value)) throw wrong(place, schema.enum.join(', '))
  for (const part of schema.allOf ?? []) take(part, value, place)
  return taken
}

/** @returns one schema for each of several types; `undefined` when there is one type at most */
function typesOf(schema: Schema): readonly Schema[] | undefined {
  const { type } = schema
  return typeof type === 'object' ? type.map((one) => ({ ...schema, type: one })) : undefined
}

/** The error of the branch that came furthest says most. */
function takeAny(branches: readonly Schema[], value: unknown, place: Place): unknown {
  let deepest: Misshapen | null = null
  for (const branch of branches) {
    try {
      return take(branch, value, place)
    } catch (error) {
      if (!(error instanceof Misshapen)) throw error
      if (deepest === null || error.where.length > deepest.where.length) deepest = error
    }
  }
  throw deepest ?? wrong(place, 'anything that is known')
}

function takeOfType(schema: Schema, value: unknown, place: Place): unknown {
  switch (schema.type) {
    case 'object':
      return takeObject(schema, value, place)
    case 'array':
      return takeArray(schema, value, place)
    case 'string':
      return takeString(schema, value, place)
    case 'number':
    case 'integer':
      return takeNumber(schema, value, place)
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong(place, 'true or false')
      return value
    case 'null':
      if (value !== null) throw wrong(place, 'null')
      return value
    case undefined:
      return value
    default:
      throw new Error(`the schema asks for the type ${schema.type}, which is not known here`)
  }
}

function takeObject(schema: Schema, value: unknown, place: Place): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(place, 'an object')
  const { properties = {}, required = [], additionalProperties } = schema
  const given = new Map<string, unknown>(Object.entries(value))
  const taken: [string, unknown][] = []
  for (const [name, part] of Object.entries(properties)) {
    const at = { ...place, path: place.path === '' ? name : `${place.path}.${name}` }
    const present = given.get(name) ?? (given.has(name) ? null : part.default)
    if (given.has(name) || part.default !== undefined) taken.push([name, take(part, present, at)])
    else if (required.includes(name)) throw wrong(at, 'there')
  }
  for (const [name, one] of given) {
    if (Object.hasOwn(properties, name)) continue
    const at = { ...place, path: place.path === '' ? name : `${place.path}.${name}` }
    if (additionalProperties === false) throw wrong(at, 'a known key')
    if (typeof additionalProperties === 'object') taken.push([name, take(additionalProperties, one, at)])
  }
  return Object.fromEntries(taken)
}

function takeArray(schema: Schema, value: unknown, place: Place): unknown {
  const { items, prefixItems = [], minItems = prefixItems.length, maxItems = Number.POSITIVE_INFINITY } = schema
  if (!Array.isArray(value)) throw wrong(place, 'a list')
  if (value.length < minItems || value.length > maxItems) throw wrong(place, 'a list of a possible length')
  const every: readonly unknown[] = value
  return every.map((one, at) => take(prefixItems[at] ?? items ?? {}, one, { ...place, path: `${place.path}[${at}]` }))
}

function takeString(schema: Schema, value: unknown, place: Place): string {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = schema
  if (typeof value !== 'string') throw wrong(place, 'a text')
  if (value.length < minLength || value.length > maxLength) throw wrong(place, 'a text of a possible length')
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) throw wrong(place, 'a text of the wanted form')
  return value
}

function takeNumber(schema: Schema, value: unknown, place: Place): number {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, type } = schema
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(place, 'a number')
  if (type === 'integer' && !Number.isSafeInteger(value)) throw wrong(place, 'a whole number')
  if (value < minimum || value > maximum) throw wrong(place, `a number between ${minimum} and ${maximum}`)
  return value
}

function definitionOf(ref: string, defs: Defs): Schema {
  const found = defs[ref.replace('#/$defs/', '')]
  if (found === undefined) throw new Error(`the schema names ${ref}, which it does not have`)
  return found
}

function wrong({ path }: Place, wanted: string): Misshapen {
  return new Misshapen(path, wanted)
}
