/**
 * How a field gets its value; and that one we do not have is an error and never `null`.
 *
 * A source with `__typename` is a thing of the forge, and only the table of its type may answer for
 * it. One without is an answer that was put together by a resolver (a connection, a payload) and is
 * read as it is.
 */
import { defaultTypeResolver, type GraphQLFieldResolver, type GraphQLTypeResolver } from 'graphql'
import type { Context } from './context.ts'
import { ForgeError } from './errors.ts'

export type Arguments = Readonly<Record<string, unknown>>

/** Each field of one type, as a function of the thing it is asked of. */
export type Fields<Source> = Readonly<Record<string, (source: Source, args: Arguments, context: Context) => unknown>>

export type Tables = Readonly<Record<string, Fields<never>>>

export function fieldResolver(tables: Tables): GraphQLFieldResolver<unknown, Context> {
  return (source, args, context, info) => {
    // The schema guarantees that a field is only asked of its own type, so the source fits its table.
    const field = tables[info.parentType.name]?.[info.fieldName] as Fields<unknown>[string] | undefined
    if (field) return field(source, args, context)
    if (isPlain(source) && Object.hasOwn(source, info.fieldName)) return source[info.fieldName]
    throw new ForgeError('UNIMPLEMENTED', `unimplemented field ${info.parentType.name}.${info.fieldName}`)
  }
}

export const typeResolver: GraphQLTypeResolver<unknown, Context> = defaultTypeResolver

function isPlain(source: unknown): source is Record<string, unknown> {
  return typeof source === 'object' && source !== null && !('__typename' in source)
}

export function textArgument(args: Arguments, name: string): string | null {
  const value = args[name]
  return typeof value === 'string' ? value : null
}

export function listArgument(args: Arguments, name: string): readonly string[] | null {
  const value = args[name]
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : null
}
