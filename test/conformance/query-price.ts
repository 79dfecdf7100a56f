/**
 * What a query costs by GitHub's documented formula, with every list as long as it was asked for.
 *
 * Nodes: for each connection, its page size times the sizes of the connections around it. Points: the
 * requests needed to fill each connection once (the product of the sizes around it), summed, divided
 * by 100 and rounded, at least 1. See docs.github.com, "Rate limits and query limits for the GraphQL API".
 */
import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql'

export interface Price {
  readonly nodes: number
  readonly points: number
  /** Page sizes found, each must be 1 to 100. */
  readonly sizes: readonly number[]
}

export function priceOf(document: DocumentNode): Price {
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
        const size = pageSize(selection.arguments ?? [])
        if (size !== null) {
          sizes.push(size)
          nodes += around * size
          requests += around
        }
        walk(selection.selectionSet, around * (size ?? 1))
      }
    }
  }

  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) walk(definition.selectionSet, 1)
  }
  return { nodes, points: Math.max(1, Math.round(requests / 100)), sizes }
}

function pageSize(given: readonly { name: { value: string }; value: { kind: string } }[]): number | null {
  const argument = given.find(({ name }) => name.value === 'first' || name.value === 'last')
  if (!argument) return null
  if (!('value' in argument.value)) throw new Error('a page size must be a number in the query itself')
  return Number(argument.value.value)
}
