/**
 * One GraphQL request: parsed, checked against the published schema, measured, executed, formatted.
 *
 * As on GitHub, a query that is wrong is answered with 200 and `errors`; the quota is charged for
 * queries that were executed.
 */
import {
  type DocumentNode,
  execute,
  GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql'
import type { Context } from './context.ts'
import { ForgeError, type FormattedError, formatError } from './errors.ts'
import { measure } from './limits.ts'
import { fieldResolver, type Tables, typeResolver } from './resolve.ts'
import { publishedSchema } from './schema.ts'

export interface GraphqlRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName: string | null
}

export interface GraphqlAnswer {
  readonly data?: unknown
  readonly errors?: readonly FormattedError[]
}

export interface Prepared {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
}

const prepared = new Map<string, Prepared | { readonly errors: readonly FormattedError[] }>()

/** Queries are constants, so each is parsed and checked once. */
export function prepare(request: GraphqlRequest): Prepared | { readonly errors: readonly FormattedError[] } {
  const key = `${request.operationName}\n${request.query}`
  const kept = prepared.get(key)
  if (kept) return kept
  const made = parseAndCheck(request)
  if (prepared.size < 1000) prepared.set(key, made)
  return made
}

function parseAndCheck(request: GraphqlRequest) {
  try {
    const document = parse(request.query)
    const problems = validate(publishedSchema(), document)
    if (problems.length > 0) return { errors: problems.map(formatProblem) }
    const operation = getOperationAST(document, request.operationName)
    return operation
      ? { document, operation }
      : { errors: [{ message: 'No operation was found in the query document' }] }
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [formatError(error)] }
    throw error
  }
}

/** GitHub names a field that is not there by type and field, for programs. */
function formatProblem(problem: GraphQLError): FormattedError {
  const unknown = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(problem.message)
  if (!unknown) return formatError(problem)
  const [, fieldName, typeName] = unknown
  return {
    ...formatError(problem),
    extensions: { code: 'undefinedField', typeName, fieldName },
    message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
  }
}

export async function run(
  { document, operation }: Prepared,
  request: GraphqlRequest,
  { tables, context }: { tables: Tables; context: Context },
): Promise<GraphqlAnswer> {
  const { variables } = request
  try {
    context.cost = measure(document, operation, { schema: publishedSchema(), variables })
  } catch (error) {
    if (error instanceof ForgeError) return { errors: [formatError(error)] }
    throw error
  }
  const result = await execute({
    schema: publishedSchema(),
    document,
    operationName: request.operationName,
    variableValues: variables,
    contextValue: context,
    fieldResolver: fieldResolver(tables),
    typeResolver,
  })
  const errors = result.errors?.map(formatError)
  return { ...(result.data === undefined ? {} : { data: result.data }), ...(errors ? { errors } : {}) }
}
