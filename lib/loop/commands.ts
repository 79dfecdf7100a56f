/**
 * The command of each step that a command takes: the only place where such an argument array is made.
 *
 * Its values are numbers, checked slugs, run ids and commits. The one branch name that may appear is one
 * that we made ourselves from an issue's number: whatever others wrote stays out, because people and
 * agents paste these words into a shell.
 */
import type { DecisionTarget } from './decision.ts'

export interface CommandWords {
  readonly target: DecisionTarget
  /** `null` leaves `--run-id` out; the decision then says that it is missing. */
  readonly you: string | null
  readonly head: string | null
  /** Of a pull request: the issue that it closes, and its branch when the name is ours. */
  readonly issue: number | null
  readonly ownBranch: string | null
  /** Of an issue: the pull request to go on with. */
  readonly pullRequest: number | null
}

type Build = (words: CommandWords) => readonly string[]

const gate =
  (name: string): Build =>
  (words) => ['gate', 'run', ...named(words), '--gate', name, ...by(words)]

const plain =
  (...path: string[]): Build =>
  (words) => [...path, ...named(words), ...by(words)]

const BUILD = {
  claim: plain('ownership', 'claim'),
  recover: plain('recover'),
  create_worktree: plain('worktree', 'create'),
  adopt_remote: plain('worktree', 'create'),
  push: plain('git', 'push'),
  create_draft_pr: plain('pr', 'create'),
  continue_on_pull_request: (words) => ['next', ...pullRequest(words, words.pullRequest), ...by(words)],
  run_draft_gate: gate('draft_gate'),
  reconcile_draft_gate: gate('draft_gate'),
  run_pre_approval_gate: gate('pre_approval_gate'),
  mark_ready_for_review: plain('pr', 'ready'),
  request_copilot_review: plain('review', 'request'),
  rerequest_copilot_review: plain('review', 'request'),
  reply_resolve_review_threads: (words) => ['threads', 'resolve', ...named(words), '--answered', ...by(words)],
  merge: (words) => ['pr', 'merge', ...named(words), ...optional('--head', words.head), ...by(words)],
  remove_worktree: plain('worktree', 'remove'),
  release: plain('ownership', 'release'),
  release_branch: (words) => [
    'ownership',
    'release',
    '--repo',
    words.target.repo,
    ...optional('--branch', words.ownBranch),
    ...by(words),
  ],
  release_issue: (words) => [
    'ownership',
    'release',
    '--repo',
    words.target.repo,
    ...optional('--issue', words.issue),
    ...by(words),
  ],
} as const satisfies Readonly<Record<string, Build>>

export type CommandStep = keyof typeof BUILD

/** Every step that a command takes, for the test that runs each of them. */
export const COMMAND_STEPS = Object.keys(BUILD).filter(isCommandStep)

export function isCommandStep(step: string): step is CommandStep {
  return Object.hasOwn(BUILD, step)
}

export function commandFor(step: CommandStep, words: CommandWords): readonly string[] {
  return ['dev-loops', ...BUILD[step](words)]
}

/** The question itself, for whoever may not act on what was seen. */
export function askAgain(words: CommandWords): readonly string[] {
  return ['dev-loops', 'next', ...named(words), ...by(words)]
}

/** Whether a branch bears a name of the form that we give: any prefix of safe letters, then `issue-<n>`. */
export function isOwnBranchName(branch: string): boolean {
  return /^(?:[A-Za-z0-9][A-Za-z0-9._-]*\/)*issue-[1-9][0-9]*$/.test(branch)
}

function named({ target }: CommandWords): readonly string[] {
  const kind = target.kind === 'pull_request' ? '--pr' : '--issue'
  return ['--repo', target.repo, kind, String(target.number)]
}

function pullRequest({ target }: CommandWords, number: number | null): readonly string[] {
  return ['--repo', target.repo, ...optional('--pr', number)]
}

function by({ you }: CommandWords): readonly string[] {
  return optional('--run-id', you)
}

function optional(flag: string, value: string | number | null): readonly string[] {
  return value === null ? [] : [flag, String(value)]
}
