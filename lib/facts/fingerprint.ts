/**
 * A short name for a text that is the same although it was said again: numbers, hashes, quoting and white space
 * change between two tellings of one thing, words do not.
 *
 * It tells texts apart for people's convenience and guards nothing, so a hash without secrets will do; this one
 * needs no module, which keeps the facts free of any.
 */
export function fingerprint(...parts: readonly string[]): string {
  const text = parts.map(normalise).join('\n')
  return [0x811c9dc5, 0x01234567].map((seed) => hash(text, seed).toString(16).padStart(8, '0')).join('')
}

function normalise(text: string): string {
  return text
    .toLowerCase()
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/\b[0-9a-f]{7,40}\b/g, '#')
    .replace(/\d+(?:\.\d+)*/g, '#')
    .replace(/[`*_~>"'’]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** FNV-1a over UTF-16 units. */
function hash(text: string, seed: number): number {
  let value = seed
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}
