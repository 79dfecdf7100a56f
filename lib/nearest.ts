/**
 * "Did you mean …?": which of the known names is the one that was probably meant.
 *
 * An answer is only a suggestion in a message. Nothing acts on it: a mistyped `--dry-run` must never
 * become the real thing. A name that is further away than a third of its letters is not suggested,
 * because a far-fetched guess sends the reader to the wrong place.
 */

/**
 * @param candidates the valid names; of several equally near ones the first wins
 * @returns the nearest name, compared without case; `null` when none is near enough
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null
  let bestDistance = Number.POSITIVE_INFINITY

  for (const candidate of candidates) {
    const limit = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3))
    if (Math.abs(word.length - candidate.length) > limit) continue

    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance <= limit && distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** How many letters must be added, removed, changed or swapped with their neighbour. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)

  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const changed = cell(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
      let cost = Math.min(changed, cell(last, column) + 1, cell(current, column - 1) + 1)
      if (swapped(from, row, to, column)) cost = Math.min(cost, cell(beforeLast, column - 2) + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return cell(last, to.length)
}

function swapped(from: string, row: number, to: string, column: number): boolean {
  return row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
