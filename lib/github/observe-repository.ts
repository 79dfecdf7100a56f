/**
 * What a repository and the token allow, and the policy on the default branch: for those who look before
 * there is a target.
 */
import { z } from 'zod'
import type { PolicyFileFact, RepositoryFact } from '../facts/pull-request.ts'
import { RawBase, RawRepository, RawViewer } from './answers/parts.ts'
import { readAnswer } from './answers/read.ts'
import type { GitHubClient } from './client.ts'
import { REPOSITORY_FACTS } from './queries/lookups.ts'
import { ownerAndName } from './repository.ts'
import { policyFileOf, repositoryOf } from './translate/parts.ts'

const Answer = z.object({
  viewer: RawViewer,
  repository: RawRepository.extend({
    isArchived: z.boolean(),
    hasIssuesEnabled: z.boolean(),
    mergeCommitAllowed: z.boolean(),
    squashMergeAllowed: z.boolean(),
    rebaseMergeAllowed: z.boolean(),
    base: RawBase,
  }),
})

export interface RepositoryObserved {
  readonly repository: RepositoryFact
  readonly policyFile: PolicyFileFact
  readonly isArchived: boolean
  readonly hasIssuesEnabled: boolean
  /** Which values of `merge.method` GitHub would take. */
  readonly mergeMethods: readonly ('squash' | 'merge' | 'rebase')[]
}

/** @throws GitHubError `target_not_found` when there is no such repository, or the token may not see it */
export async function observeRepository(
  client: GitHubClient,
  { host, repo }: { readonly host: string; readonly repo: string },
  signal?: AbortSignal,
): Promise<RepositoryObserved> {
  const mayBeMissing = (path: string) => /^repository\.base\.target\.(plain|yaml|yml|json)$/.test(path)
  const answer = await client.graphql(REPOSITORY_FACTS, ownerAndName(repo), { signal, mayBeMissing })
  const { viewer, repository: raw } = readAnswer(Answer, answer)
  const allowed = { squash: raw.squashMergeAllowed, merge: raw.mergeCommitAllowed, rebase: raw.rebaseMergeAllowed }
  return {
    repository: repositoryOf(raw, { host, viewer: viewer.login }),
    policyFile: policyFileOf(raw.base),
    isArchived: raw.isArchived,
    hasIssuesEnabled: raw.hasIssuesEnabled,
    mergeMethods: (['squash', 'merge', 'rebase'] as const).filter((method) => allowed[method]),
  }
}
