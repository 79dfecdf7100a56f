/** GitHub's published schema, built once for each test file that needs it. */
import { schema } from '@octokit/graphql-schema'
import { buildSchema, type GraphQLSchema } from 'graphql'

let built: GraphQLSchema | null = null

/** The SDL does not pass graphql's own validation, so that is left out. */
export function publishedSchema(): GraphQLSchema {
  built ??= buildSchema(schema.idl, { assumeValidSDL: true, assumeValid: true })
  return built
}
