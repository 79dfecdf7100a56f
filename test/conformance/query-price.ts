/**
 * What a query costs by GitHub's documented formula, with every list as long as it was asked for.
 *
 * Nodes: for each connection, its page size times the sizes of the connections around it. Points: the
 * requests needed to fill each connection once (the product of the sizes around it), summed, divided
 * by 100 and rounded, at least 1. See docs.github.com, "Rate limits and query limits for the GraphQL API".
 * `nodes(ids)` is no connection and the formula says nothing of it; it is counted like one of as many
 * entries, which cannot be too little.
 *
 * The page sizes stand in the query, so neither the schema nor an answer is needed; the forge measures from
 * the schema instead, and a test holds the two against each other.
 */
import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql'

export interface Price {
  readonly nodes: number
  readonly points: number
  /** Page sizes found, each must be 1 to 100. */
  readonly sizes: readonly number[]
}

interface Size {
  readonly count: number
  /** Only a connection takes requests to be filled. */
  readonly isConnection: boolean
}

/** @param given the sizes that come as variables, at their largest */
export function priceOf(document: DocumentNode, given: Readonly<Record<string, number>> = {}): Price {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const sizes: number[] = []
  let nodes = 0
  let requests = 0

  function walk({ selections }: SelectionSetNode, around: number): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value)
        if (fragment) walk(fragment.selectionSet, around)
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet, around)
      } else if (selection.selectionSet) {
        const size = sizeOf(selection, given)
        if (size !== null) {
          sizes.push(size.count)
          nodes += around * size.count
          if (size.isConnection) requests += around
        }
        walk(selection.selectionSet, around * (size?.count ?? 1))
      }
    }
  }

  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) walk(definition.selectionSet, 1)
  }
  return { nodes, points: Math.max(1, Math.round(requests / 100)), sizes }
}

function sizeOf({ name, arguments: all = [] }: FieldNode, given: Readonly<Record<string, number>>): Size | null {
  const argument = all.find(({ name: { value } }) => value === 'first' || value === 'last' || value === 'ids')
  if (!argument) return null
  const { value } = argument
  const count = value.kind === Kind.VARIABLE ? given[value.name.value] : 'value' in value ? Number(value.value) : NaN
  if (count === undefined || Number.isNaN(count)) throw new Error(`how many ${name.value} are asked for is not known`)
  return { count, isConnection: argument.name.value !== 'ids' }
}
