/**
 * Errors of the GraphQL API: a `type` that programs read, and a message in GitHub's words.
 */
import { GraphQLError } from 'graphql'

const ERROR_TYPES = [
  'NOT_FOUND',
  'FORBIDDEN',
  'UNPROCESSABLE',
  'RATE_LIMITED',
  'UNIMPLEMENTED',
  'MISSING_PAGINATION_BOUNDARIES',
  'EXCESSIVE_PAGINATION',
  'INVALID_CURSOR_ARGUMENTS',
  'MAX_NODE_LIMIT_EXCEEDED',
  'ARGUMENT_LIMIT',
  'SOMETHING_WENT_WRONG',
] as const

type ErrorType = (typeof ERROR_TYPES)[number]

export class ForgeError extends GraphQLError {
  constructor(
    readonly type: ErrorType,
    message: string,
  ) {
    super(message)
  }
}

export function notFound(message: string): ForgeError {
  return new ForgeError('NOT_FOUND', message)
}

export function unprocessable(message: string): ForgeError {
  return new ForgeError('UNPROCESSABLE', message)
}

/** @param who the account; @param what such as `MergePullRequest` */
export function forbidden(who: string, what: string): ForgeError {
  return new ForgeError('FORBIDDEN', `${who} does not have the correct permissions to execute \`${what}\``)
}

export interface FormattedError {
  readonly type?: string
  readonly path?: readonly (string | number)[]
  readonly extensions?: Readonly<Record<string, unknown>>
  readonly locations?: readonly { readonly line: number; readonly column: number }[]
  readonly message: string
}

/** GitHub puts `type` beside `message`, not below `extensions`. */
export function formatError(error: GraphQLError): FormattedError {
  const cause = error.originalError instanceof ForgeError ? error.originalError : error
  const type = cause instanceof ForgeError ? cause.type : undefined
  return {
    ...(type ? { type } : {}),
    ...(error.path ? { path: error.path } : {}),
    ...(Object.keys(error.extensions).length > 0 ? { extensions: error.extensions } : {}),
    ...(error.locations ? { locations: error.locations } : {}),
    message: error.message,
  }
}
