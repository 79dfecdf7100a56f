/**
 * The idempotency key of a text that we post, hidden in an HTML comment at its end.
 *
 * Anybody can write such a comment, so a marked text counts only when our own account wrote it.
 */
import { sameLogin } from '../facts/identity.ts'
import type { RawActor } from './answers/parts.ts'
import { asAuthor } from './translate/parts.ts'

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

/** @param viewer our own login as GitHub names the viewer */
export function isOurs(author: RawActor, viewer: string): boolean {
  return sameLogin(author?.login, asAuthor(viewer))
}
