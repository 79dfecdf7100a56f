/** What GitHub answers about many pull requests at once. */
import { z } from 'zod'
import { page, RawBase, RawRateLimit, RawRepository, RawViewer } from './parts.ts'
import { RawPullRequest } from './pull-request.ts'

export const OpenPullRequestsAnswer = z.object({
  viewer: RawViewer,
  rateLimit: RawRateLimit,
  repository: RawRepository.extend({ base: RawBase, list: page(RawPullRequest) }),
})
export type OpenPullRequestsAnswer = z.infer<typeof OpenPullRequestsAnswer>

export const PullRequestsByIdAnswer = z.object({
  viewer: RawViewer,
  rateLimit: RawRateLimit,
  repository: RawRepository,
  nodes: z.array(RawPullRequest.nullable()),
})
export type PullRequestsByIdAnswer = z.infer<typeof PullRequestsByIdAnswer>

const Counts = z.array(z.object({ state: z.string(), count: z.number().int() })).nullable()

const RawLightCommit = z.object({
  oid: z.string(),
  checkSuites: z
    .object({ totalCount: z.number().int(), nodes: z.array(z.object({ status: z.string() }).nullable()).nullable() })
    .nullable(),
  statusCheckRollup: z
    .object({
      state: z.string(),
      contexts: z.object({
        totalCount: z.number().int(),
        checkRunCountsByState: Counts,
        statusContextCountsByState: Counts,
      }),
    })
    .nullable(),
})

export const RawLightPullRequest = z.object({
  id: z.string(),
  number: z.number().int(),
  updatedAt: z.string(),
  isDraft: z.boolean(),
  headRefOid: z.string(),
  baseRefName: z.string(),
  baseRef: z.object({ target: z.object({ oid: z.string() }).nullable() }).nullable(),
  mergeable: z.string(),
  mergeStateStatus: z.string(),
  reviewDecision: z.string().nullable(),
  reviewThreads: z
    .object({
      totalCount: z.number().int(),
      nodes: z.array(z.object({ isResolved: z.boolean(), isOutdated: z.boolean() }).nullable()).nullable(),
    })
    .nullable(),
  commits: z.object({ nodes: z.array(z.object({ commit: RawLightCommit }).nullable()).nullable() }),
})
export type RawLightPullRequest = z.infer<typeof RawLightPullRequest>

export const LightAnswer = z.object({
  rateLimit: RawRateLimit,
  repository: z.object({ list: page(RawLightPullRequest) }),
})
