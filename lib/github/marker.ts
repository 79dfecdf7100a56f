/**
 * The idempotency key of a text that we post, hidden in an HTML comment at its end.
 *
 * Anybody can write such a comment, so a marked text counts only when our own account wrote it.
 */
import type { RawActor } from './answers/parts.ts'

/** Two dashes in a row would end the HTML comment early and make the key visible. */
export function markerFor(key: string): string {
  return `<!-- dev-loops:${key.replace(/-(?=-)/g, '-.')} -->`
}

export function marked(body: string, key: string): string {
  return `${body}\n\n${markerFor(key)}`
}

/** What people see of a text of ours. */
export function withoutMarker(body: string): string {
  return body.replace(/\s*<!-- dev-loops:[^>]*-->/g, '')
}

/** GitHub names an app `name[bot]` as a viewer and `name` as an author. */
export function isSameAccount(author: Pick<NonNullable<RawActor>, 'login'> | null, login: string): boolean {
  return author !== null && plain(author.login) === plain(login)
}

function plain(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '')
}
