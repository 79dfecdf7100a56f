/**
 * A name for one write that no other write ever has: who writes, when to the nanosecond, and chance for
 * two containers whose processes have the same number.
 *
 * It is no secret, so it needs no cryptography, whose module alone takes longer to load than a renewal.
 */

/** Digits and small letters. */
export function newWriteId(): string {
  const parts = [process.pid, process.hrtime.bigint(), Math.floor(Math.random() * 2 ** 52)]
  return parts.map((part) => part.toString(36)).join('')
}
