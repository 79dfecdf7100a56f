/**
 * Can the remote of a branch refuse a push of a run that lost its right? Only if the records of the owner
 * are refs of the very same repository, so that both change in one step.
 */
import type { Fence, Fencing, PinnedReason } from '../../git/push-fenced.ts'
import { readPushUrls } from '../../git/remote.ts'
import { sameRepository } from '../../git/same-repository.ts'
import { accept } from '../../outcome.ts'
import { fencedPush } from '../../ownership/fence.ts'
import type { OwnershipContext } from '../../ownership/service.ts'
import type { Workplace } from '../worktree/workplace.ts'

export interface Pusher {
  readonly runId: string
  /** Of the claim on the target. */
  readonly token: number
  /** Of the claim on the branch. */
  readonly branchToken: number
  readonly ownership: OwnershipContext
}

export async function fencingFor(place: Workplace, pusher: Pusher): Promise<Fencing> {
  const reason = await whyPinned(place, pusher.ownership)
  return reason === null ? { level: 'fenced', send: bind(place, pusher) } : { level: 'pinned', reason }
}

async function whyPinned(
  { fork, remote, repoDir, git }: Workplace,
  { store }: OwnershipContext,
): Promise<PinnedReason | null> {
  if (store.swapTogether === undefined || store.remote === undefined) return 'records_not_in_git'
  if (fork !== null) return 'fork_head'
  const [url, ...others] = await readPushUrls(remote, { ...git, cwd: repoDir })
  const isSame = url !== undefined && others.length === 0 && (await sameRepository(url, store.remote, repoDir))
  return isSame ? null : 'records_elsewhere'
}

function bind({ target, branchRepo, branch }: Workplace, { runId, token, branchToken, ownership }: Pusher): Fence {
  return async (change, { signal, deadlineMs }) => {
    const { expected: before, next: after } = change
    const sent = await fencedPush(
      {
        runId,
        target,
        token,
        branch: { host: target.host, repo: branchRepo, branch },
        branchToken,
        refs: [change],
        entry: { type: 'push', branch, before, after, runId, token },
        deadlineMs,
        signal,
      },
      ownership,
    )
    if (sent.ok) return accept('sent')
    return 'unsupported' in sent ? accept('unsupported') : sent
  }
}
