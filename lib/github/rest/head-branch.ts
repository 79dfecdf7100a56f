/** Whose branch a pull request is, over REST: two requests. */
import type { PullRequestHead } from '../head-branch.ts'
import { restPath } from '../repository.ts'
import { RestPull, RestRepository } from './answers.ts'
import { type RestReading, readIfThere, readRest } from './read.ts'
import { pullFrom } from './translate.ts'

/** @returns `null` when there is no such pull request */
export async function readHeadBranchByRest(
  { repo, number }: { readonly repo: string; readonly number: number },
  reading: RestReading,
): Promise<PullRequestHead | null> {
  const { node_id: repositoryId, full_name } = await readRest(restPath(repo), RestRepository, reading)
  const raw = await readIfThere(readRest(`${restPath(full_name)}/pulls/${number}`, RestPull, reading))
  if (raw === null) return null
  const { head, state, isCrossRepository } = pullFrom(raw)
  const ours = state === 'OPEN' && !isCrossRepository
  return {
    branch: head.branch,
    repo: head.repo ?? full_name.toLowerCase(),
    repositoryId,
    openAt: ours ? head.sha : null,
  }
}
