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
  return take(schema, value, { defs: schema.$defs ?? {}, above: null, name: '' })
}

/** Joined to a path only where something is wrong there. */
interface Place {
  readonly defs: Defs
  readonly above: Place | null
  readonly name: string | number
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
  const likely = branches.filter((branch) => mayFit(branch, value))
  for (const branch of likely.length > 0 ? likely : branches) {
    try {
      return take(branch, value, place)
    } catch (error) {
      if (!(error instanceof Misshapen)) throw error
      if (deepest === null || error.where.length > deepest.where.length) deepest = error
    }
  }
  throw deepest ?? wrong(place, 'anything that is known')
}

/** Known from type and constants alone, because an exception takes longer than the rest of the check. */
function mayFit({ type, properties }: Schema, value: unknown): boolean {
  if (type === 'null') return value === null
  if (type === 'string') return typeof value === 'string'
  if (type === 'array') return Array.isArray(value)
  if (type !== 'object' || properties === undefined || !isFields(value)) return true
  for (const name of Object.keys(properties)) {
    const wanted = properties[name]?.const
    if (wanted !== undefined && value[name] !== wanted) return false
  }
  return true
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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
  if (!isFields(value)) throw wrong(place, 'an object')
  const { properties = {}, required = [], additionalProperties } = schema
  const taken: Record<string, unknown> = {}
  for (const name of Object.keys(properties)) {
    const part = properties[name] ?? {}
    const present = Object.hasOwn(value, name) ? value[name] : part.default
    if (present !== undefined) taken[name] = take(part, present, within(place, name))
    else if (required.includes(name)) throw wrong(within(place, name), 'there')
  }
  if (additionalProperties === undefined || additionalProperties === true) return taken
  for (const name of Object.keys(value).filter((one) => !Object.hasOwn(properties, one))) {
    if (additionalProperties === false) throw wrong(within(place, name), 'a known key')
    const one = take(additionalProperties, value[name], within(place, name))
    // Not by assignment: one name would change what the object is.
    Object.defineProperty(taken, name, { value: one, enumerable: true, writable: true, configurable: true })
  }
  return taken
}

function within(above: Place, name: string | number): Place {
  return { defs: above.defs, above, name }
}

function takeArray(schema: Schema, value: unknown, place: Place): unknown {
  const { items, prefixItems = [], minItems = prefixItems.length, maxItems = Number.POSITIVE_INFINITY } = schema
  if (!Array.isArray(value)) throw wrong(place, 'a list')
  if (value.length < minItems || value.length > maxItems) throw wrong(place, 'a list of a possible length')
  const every: readonly unknown[] = value
  return every.map((one, at) => take(prefixItems[at] ?? items ?? {}, one, within(place, at)))
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

function wrong(place: Place, wanted: string): Misshapen {
  return new Misshapen(pathOf(place), wanted)
}

/** Such as `facts.pr.reviews[3].state`. */
function pathOf({ above, name }: Place): string {
  if (above === null) return ''
  const path = pathOf(above)
  if (typeof name === 'number') return `${path}[${name}]`
  return path === '' ? name : `${path}.${name}`
}
