/**
 * May this YAML text be handed to the composer? Decided on its tokens, before any tree is built.
 *
 * A policy file is written by whoever can push to the base branch, so its text is not trusted. Two
 * things about it would hurt: the composer calls itself for every level of nesting, and V8 ends the
 * whole process when it runs out of stack inside a regular expression, which no `catch` sees; and
 * aliases can unfold a short text into gigabytes. Configuration needs neither depth nor aliases.
 */
import { type CST, type LineCounter, Parser } from 'yaml'

export const MAX_TEXT_BYTES = 256 * 1024

const MAX_DEPTH = 32
const MAX_NODES = 10_000

export interface BoundsProblem {
  readonly offset: number
  readonly message: string
}

/**
 * @param lines told where each line begins
 * @returns what is out of bounds first; `null` when the text may be composed
 */
export function checkBounds(text: string, lines: LineCounter): BoundsProblem | null {
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  const waiting = tokens.map((token) => ({ token, depth: 0 })).reverse()

  for (let nodes = 0, next = waiting.pop(); next; nodes++, next = waiting.pop()) {
    const problem = checkToken(next.token, next.depth, nodes)
    if (problem) return problem
    for (const token of inside(next.token).toReversed()) waiting.push({ token, depth: next.depth + 1 })
  }
  return null
}

function checkToken(token: CST.Token, depth: number, nodes: number): BoundsProblem | null {
  const offset = 'offset' in token ? token.offset : 0
  if (depth > MAX_DEPTH) return { offset, message: `is nested deeper than ${MAX_DEPTH} levels` }
  if (nodes > MAX_NODES) return { offset, message: `has more than ${MAX_NODES} entries` }
  if (token.type === 'alias' || token.type === 'anchor') {
    return { offset, message: 'uses an anchor or alias (& or *), which is not supported; write the value out' }
  }
  if (token.type === 'tag') return { offset, message: 'uses a tag (!), which is not supported; write the plain value' }
  return null
}

function inside(token: CST.Token): readonly CST.Token[] {
  switch (token.type) {
    case 'document':
      return [...token.start, ...(token.value ? [token.value] : [])]
    case 'block-map':
    case 'block-seq':
    case 'flow-collection':
      return token.items.flatMap((item) => [
        ...item.start,
        ...present(item.key),
        ...(item.sep ?? []),
        ...present(item.value),
      ])
    default:
      return []
  }
}

function present(token: CST.Token | null | undefined): readonly CST.Token[] {
  return token ? [token] : []
}
