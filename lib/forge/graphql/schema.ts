/**
 * GitHub's published schema, executable.
 *
 * The published text breaks one rule of the language (an interface is implemented with a field
 * missing), so it is taken as valid instead of being checked. Building takes a quarter of a second
 * and is done once in a process.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql'
import { DevLoopsError } from '../../errors.ts'

let built: GraphQLSchema | undefined

export function publishedSchema(): GraphQLSchema {
  if (!built) {
    const document = parse(readFileSync(schemaFile(), 'utf8'), { noLocation: true })
    built = buildASTSchema(document, { assumeValidSDL: true, assumeValid: true })
  }
  return built
}

/**
 * The package only exports a module, and that also parses the schema as JSON, which is four times as
 * large; so its folder is looked up where node would look for it, and the text is read from there.
 */
function schemaFile(): string {
  const name = '@octokit/graphql-schema'
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
  const found = folders.map((folder) => join(folder, name, 'schema.graphql')).find((path) => existsSync(path))
  if (found) return found
  const message = `the forge cannot answer without the package ${name}; install dev-loops again with its dependencies`
  throw new DevLoopsError('precondition_failed', message)
}
