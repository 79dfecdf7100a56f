/**
 * A commit to look at, in a folder of its own that goes away again: nobody's branch is checked out and
 * nothing that is done there can reach the work.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshen } from './remote.ts'
import { type GitAccess, runGit } from './run.ts'

export interface DetachedRequest extends GitAccess {
  readonly repoDir: string
  /** The commit; it must be part of one of `branches` of the remote. */
  readonly sha: string
  readonly branches: readonly string[]
}

/** @throws GitError when the remote does not have the commit (any more) */
export async function withDetachedCheckout<Result>(
  { repoDir, sha, branches, ...access }: DetachedRequest,
  look: (folder: string) => Promise<Result>,
): Promise<Result> {
  await freshen(branches, { ...access, cwd: repoDir, remote: 'origin' })
  const parent = await mkdtemp(join(tmpdir(), 'dev-loops-look-'))
  const folder = join(parent, 'checkout')
  try {
    await runGit(['worktree', 'add', '--quiet', '--detach', folder, sha], { ...access, cwd: repoDir })
    return await look(folder)
  } finally {
    const cleanUp = { ...access, signal: undefined, cwd: repoDir }
    await runGit(['worktree', 'remove', '--force', folder], { ...cleanUp, okCodes: [0, 128] })
    await rm(parent, { recursive: true, force: true })
  }
}
