/**
 * Which issues a text closes, and which it mentions.
 */

const CLOSING = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+(?:([\w.-]+\/[\w.-]+))?#(\d+)\b/gi
const MENTION = /(?:^|[\s([,:])(?:([\w.-]+\/[\w.-]+))?#(\d+)\b/g

/** @returns numbers of issues of the repository `slug` that a closing keyword stands before */
export function closedBy(text: string, slug: string): number[] {
  return numbers(text, { pattern: CLOSING, slug })
}

export function mentionedIn(text: string, slug: string): number[] {
  return [...new Set([...numbers(text, { pattern: MENTION, slug }), ...closedBy(text, slug)])]
}

function numbers(text: string, { pattern, slug }: { pattern: RegExp; slug: string }): number[] {
  const found = [...text.matchAll(pattern)]
    .filter(([, other]) => other === undefined || other.toLowerCase() === slug.toLowerCase())
    .map((match) => Number(match[2]))
  return [...new Set(found)]
}
