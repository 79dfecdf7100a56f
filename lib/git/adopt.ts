/**
 * Takes in what somebody else pushed to the branch, before anything of ours goes on top.
 *
 * Only forward: the branch is moved ahead or the remote's head is merged, and no commit is rewritten, so
 * what others have seen stays true. What was taken in is noted for the worktree: undoing it later stops
 * the run.
 */

import { accept, type Outcome, refuse } from '../outcome.ts'
import { isBranchName } from '../target.ts'
import { readGitFolder, readOwner, writeOwner } from './list-worktrees.ts'
import { type MergeRequest, mergeCommit } from './merge.ts'
import { freshen, isAncestor, readCommit, readMergeBase } from './remote.ts'

export interface AdoptRequest extends MergeRequest {
  readonly branch: string
  /** Default: `origin`. */
  readonly remote?: string
}

export interface Adopted {
  /** `absent`: the remote has no such branch. `contained`: there was nothing new. */
  readonly action: 'absent' | 'contained' | 'moved_ahead' | 'merged'
  readonly before: string
  readonly head: string
  readonly remoteHead: string | null
}

/**
 * @returns what was done; refused `worktree_dirty` when uncommitted changes stand in the way, or
 *   `foreign_commits` when the two sides contradict each other: the merge is undone and a person decides
 * @throws GitError
 */
export async function adoptRemote(
  request: AdoptRequest,
): Promise<Outcome<Adopted, { conflicted?: readonly string[] }>> {
  const { worktree, branch, remote = 'origin' } = request
  const options = { ...request, cwd: worktree }
  const before = isBranchName(branch) ? await readCommit(`refs/heads/${branch}`, options) : null
  if (before === null) return refuse('precondition_failed', `there is no local branch ${branch} to adopt into`)

  const remoteHead = (await freshen([branch], { ...options, remote })).heads.get(branch) ?? null
  if (remoteHead === null) return accept({ action: 'absent', before, head: before, remoteHead })
  if (await isAncestor(remoteHead, before, options))
    return accept({ action: 'contained', before, head: before, remoteHead })

  if ((await readMergeBase(remoteHead, before, options)) === null) {
    const message = `${branch} on the remote shares no commit with the one here; a person must say which holds`
    return refuse('foreign_commits', message, { remoteHead, head: before })
  }

  const title = `Merge what others pushed to ${branch}`
  const merged = await mergeCommit({ ...request, commit: remoteHead, title, onConflict: 'undo' })
  if (!merged.ok) return merged
  if (merged.value.state === 'conflicted') {
    const { conflicted } = merged.value
    const message = `${branch} on the remote contradicts the commits here; a person must say which holds`
    return refuse('foreign_commits', message, { conflicted, remoteHead, head: before })
  }

  await noteAdopted({ from: before, to: remoteHead }, options)
  const { head } = merged.value
  return accept({ action: head === remoteHead ? 'moved_ahead' : 'merged', before, head, remoteHead })
}

async function noteAdopted(range: { from: string; to: string }, options: { cwd: string }): Promise<void> {
  const folder = await readGitFolder(options)
  const owner = await readOwner(folder)
  if (owner) await writeOwner(folder, { ...owner, adopted: [...owner.adopted, range] })
}
