/**
 * Pushes one commit to one branch: only forward, and only if the remote still holds what was decided on.
 *
 * Pinned (design §6): the remote itself compares the old head, so a stale decision is refused there; a
 * displaced run that pushes the very same commit is not; push-fenced.ts binds a push to its owner. git's
 * lease option would also allow history to be replaced, so that the old head is part of the new one is
 * checked before, and both together mean a fast-forward. Whatever goes wrong on the way, the remote is asked what it holds: a push may land after
 * its answer was lost.
 */
import { resolve } from 'node:path'
import { DevLoopsError, GitError } from '../errors.ts'
import { accept, type Outcome, type Refusal, refuse } from '../outcome.ts'
import { isBranchName } from '../target.ts'
import { isProtectedBranch } from './branch-name.ts'
import { refuseLoss } from './loss.ts'
import { freshen, readCommit, readRemote } from './remote.ts'
import { type GitAccess, readGitLine, runGit } from './run.ts'

export interface PushRequest extends GitAccess {
  /** Worktree or any folder of the repository. */
  readonly worktree: string
  readonly branch: string
  /** The base that the work is for; it is never pushed to. */
  readonly base: string
  /** Where the remote's branch stood when the push was decided; `null`: it did not exist. */
  readonly expectedRemoteHead: string | null
  /** Default: the local branch's commit. */
  readonly newHead?: string
  /** Default: `origin`; an address for a fork. */
  readonly remote?: string
  /** Names and patterns from policy. The remote's default branch is always protected. */
  readonly protectedBranches: readonly string[]
  /** Given when the branch lies in another repository than the pull request. */
  readonly fork?: { readonly allowed: boolean; readonly maintainerCanModify: boolean }
  /** Longest time until the push can still land. */
  readonly deadlineMs?: number
  /** History may be replaced, as long as no commit of somebody else is lost. */
  readonly rewrite?: boolean
}

export interface PushPlan {
  readonly branch: string
  readonly remote: string
  readonly before: string | null
  readonly after: string
  /** The remote holds `after` already. */
  readonly found: boolean
}

export interface Pushed {
  readonly before: string | null
  readonly after: string
  readonly action: 'made' | 'found'
}

export const PUSH_DEADLINE_MS = 30_000

/** Plans, pushes, and asks the remote when the push did not succeed. Refusals are those of `planPush`. */
export async function pushBranch(request: PushRequest): Promise<Outcome<Pushed>> {
  const plan = await planPush(request)
  if (!plan.ok) return plan
  return plan.value.found ? accept(pushed(plan.value, 'found')) : await sendPush(plan.value, request)
}

/**
 * Everything that can be refused before anything is sent.
 *
 * @returns the plan; or refused: `fork_not_allowed`, `protected_branch`, `head_moved` (adopt what is there,
 *   then decide again), `not_fast_forward` (the remote's commits are not part of ours), `foreign_commits`
 *   (somebody's commit would be undone or lost), `precondition_failed`
 * @throws GitError
 */
export async function planPush(request: PushRequest): Promise<Outcome<PushPlan>> {
  const { branch, base, remote = 'origin', expectedRemoteHead: before } = request
  const options = { ...request, cwd: request.worktree }
  const refused = refuseBranch(request) ?? refuseFork(request)
  if (refused) return refused

  const after = await readCommit(request.newHead ?? `refs/heads/${branch}`, options)
  if (after === null)
    return refuse('precondition_failed', `there is no commit to push to ${branch}; create the branch first`)

  const { heads, defaultBranch } = await freshen([base, branch], { ...options, remote })
  if (branch === defaultBranch) return refuseProtected(branch)
  const now = heads.get(branch) ?? null
  const plan = { branch, remote, before, after, found: now === after }
  if (plan.found) return accept(plan)
  if (now !== before) return refuseMoved(plan, now)
  return (await refuseLoss({ ...plan, baseHead: heads.get(base) ?? null }, request)) ?? accept(plan)
}

/** Sends a plan that was not found to be done. */
export async function sendPush(plan: PushPlan, request: PushRequest): Promise<Outcome<Pushed>> {
  const { branch, remote, before, after } = plan
  const options = { ...request, cwd: request.worktree, timeoutMs: request.deadlineMs ?? PUSH_DEADLINE_MS }
  const ref = `refs/heads/${branch}`
  const flags = ['--porcelain', '--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no']
  const args = ['push', ...flags, `--force-with-lease=${ref}:${before ?? ''}`, '--', remote, `${after}:${ref}`]

  const failure = await attempt(() => runGit(args, { ...options, okCodes: [0, 1] }))
  if (!(failure instanceof GitError) && failure.exitCode === 0) return accept(pushed(plan, 'made'))

  const now = await askAgain(plan, request, failure)
  if (now === after) return accept(pushed(plan, 'found'))
  if (now !== before) return refuseMoved(plan, now)
  if (failure instanceof GitError) throw failure
  throw rejected(plan, failure.stdout)
}

function pushed({ before, after }: PushPlan, action: Pushed['action']): Pushed {
  return { before, after, action }
}

async function attempt<Value>(act: () => Promise<Value>): Promise<Value | GitError> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof GitError) return error
    throw error
  }
}

/**
 * Where the branch stands after a push that did not clearly succeed.
 *
 * @param failure why it did not; the better explanation when the remote cannot be asked either
 */
export async function askAgain(plan: PushPlan, request: PushRequest, failure: unknown): Promise<string | null> {
  const { branch, remote } = plan
  // A cancelled push may have landed too, so the question is not cancelled with it.
  const asked = { cwd: request.worktree, remote, access: request.access, env: request.env, timeoutMs: PUSH_DEADLINE_MS }
  const state = await attempt(() => readRemote([branch], asked))
  if (state instanceof GitError) throw failure instanceof DevLoopsError ? failure : state
  return state.heads.get(branch) ?? null
}

function refuseBranch({ branch, base, protectedBranches }: PushRequest): Refusal | null {
  if (!isBranchName(branch))
    return refuse('invalid_value', `${JSON.stringify(branch)} is not a branch name`, { branch })
  return branch === base || isProtectedBranch(branch, protectedBranches) ? refuseProtected(branch) : null
}

function refuseProtected(branch: string): Refusal {
  return refuse('protected_branch', `${branch} is protected; push to a branch of its own and open a pull request`, {
    branch,
  })
}

function refuseFork({ branch, fork }: PushRequest): Refusal | null {
  if (!fork || (fork.allowed && fork.maintainerCanModify)) return null
  const why = fork.allowed
    ? 'its owner does not let maintainers push to it'
    : 'pushing to a fork was not asked for (--allow-fork)'
  return refuse('fork_not_allowed', `${branch} lies in a fork, and ${why}`, { branch })
}

export function refuseMoved({ branch, before }: PushPlan, now: string | null): Refusal {
  const found = now === null ? 'no longer exists there' : `is at ${now} there`
  const message = `${branch} ${found}, not at ${before ?? 'nothing'} as expected; adopt what is there, then ask for the next step`
  return refuse('head_moved', message, { branch, expected: before, actual: now })
}

/** The folder that holds the objects of all worktrees. */
export async function readObjects(options: GitAccess & { cwd: string }): Promise<string> {
  return resolve(options.cwd, await readGitLine(['rev-parse', '--git-common-dir'], options))
}

function rejected({ branch }: PushPlan, porcelain: string): GitError {
  const line = porcelain.split('\n').find((candidate) => candidate.startsWith('!\t'))
  const reason = line?.split('\t')[2] ?? 'no reason given'
  return new GitError('push_rejected', `the remote refused the push to ${branch}: ${reason.slice(0, 300)}`, {
    branch,
    reason,
  })
}
