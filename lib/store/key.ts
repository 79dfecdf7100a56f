/**
 * What may be a key: any text that has one spelling in UTF-8, so that no two keys share a record.
 */
import { UsageError } from '../errors.ts'

/** Host, slug and the longest branch name, each character at its longest, with room to spare. */
const LONGEST_KEY_BYTES = 1_500

/** @throws UsageError `invalid_value` for an empty, overlong or malformed key */
export function checkKey(key: string): void {
  if (key !== '' && key.isWellFormed() && isShort(key)) return

  const shown = key.length > 60 ? `${key.slice(0, 60)}…` : key
  throw new UsageError(
    'invalid_value',
    `${JSON.stringify(shown)} cannot name a record; give well-formed text of 1 to ${LONGEST_KEY_BYTES} bytes`,
    { what: 'key', value: shown },
  )
}

/** A character has three bytes at most (one of four is two for `length`), so most keys need no counting. */
function isShort(key: string): boolean {
  return key.length * 3 <= LONGEST_KEY_BYTES || Buffer.byteLength(key) <= LONGEST_KEY_BYTES
}
