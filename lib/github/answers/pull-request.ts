/** What GitHub answers to PULL_REQUEST_FACTS, and the entries of its lists. */
import { z } from 'zod'
import { page, RawActor, RawBase, RawLabel, RawRateLimit, RawRepository, RawReviewer, RawViewer } from './parts.ts'

export const RawReviewRequest = z.object({ requestedReviewer: RawReviewer })
export type RawReviewRequest = z.infer<typeof RawReviewRequest>

export const RawReviewRequestEvent = z.object({
  __typename: z.string(),
  createdAt: z.string().optional(),
  requestedReviewer: RawReviewer.optional(),
})
export type RawReviewRequestEvent = z.infer<typeof RawReviewRequestEvent>

export const RawReview = z.object({
  id: z.string(),
  state: z.string(),
  submittedAt: z.string().nullable(),
  url: z.string(),
  body: z.string(),
  author: RawActor,
  commit: z.object({ oid: z.string() }).nullable(),
})
export type RawReview = z.infer<typeof RawReview>

export const RawThreadComment = z.object({
  id: z.string(),
  body: z.string(),
  createdAt: z.string(),
  url: z.string(),
  author: RawActor,
})
export type RawThreadComment = z.infer<typeof RawThreadComment>

export const RawThread = z.object({
  id: z.string(),
  isResolved: z.boolean(),
  isOutdated: z.boolean(),
  path: z.string().nullable(),
  line: z.number().int().nullable(),
  comments: page(RawThreadComment),
})
export type RawThread = z.infer<typeof RawThread>

export const RawComment = z.object({
  id: z.string(),
  body: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  url: z.string(),
  authorAssociation: z.string(),
  author: RawActor,
})
export type RawComment = z.infer<typeof RawComment>

const RawCheckRun = z.object({
  __typename: z.literal('CheckRun'),
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  detailsUrl: z.string().nullable(),
  summary: z.string().nullable(),
  isRequired: z.boolean().optional(),
  checkSuite: z.object({ app: z.object({ slug: z.string() }).nullable() }),
})

const RawStatus = z.object({
  __typename: z.literal('StatusContext'),
  context: z.string(),
  state: z.string(),
  description: z.string().nullable(),
  targetUrl: z.string().nullable(),
  createdAt: z.string(),
  creator: RawActor,
  isRequired: z.boolean().optional(),
})

/** The last alternative keeps a kind that GitHub may add: it is counted as not understood, never skipped. */
export const RawCheckContext = z.union([
  z.discriminatedUnion('__typename', [RawCheckRun, RawStatus]),
  z.object({
    __typename: z.string().refine((name) => name !== 'CheckRun' && name !== 'StatusContext'),
    unknown: z.literal(true).default(true),
  }),
])
export type RawCheckContext = z.infer<typeof RawCheckContext>

export const RawClosingIssue = z.object({
  number: z.number().int(),
  state: z.string(),
  title: z.string(),
  body: z.string(),
  repository: z.object({ nameWithOwner: z.string() }),
})
export type RawClosingIssue = z.infer<typeof RawClosingIssue>

export const RawFile = z.object({ path: z.string(), changeType: z.string() })
export type RawFile = z.infer<typeof RawFile>

export const RawCommit = z.object({
  oid: z.string(),
  committedDate: z.string(),
  messageHeadline: z.string().optional(),
  checkSuites: z
    .object({
      totalCount: z.number().int(),
      nodes: z.array(z.object({ status: z.string() }).nullable()).nullish(),
    })
    .nullable(),
  statusCheckRollup: z.object({ contexts: page(RawCheckContext) }).nullable(),
})

export type RawCommit = z.infer<typeof RawCommit>

const RawHistory = z.object({
  totalCount: z.number().int(),
  nodes: z
    .array(
      z
        .object({
          commit: z.object({
            oid: z.string(),
            committedDate: z.string(),
            author: z.object({ user: z.object({ login: z.string() }).nullable() }).nullable(),
          }),
        })
        .nullable(),
    )
    .nullable(),
})
export type RawHistory = z.infer<typeof RawHistory>

export const RawPullRequest = z.object({
  id: z.string(),
  number: z.number().int(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  isDraft: z.boolean(),
  mergedAt: z.string().nullable(),
  author: RawActor,
  headRefOid: z.string(),
  headRefName: z.string(),
  headRepository: z.object({ nameWithOwner: z.string() }).nullable(),
  baseRefOid: z.string(),
  baseRefName: z.string(),
  baseRef: RawBase,
  isCrossRepository: z.boolean(),
  maintainerCanModify: z.boolean(),
  mergeable: z.string(),
  mergeStateStatus: z.string(),
  reviewDecision: z.string().nullable(),
  reviewRequests: page(RawReviewRequest),
  timelineItems: page(RawReviewRequestEvent),
  reviews: page(RawReview),
  reviewThreads: page(RawThread),
  comments: page(RawComment),
  commits: z.object({
    totalCount: z.number().int().optional(),
    nodes: z.array(z.object({ commit: RawCommit }).nullable()).nullable(),
  }),
  /** Of one that is asked for alone. */
  history: RawHistory.optional(),
  closingIssuesReferences: page(RawClosingIssue),
  labels: page(RawLabel),
  files: page(RawFile),
})
export type RawPullRequest = z.infer<typeof RawPullRequest>

export const PullRequestAnswer = z.object({
  viewer: RawViewer,
  rateLimit: RawRateLimit,
  repository: RawRepository.extend({ pullRequest: RawPullRequest.nullable() }),
})
export type PullRequestAnswer = z.infer<typeof PullRequestAnswer>
