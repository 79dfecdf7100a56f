/**
 * Brings a moved base into the branch. A conflict is left in the files: the next step is an agent's,
 * and it gets the worktree with the merge begun.
 */
import { accept, type Outcome, refuse } from '../outcome.ts'
import { type MergeRequest, mergeCommit } from './merge.ts'
import { freshen, isAncestor, readCommit } from './remote.ts'
import { readStatus, readUnfinished } from './status.ts'

export interface UpdateRequest extends MergeRequest {
  readonly branch: string
  readonly base: string
  /** Default: `origin`. */
  readonly remote?: string
}

export type Updated =
  | { readonly action: 'contained' | 'merged'; readonly head: string; readonly baseHead: string }
  /** `resumed`: the merge was begun before, and some files still wait, or only the commit does. */
  | { readonly action: 'conflicted' | 'resumed'; readonly conflicted: readonly string[]; readonly baseHead: string }

/**
 * @returns what was done; refused `worktree_dirty` or `precondition_failed` before anything is changed
 * @throws GitError
 */
export async function updateBranchFromBase(request: UpdateRequest): Promise<Outcome<Updated>> {
  const { worktree, branch, base, remote = 'origin' } = request
  const options = { ...request, cwd: worktree }
  const baseHead = (await freshen([base], { ...options, remote })).heads.get(base)
  if (baseHead === undefined) return refuse('precondition_failed', `the remote has no branch ${base}`, { base })
  if ((await readUnfinished(options)).includes('MERGE_HEAD')) {
    return accept({ action: 'resumed', conflicted: (await readStatus(options)).conflicted, baseHead })
  }

  const head = await readCommit(`refs/heads/${branch}`, options)
  if (head === null) return refuse('precondition_failed', `there is no local branch ${branch}`, { branch })
  if (await isAncestor(baseHead, head, options)) return accept({ action: 'contained', head, baseHead })

  const merged = await mergeCommit({
    ...request,
    commit: baseHead,
    title: `Merge ${base} into ${branch}`,
    onConflict: 'leave',
  })
  if (!merged.ok) return merged
  return merged.value.state === 'merged'
    ? accept({ action: 'merged', head: merged.value.head, baseHead })
    : accept({ action: 'conflicted', conflicted: merged.value.conflicted, baseHead })
}
