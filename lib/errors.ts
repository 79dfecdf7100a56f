/**
 * Failures: something outside did not do its part, or was handed to us broken.
 *
 * They are thrown at the edge and caught in one place only, the command runner, which prints them
 * and picks the exit code from codes.ts. `details` holds facts for programs; secrets never enter it.
 */
import type { Code } from './codes.ts'

export type Details = Readonly<Record<string, unknown>>

export class DevLoopsError extends Error {
  constructor(
    readonly code: Code,
    message: string,
    readonly details: Details = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = new.target.name
  }
}

/** The words of the call are wrong; nothing was run. */
export class UsageError extends DevLoopsError {}

/** A configuration file cannot be obeyed. */
export class ConfigError extends DevLoopsError {}

/** GitHub, or the way to it, failed. */
export class GitHubError extends DevLoopsError {}

/** git failed, or answered what cannot be used. */
export class GitError extends DevLoopsError {}

/** The store of records could not be read or written. */
export class StoreError extends DevLoopsError {}

/** An agent or reviewer process could not be run to its end. */
export class AgentError extends DevLoopsError {}
