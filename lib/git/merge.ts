/**
 * Merges one commit into the branch of a worktree, and tells a conflict from a failure by looking.
 */
import { GitError } from '../errors.ts'
import { accept, type Outcome, refuse } from '../outcome.ts'
import { identityVariables, readIdentity } from './identity.ts'
import { readCommit } from './remote.ts'
import { type GitAccess, runGit } from './run.ts'
import { readStatus, readUnfinished } from './status.ts'

export interface MergeRequest extends GitAccess {
  readonly worktree: string
}

export type Merged =
  | { readonly state: 'merged'; readonly head: string }
  | { readonly state: 'conflicted'; readonly conflicted: readonly string[] }

export interface MergeCommitRequest extends MergeRequest {
  readonly branch: string
  readonly commit: string
  /** Subject of the merge commit, where one is needed. */
  readonly title: string
  /** `leave`: the markers stay in the files, and the merge waits to be committed. */
  readonly onConflict: 'undo' | 'leave'
}

/**
 * @returns refused `worktree_dirty` when there are changes that no commit holds, `precondition_failed`
 *   when the worktree has another branch checked out
 * @throws GitError when the merge failed for another reason than a conflict; the worktree is as before
 */
export async function mergeCommit(request: MergeCommitRequest): Promise<Outcome<Merged>> {
  const options = { ...request, cwd: request.worktree }
  const unready = await refuseUnready(request)
  if (unready) return unready

  const identity = identityVariables(await readIdentity(options))
  const args = ['merge', '--quiet', '--no-edit', '--no-verify', '--no-autostash', '-m', request.title, request.commit]
  const { exitCode, stderr } = await runGit(args, { ...options, extraEnv: identity, okCodes: [0, 1, 2, 128] })
  if (exitCode === 0) return accept({ state: 'merged', head: await headOf(options) })

  const { conflicted } = await readStatus(options)
  const keep = conflicted.length > 0 && request.onConflict === 'leave'
  if (!keep && (await readUnfinished(options)).includes('MERGE_HEAD')) await runGit(['merge', '--abort'], options)
  if (conflicted.length > 0) return accept({ state: 'conflicted', conflicted })
  throw new GitError('git_failed', `the merge into ${request.branch} failed; nothing was changed`, {
    exitCode,
    stderr: stderr.trim().slice(-2000),
  })
}

async function refuseUnready({ branch, worktree, ...request }: MergeCommitRequest) {
  const status = await readStatus({ ...request, cwd: worktree })
  if (status.branch !== branch) {
    const found = status.branch ?? 'no branch'
    return refuse('precondition_failed', `${worktree} has ${found} checked out, not ${branch}`, {
      checkedOut: status.branch,
    })
  }

  // Untracked files stay: git refuses by itself to write over one.
  const changed = [...status.modified, ...status.conflicted]
  if (changed.length === 0) return null
  return refuse('worktree_dirty', `${changed.length} changes in ${worktree} are not committed; commit them first`, {
    modified: status.modified,
    conflicted: status.conflicted,
  })
}

async function headOf(options: GitAccess & { cwd: string }): Promise<string> {
  const head = await readCommit('HEAD', options)
  if (head === null) throw new GitError('git_failed', 'the worktree lost its head during a merge', { cwd: options.cwd })
  return head
}
