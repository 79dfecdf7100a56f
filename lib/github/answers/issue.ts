/** What GitHub answers to ISSUE_FACTS. */
import { z } from 'zod'
import {
  page,
  RawActor,
  RawBase,
  RawLabel,
  RawLinkedPullRequest,
  RawRateLimit,
  RawRepository,
  RawViewer,
} from './parts.ts'
import { RawPullRequest } from './pull-request.ts'

/** Pull requests that came whole; of each list only the first. */
const WholePullRequests = z.object({ nodes: z.array(RawPullRequest.nullable()).nullable() }).nullable()

const RawAssignee = z.object({ login: z.string() })

export const RawIssue = z.object({
  id: z.string(),
  number: z.number().int(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  state: z.enum(['OPEN', 'CLOSED']),
  author: RawActor,
  assignees: page(RawAssignee),
  labels: page(RawLabel),
  closedByPullRequestsReferences: page(RawLinkedPullRequest),
  closing: WholePullRequests,
})
export type RawIssue = z.infer<typeof RawIssue>

export const IssueAnswer = z.object({
  viewer: RawViewer,
  rateLimit: RawRateLimit,
  repository: RawRepository.extend({
    base: RawBase,
    issue: RawIssue.nullable(),
    pullRequests: page(RawLinkedPullRequest),
    ofBranch: WholePullRequests,
  }),
})
export type IssueAnswer = z.infer<typeof IssueAnswer>
