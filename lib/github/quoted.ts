/**
 * What a server says may end up in an error: one line of it, without anything that looks like a token.
 */
import { withoutSecrets } from '../redact.ts'

/** One line of a server's words, cut to what a person reads, without control characters. */
export function quoted(text: string, token: string | null): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a server's text must not move the reader's cursor
  const line = withoutSecrets(text, [token]).replace(/[\u0000-\u001f\u007f]+/g, ' ')
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}
