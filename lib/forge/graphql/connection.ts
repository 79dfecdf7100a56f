/**
 * A connection: one page of a list, with cursors that stay good while the list grows.
 *
 * A cursor names an item, not a place. If the item has gone since, what followed it stands where it
 * stood, so a reader in the middle of a list neither starts anew nor passes over anything.
 */
import { ForgeError } from './errors.ts'

interface PageArguments {
  readonly first?: unknown
  readonly last?: unknown
  readonly after?: unknown
  readonly before?: unknown
}

export interface Connection<Node> {
  readonly totalCount: number
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
  readonly nodes: readonly Node[]
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[]
}

/** @param keyOf what tells the items apart for good */
export function connect<Item, Node>(
  items: readonly Item[],
  page: PageArguments,
  { keyOf, toNode }: { keyOf: (item: Item) => string | number; toNode: (item: Item) => Node },
): Connection<Node> {
  const keys = items.map(keyOf)
  let start = typeof page.after === 'string' ? placeOf(page.after, keys).next : 0
  let end = typeof page.before === 'string' ? placeOf(page.before, keys).at : items.length
  if (typeof page.first === 'number') end = Math.min(end, start + page.first)
  if (typeof page.last === 'number') start = Math.max(start, end - page.last)

  const edges = items.slice(start, end).map((item, index) => {
    return { cursor: encodeCursor(start + index, keys[start + index] ?? ''), node: toNode(item) }
  })
  return {
    totalCount: items.length,
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    nodes: edges.map((edge) => edge.node),
    edges,
  }
}

function encodeCursor(position: number, key: string | number): string {
  return Buffer.from(`cursor:v1:${JSON.stringify([position, key])}`).toString('base64')
}

interface Place {
  readonly at: number
  /** Where the item after it stands: here, when it is gone itself. */
  readonly next: number
}

function placeOf(cursor: string, keys: readonly (string | number)[]): Place {
  const match = /^cursor:v1:\[(\d+),(.+)\]$/s.exec(Buffer.from(cursor, 'base64').toString())
  if (!match) throw new ForgeError('INVALID_CURSOR_ARGUMENTS', `\`${cursor}\` does not appear to be a valid cursor.`)
  const key = match[2] ?? ''
  const found = keys.findIndex((one) => JSON.stringify(one) === key)
  if (found !== -1) return { at: found, next: found + 1 }
  const at = placeOfGone(Number(key), keys) ?? Math.min(Number(match[1]), keys.length)
  return { at, next: at }
}

/** Numbers are given in order of creation: in a list that stands in that order, its place is still known. */
function placeOfGone(key: number, keys: readonly (string | number)[]): number | null {
  if (Number.isNaN(key) || keys.some((one, index) => index > 0 && one <= (keys[index - 1] ?? one))) return null
  return keys.filter((one) => typeof one === 'number' && one < key).length
}
