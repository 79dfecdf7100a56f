/**
 * What was observed of one issue, and of the pull requests that would close it, in one request.
 *
 * Only a closing reference links a pull request to an issue: a mere mention or a connection that was
 * taken back does not count (GitHub keeps those events for ever).
 */
import { z } from 'zod'
import { Account, listed, PolicyFileFact, RepositoryFact, SourceFact } from './pull-request.ts'

export const LinkedPullRequestFact = z.object({
  number: z.number().int(),
  repo: z.string(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  isDraft: z.boolean(),
  headBranch: z.string(),
  headRepo: z.string().nullable(),
  author: Account.nullable(),
})
export type LinkedPullRequestFact = z.infer<typeof LinkedPullRequestFact>

export const IssueFacts = z.object({
  schema: z.literal(1),
  kind: z.literal('issue'),
  source: SourceFact,
  observedAt: z.string(),
  repository: RepositoryFact,
  policyFile: PolicyFileFact,
  /** Head of the default branch: what the work starts from. */
  baseSha: z.string().nullable(),
  /** `null`: GitHub says that there is no such issue. */
  issue: z
    .object({
      id: z.string(),
      number: z.number().int(),
      url: z.string(),
      title: z.string(),
      body: z.string(),
      state: z.enum(['OPEN', 'CLOSED']),
      author: Account.nullable(),
      assignees: listed(z.string()),
      labels: listed(z.string()),
      pullRequests: listed(LinkedPullRequestFact),
      /** Open pull requests whose head is the branch that this issue's work is done on. */
      branchPullRequests: listed(LinkedPullRequestFact),
    })
    .nullable(),
})
export type IssueFacts = z.infer<typeof IssueFacts>
