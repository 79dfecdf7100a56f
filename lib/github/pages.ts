/**
 * The rest of a list that is longer than its first page.
 *
 * A list is whole only when GitHub said that nothing follows and no entry was withheld. Whoever cannot
 * be sure says `complete: false`, and rules then treat every count of that list as unknown.
 */
import type { z } from 'zod'
import type { Listed } from '../facts/pull-request.ts'
import { page, type RawPage } from './answers/parts.ts'
import { readAnswer } from './answers/read.ts'
import type { CallOptions, GitHubClient, Variables } from './client.ts'

/** 3,000 entries: as many files as GitHub lists for one pull request. */
const MOST_PAGES = 30

export interface PageSource {
  readonly query: string
  readonly variables: Variables
  /** Where the list stands in the answer; `node.list` unless told. */
  readonly at?: readonly string[]
}

/** Entries in GitHub's order, with `null` for those that it withheld. */
export interface Whole<Node> {
  readonly nodes: readonly (Node | null)[]
  readonly total: number | null
  readonly reachedEnd: boolean
}

/** @param first the page that came with the facts; `null` when GitHub withheld the list */
export async function wholeList<Node>(
  first: RawPage<Node> | null,
  source: PageSource,
  { client, node, options }: { client: GitHubClient; node: z.ZodType<Node>; options: CallOptions },
): Promise<Whole<Node>> {
  if (first?.nodes == null) return { nodes: [], total: first?.totalCount ?? null, reachedEnd: false }
  let nodes = first.nodes
  let last: RawPage<Node> | null = first
  for (let pages = 1; last !== null && cursorAfter(last) !== null; pages += 1) {
    if (pages === MOST_PAGES) return { nodes, total: totalOf(first, nodes.length), reachedEnd: false }
    const variables = { ...source.variables, cursor: cursorAfter(last) }
    const answer = await client.graphql(source.query, variables, options)
    // A commit that is gone by now has no list any more.
    last = readAnswer(page(node), at(answer, source.at ?? ['node', 'list']) ?? null)
    if (last?.nodes == null) return { nodes, total: totalOf(first, nodes.length), reachedEnd: false }
    nodes = isFromEnd(last) ? [...last.nodes, ...nodes] : [...nodes, ...last.nodes]
  }
  return { nodes, total: totalOf(first, nodes.length), reachedEnd: !claimsMore(last) }
}

/** A list that is never read further: what a page cannot hold leaves it not whole. */
export function onlyPage<Node>(first: RawPage<Node> | null): Whole<Node> {
  if (first?.nodes == null) return { nodes: [], total: first?.totalCount ?? null, reachedEnd: false }
  return { nodes: first.nodes, total: totalOf(first, first.nodes.length), reachedEnd: !claimsMore(first) }
}

/** @param translate `null` for an entry that cannot be understood; the list is then not complete */
export function listed<Node, Item>(whole: Whole<Node>, translate: (node: Node) => Item | null): Listed<Item> {
  const items = whole.nodes.map((node) => (node === null ? null : translate(node)))
  const known = items.filter((item): item is Awaited<Item> & NonNullable<Item> => item !== null)
  return { items: known, total: whole.total, complete: whole.reachedEnd && known.length === items.length }
}

function at(answer: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => new Map(Object.entries(value ?? {})).get(key), answer)
}

function cursorAfter({ pageInfo }: RawPage<unknown>): string | null {
  if (pageInfo.hasPreviousPage) return pageInfo.startCursor ?? null
  return pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null
}

function isFromEnd({ pageInfo }: RawPage<unknown>): boolean {
  return pageInfo.hasPreviousPage !== undefined
}

/** More is promised, but no cursor leads there. */
function claimsMore(last: RawPage<unknown> | null): boolean {
  return last === null || last.pageInfo.hasNextPage === true || last.pageInfo.hasPreviousPage === true
}

function totalOf(first: RawPage<unknown>, seen: number): number {
  return Math.max(first.totalCount ?? first.filteredCount ?? seen, seen)
}
