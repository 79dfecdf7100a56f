/**
 * What a server says may end up in an error, so anything that looks like a token is taken out before
 * a message is made: by the published shapes, and the very token that was sent.
 */
const SHAPES = /\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,})\b|(?<=:\/\/)[^/@\s]+(?=@)/g

function withoutSecrets(text: string, token: string | null): string {
  const clean = text.replace(SHAPES, '[secret]')
  return token === null || token.length === 0 ? clean : clean.replaceAll(token, '[secret]')
}

/** One line of a server's words, cut to what a person reads, without control characters. */
export function quoted(text: string, token: string | null): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a server's text must not move the reader's cursor
  const line = withoutSecrets(text, token).replace(/[\u0000-\u001f\u007f]+/g, ' ')
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}
