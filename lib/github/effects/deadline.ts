/**
 * How long a write may still land after it was sent. Recovery waits this long before it looks, so it
 * is also the time limit of the request itself.
 */
export const WRITE_DEADLINE_MS = 30_000

/** Room for the request to end before the effect's own signal ends it, so that its error says what happened. */
export const WRITE_TIMEOUT_MS = 25_000
