/** Every worktree that a run made in this clone, with what git says of it. */

import { findCommonGitDir } from '../../checkout.ts'
import { UsageError } from '../../errors.ts'
import type { LocalFacts } from '../../facts/local.ts'
import { listWorktrees } from '../../git/list-worktrees.ts'
import { readLocalFacts } from '../../git/local-facts.ts'
import { openGit } from '../asking.ts'
import type { CommandContext } from '../define.ts'

export interface Described {
  readonly worktrees: readonly { readonly runId: string; readonly facts: LocalFacts }[]
  readonly byHand: number
}

export async function describeWorktrees(fresh: boolean, context: CommandContext): Promise<Described> {
  const { cwd, env, signal } = context
  if (findCommonGitDir(cwd) === null) {
    throw new UsageError(
      'not_a_checkout',
      'this is no git checkout; change into one, since worktrees belong to a clone',
    )
  }

  const git = fresh ? await openGit(cwd, context) : { env, signal }
  const all = await listWorktrees({ ...git, cwd })
  const worktrees: Described['worktrees'][number][] = []
  for (const { path, prunable, owner } of all) {
    if (owner === null) continue
    const { branch, base, remote, runId } = owner
    const request = { ...git, repoDir: cwd, worktree: prunable ? null : path, branch, base, remote, fresh }
    worktrees.push({ runId, facts: await readLocalFacts(request) })
  }
  return { worktrees, byHand: all.filter(({ owner, main }) => owner === null && !main).length }
}
