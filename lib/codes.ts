/**
 * Every code that a command, a refusal or an error may carry, and the exit code it ends in.
 *
 * The codes are a promise to programs and agents: they are added, never renamed. Exit codes are the
 * one table of the design: 0 done, 1 a bug of ours, 2 usage or configuration, 3 refused, 4 waiting,
 * 5 the outside failed, 10 a person is needed, 11 cancelled or asked to stop.
 */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  refused: 3,
  waiting: 4,
  outside: 5,
  human: 10,
  stopped: 11,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const CODES = {
  internal_error: EXIT.bug,

  usage: EXIT.usage,
  unknown_command: EXIT.usage,
  unknown_option: EXIT.usage,
  invalid_value: EXIT.usage,
  run_id_required: EXIT.usage,
  config_invalid: EXIT.usage,
  not_a_checkout: EXIT.usage,
  agent_not_configured: EXIT.usage,

  active_run_exists: EXIT.refused,
  ownership_lost: EXIT.refused,
  ownership_missing: EXIT.refused,
  lease_active: EXIT.refused,
  lease_expired: EXIT.refused,
  stale_token: EXIT.refused,
  stale_runner: EXIT.refused,
  worker_not_found: EXIT.refused,
  target_not_found: EXIT.refused,
  not_permitted: EXIT.refused,
  policy_unproved: EXIT.refused,
  precondition_failed: EXIT.refused,
  head_moved: EXIT.refused,
  not_fast_forward: EXIT.refused,
  worktree_dirty: EXIT.refused,
  gate_not_passed: EXIT.refused,
  fork_not_allowed: EXIT.refused,
  protected_branch: EXIT.refused,
  foreign_commits: EXIT.refused,

  still_waiting: EXIT.waiting,

  config_not_written: EXIT.outside,
  state_unreadable: EXIT.outside,
  store_unavailable: EXIT.outside,
  store_contended: EXIT.outside,
  store_refs_forbidden: EXIT.outside,
  token_missing: EXIT.outside,
  token_rejected: EXIT.outside,
  rate_limited: EXIT.outside,
  github_unreachable: EXIT.outside,
  github_failed: EXIT.outside,
  github_answer_invalid: EXIT.outside,
  git_failed: EXIT.outside,
  push_rejected: EXIT.outside,
  agent_failed: EXIT.outside,
  timed_out: EXIT.outside,

  budget_spent: EXIT.human,
  person_needed: EXIT.human,

  exit_signal_recorded: EXIT.stopped,
  cancelled: EXIT.stopped,
} as const satisfies Record<string, ExitCode>

export type Code = keyof typeof CODES

/** The exit code that a refusal or error with this code ends in. */
export function exitCodeFor(code: Code): ExitCode {
  return CODES[code]
}
