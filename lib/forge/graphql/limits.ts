/**
 * What a query may ask for, decided before it is executed: page sizes, nodes and points.
 *
 * The formulas are GitHub's: a query has as many nodes as its page sizes multiply to, at most
 * 500,000, and costs one point for each hundred requests that filling its connections would take. Of
 * `nodes(ids)` GitHub documents nothing: it is counted as a page of as many as are asked for.
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import type { QueryCost } from './context.ts'
import { ForgeError } from './errors.ts'

const MAX_NODES = 500_000
const MAX_PAGE = 100

interface Walk {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variables: Readonly<Record<string, unknown>>
  nodes: number
  requests: number
}

/** @throws ForgeError for a page size that is missing or out of 1..100, and for more than 500,000 nodes */
export function measure(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  { schema, variables }: { schema: GraphQLSchema; variables: Readonly<Record<string, unknown>> },
): QueryCost {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const walk: Walk = { schema, fragments, variables: withDefaults(operation, variables), nodes: 0, requests: 0 }
  const root = schema.getRootType(operation.operation)
  if (root) visitSelections(operation.selectionSet, root, { walk, parents: 1 })

  if (walk.nodes > MAX_NODES) {
    const message = `This query requests up to ${walk.nodes.toLocaleString('en-US')} possible nodes which exceeds the maximum limit of 500,000.`
    throw new ForgeError('MAX_NODE_LIMIT_EXCEEDED', message)
  }
  return { nodeCount: walk.nodes, cost: Math.max(1, Math.round(walk.requests / 100)) }
}

function visitSelections(set: SelectionSetNode, type: GraphQLNamedType, at: { walk: Walk; parents: number }): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) visitField(selection, type, at)
    else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const on = selection.typeCondition ? at.walk.schema.getType(selection.typeCondition.name.value) : type
      if (on) visitSelections(selection.selectionSet, on, at)
    } else {
      const fragment = at.walk.fragments.get(selection.name.value)
      const on = fragment && at.walk.schema.getType(fragment.typeCondition.name.value)
      if (fragment && on) visitSelections(fragment.selectionSet, on, at)
    }
  }
}

function visitField(field: FieldNode, parent: GraphQLNamedType, at: { walk: Walk; parents: number }): void {
  const definition = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field.name.value] : undefined
  if (!definition) return

  const type = getNamedType(definition.type)
  let parents = at.parents
  if (isConnection(type)) {
    const size = pageSize(field, at.walk.variables)
    at.walk.requests += at.parents
    parents = at.parents * size
    at.walk.nodes += parents
  } else if (field.name.value === 'nodes' && parent === at.walk.schema.getQueryType()) {
    parents = at.parents * idsOf(field, at.walk.variables)
    at.walk.nodes += parents
  }
  if (field.selectionSet && isCompositeType(type)) visitSelections(field.selectionSet, type, { walk: at.walk, parents })
}

function isConnection(type: GraphQLNamedType): boolean {
  return type instanceof GraphQLObjectType && type.name.endsWith('Connection') && 'pageInfo' in type.getFields()
}

function pageSize(field: FieldNode, variables: Readonly<Record<string, unknown>>): number {
  const name = field.name.value
  const first = numberArgument(field, 'first', variables)
  const last = numberArgument(field, 'last', variables)
  if (first === null && last === null) {
    const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`
    throw new ForgeError('MISSING_PAGINATION_BOUNDARIES', message)
  }
  if (first !== null && last !== null) {
    const message = `Passing both \`first\` and \`last\` to paginate the \`${name}\` connection is not supported.`
    throw new ForgeError('INVALID_CURSOR_ARGUMENTS', message)
  }
  const size = first ?? last ?? 0
  const word = first === null ? 'last' : 'first'
  if (size < 1) {
    throw new ForgeError('INVALID_CURSOR_ARGUMENTS', `\`${word}\` on the \`${name}\` connection cannot be less than 1.`)
  }
  if (size > MAX_PAGE) {
    const message = `Requesting ${size} records on the \`${name}\` connection exceeds the \`${word}\` limit of ${MAX_PAGE} records.`
    throw new ForgeError('EXCESSIVE_PAGINATION', message)
  }
  return size
}

function numberArgument(field: FieldNode, name: string, variables: Readonly<Record<string, unknown>>): number | null {
  const value: ValueNode | undefined = field.arguments?.find((argument) => argument.name.value === name)?.value
  if (value?.kind === Kind.INT) return Number(value.value)
  if (value?.kind !== Kind.VARIABLE) return null
  const given = variables[value.name.value]
  return typeof given === 'number' ? given : null
}

function idsOf(field: FieldNode, variables: Readonly<Record<string, unknown>>): number {
  const value: ValueNode | undefined = field.arguments?.find((argument) => argument.name.value === 'ids')?.value
  const count = value?.kind === Kind.LIST ? value.values.length : idsGiven(value, variables)
  if (count <= MAX_PAGE) return count
  throw new ForgeError('ARGUMENT_LIMIT', `You may not provide more than ${MAX_PAGE} node ids; you provided ${count}.`)
}

function idsGiven(value: ValueNode | undefined, variables: Readonly<Record<string, unknown>>): number {
  const given = value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined
  return Array.isArray(given) ? given.length : 1
}

function withDefaults(operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>) {
  const defaults: Record<string, unknown> = {}
  for (const definition of operation.variableDefinitions ?? []) {
    const value = definition.defaultValue
    if (value?.kind === Kind.INT) defaults[definition.variable.name.value] = Number(value.value)
  }
  return { ...defaults, ...variables }
}
