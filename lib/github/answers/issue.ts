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

export const RawIssue = z.object({
  id: z.string(),
  number: z.number().int(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  state: z.enum(['OPEN', 'CLOSED']),
  author: RawActor,
  assignees: z.object({ nodes: z.array(z.object({ login: z.string() }).nullable()).nullable() }),
  labels: page(RawLabel),
  closedByPullRequestsReferences: page(RawLinkedPullRequest),
})
export type RawIssue = z.infer<typeof RawIssue>

export const IssueAnswer = z.object({
  viewer: RawViewer,
  rateLimit: RawRateLimit,
  repository: RawRepository.extend({
    base: RawBase,
    issue: RawIssue.nullable(),
    pullRequests: page(RawLinkedPullRequest),
  }),
})
export type IssueAnswer = z.infer<typeof IssueAnswer>
