/**
 * What a runner and the supervisor of its agent say to each other: one JSON object a line.
 *
 * The runner's end of this channel is also its sign of life: when it closes, by whatever death, the
 * supervisor ends the agent.
 */

/** The channel's file descriptor in the supervisor; the agent does not inherit it. */
export const CHANNEL_FD = 3

/** How long a process group has between being asked to end and being ended. */
export const GRACE_MS = 5000

/** Sent once; until it arrives nothing is started. */
export interface Order {
  readonly argv: readonly string[]
  readonly cwd: string
  /** What the agent reads on stdin; `null`: nothing. */
  readonly stdinFile: string | null
  readonly logFile: string
  readonly logLimitBytes: number
  readonly timeLimitMs: number
  readonly graceMs: number
}

export type EndReason = 'time_limit' | 'runner_gone' | 'asked'

/** Sent once, when the agent and all of its group have ended or are about to be killed. */
export type Report =
  | {
      readonly kind: 'ended'
      readonly exit: number | null
      readonly signal: string | null
      /** Why the supervisor ended it; `null`: it ended by itself. */
      readonly endedFor: EndReason | null
      /** Processes that the agent left behind and that were ended too. */
      readonly leftBehind: number
    }
  | { readonly kind: 'not_started'; readonly code: string; readonly message: string }
