/**
 * Would a push lose or undo what somebody else did?
 */
import { type Refusal, refuse } from '../outcome.ts'
import { findForeignLost, findUndone } from './foreign.ts'
import { readGitFolder, readOwner } from './list-worktrees.ts'
import type { PushPlan, PushRequest } from './push.ts'
import { isAncestor, readMergeBase } from './remote.ts'

type Change = Pick<PushPlan, 'branch' | 'before' | 'after'> & {
  /** Where the base stands; `null`: it does not exist. */
  readonly baseHead: string | null
}

/** @returns `not_fast_forward`, `foreign_commits`, or `null` when nobody loses anything */
export async function refuseLoss(change: Change, request: PushRequest): Promise<Refusal | null> {
  const { branch, before, after, baseHead } = change
  const options = { ...request, cwd: request.worktree }
  if (baseHead !== null && (await readMergeBase(baseHead, after, options)) === null) return refuseUnrelated(change)
  if (before === null) return null
  const rewritten = (await isAncestor(before, after, options)) ? null : await refuseRewrite(change, request)
  if (rewritten !== null || baseHead === null) return rewritten

  const adopted = (await readOwner(await readGitFolder(options)))?.adopted ?? []
  const undone = await findUndone({ baseHead, remoteHead: before, head: after, adopted }, options)
  if (undone !== null && undone.length === 0) return null
  const message = `the new commits undo what somebody else committed to ${branch}; a person must say which holds`
  return refuse('foreign_commits', message, { branch, undone: undone?.slice(0, 20) ?? null })
}

/** Such a branch could never become a pull request, and nothing tells what of it is whose. */
function refuseUnrelated({ branch, after, baseHead }: Change): Refusal {
  const message = `${after} shares no commit with the base of ${branch}; make the work anew on top of the base`
  return refuse('not_fast_forward', message, { branch, baseHead, head: after })
}

async function refuseRewrite(
  { branch, before, after, baseHead }: Change,
  request: PushRequest,
): Promise<Refusal | null> {
  const details = { branch, remoteHead: before, head: after }
  if (!request.rewrite || before === null) {
    const message = `${branch} on the remote has commits that are not part of ${after}; adopt them, or say --rewrite when they are your own and are to be replaced`
    return refuse('not_fast_forward', message, details)
  }
  const options = { ...request, cwd: request.worktree }
  const kept = baseHead === null ? [after] : [after, baseHead]
  const adopted = (await readOwner(await readGitFolder(options)))?.adopted ?? []
  const lost = await findForeignLost({ remoteHead: before, kept, adopted }, options)
  if (lost !== null && lost.length === 0) return null
  const message = `the commits that would be lost from ${branch} are not all your own; adopt them, history of others is never replaced`
  return refuse('foreign_commits', message, { ...details, lost: lost?.slice(0, 20) ?? null })
}
