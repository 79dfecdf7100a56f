/**
 * Every code that a command, a refusal or an error may carry, and the exit code it ends in.
 *
 * The codes are a promise to programs and agents: they are added, never renamed. Exit codes are the
 * one table of the design: 0 done, 1 a bug of ours, 2 usage or configuration, 3 refused, 4 waiting,
 * 5 the outside failed, 10 a person is needed, 11 cancelled or asked to stop.
 */
/** Names of their own, because the build puts the numbers in their place: an object of constants is made at once. */
const BUG = 1
const USAGE = 2
const REFUSED = 3
const WAITING = 4
const OUTSIDE = 5
const HUMAN = 10
const STOPPED = 11

export const EXIT = {
  done: 0,
  bug: BUG,
  usage: USAGE,
  refused: REFUSED,
  waiting: WAITING,
  outside: OUTSIDE,
  human: HUMAN,
  stopped: STOPPED,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const CODES = {
  internal_error: BUG,

  usage: USAGE,
  unknown_command: USAGE,
  unknown_option: USAGE,
  invalid_value: USAGE,
  run_id_required: USAGE,
  config_invalid: USAGE,
  not_a_checkout: USAGE,
  facts_unreadable: USAGE,
  facts_not_written: USAGE,
  agent_not_configured: USAGE,

  active_run_exists: REFUSED,
  ownership_lost: REFUSED,
  ownership_missing: REFUSED,
  lease_active: REFUSED,
  lease_expired: REFUSED,
  stale_token: REFUSED,
  stale_runner: REFUSED,
  worker_not_found: REFUSED,
  target_not_found: REFUSED,
  not_permitted: REFUSED,
  policy_unproved: REFUSED,
  precondition_failed: REFUSED,
  head_moved: REFUSED,
  not_fast_forward: REFUSED,
  worktree_dirty: REFUSED,
  gate_not_passed: REFUSED,
  fork_not_allowed: REFUSED,
  protected_branch: REFUSED,
  foreign_commits: REFUSED,

  still_waiting: WAITING,

  config_not_written: OUTSIDE,
  state_unreadable: OUTSIDE,
  store_unavailable: OUTSIDE,
  store_contended: OUTSIDE,
  store_refs_forbidden: OUTSIDE,
  token_missing: OUTSIDE,
  token_rejected: OUTSIDE,
  rate_limited: OUTSIDE,
  github_unreachable: OUTSIDE,
  github_failed: OUTSIDE,
  github_answer_invalid: OUTSIDE,
  git_failed: OUTSIDE,
  push_rejected: OUTSIDE,
  agent_failed: OUTSIDE,
  timed_out: OUTSIDE,

  budget_spent: HUMAN,
  person_needed: HUMAN,

  exit_signal_recorded: STOPPED,
  cancelled: STOPPED,
} as const satisfies Record<string, ExitCode>

export type Code = keyof typeof CODES

/** The exit code that a refusal or error with this code ends in. */
export function exitCodeFor(code: Code): ExitCode {
  return CODES[code]
}
