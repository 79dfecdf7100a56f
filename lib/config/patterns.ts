/**
 * Does a path or a branch name fit a pattern of the policy (`protect.paths`, `review.internalPaths`,
 * `protect.branches`)?
 *
 * `*` stands for anything within one folder, `**` for anything across folders (before a `/` also for no
 * folder at all), `?` for one character, everything else for itself; a pattern fits the whole text or
 * not at all. Names that begin with a dot are no exception: a pattern that is meant to protect must not
 * skip hidden files. All ways to match are followed at once, character by character, so that no pattern
 * takes long; a regular expression built from a file that others write could take hours.
 */

type Token = 'star' | 'stars' | 'folders' | 'one' | { readonly character: string }

export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matches(pattern, text))
}

export function matches(pattern: string, text: string): boolean {
  const tokens = tokenize(pattern)
  let reached = new Set<number>()
  enter(tokens, 0, reached)

  for (const character of text) {
    const next = new Set<number>()
    for (const at of reached) consume(tokens, at, character, next)
    reached = next
  }
  return reached.has(tokens.length)
}

function tokenize(pattern: string): Token[] {
  const parts = pattern.match(/\*\*\/|\*\*|[\s\S]/gu) ?? []
  return parts.map((part): Token => {
    if (part === '**/') return 'folders'
    if (part === '**') return 'stars'
    if (part === '*') return 'star'
    return part === '?' ? 'one' : { character: part }
  })
}

/** Comes to a token, and past it where it may stand for nothing. */
function enter(tokens: readonly Token[], at: number, reached: Set<number>): void {
  reached.add(at)
  const token = tokens[at]
  if (token === 'star' || token === 'stars' || token === 'folders') enter(tokens, at + 1, reached)
}

function consume(tokens: readonly Token[], at: number, character: string, next: Set<number>): void {
  const token = tokens[at]
  if (token === undefined) return

  if (token === 'folders') {
    // Inside a folder's name nothing but its end leads on.
    next.add(at)
    if (character === '/') enter(tokens, at + 1, next)
  } else if (token === 'stars' || (token === 'star' && character !== '/')) {
    enter(tokens, at, next)
  } else if (token === 'one' ? character !== '/' : typeof token === 'object' && token.character === character) {
    enter(tokens, at + 1, next)
  }
}
