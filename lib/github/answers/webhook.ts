/**
 * What GitHub sends to a webhook, as far as it says something of a pull request or issue.
 *
 * A payload carries what changed and what stands around it, never everything: a field that a kind of event
 * leaves out is optional here, and the translation leaves it out as well.
 */
import { z } from 'zod'

const User = z.object({ login: z.string(), type: z.string().default('User') }).nullable()

const Label = z.object({ name: z.string() })
const Side = z.object({ ref: z.string(), sha: z.string(), repo: z.object({ full_name: z.string() }).nullable() })

export const HookPullRequest = z.object({
  node_id: z.string(),
  number: z.number().int(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.enum(['open', 'closed']),
  draft: z.boolean().optional(),
  merged_at: z.string().nullable(),
  user: User,
  head: Side,
  base: Side,
  labels: z.array(Label),
  maintainer_can_modify: z.boolean().optional(),
  mergeable: z.boolean().nullish(),
  mergeable_state: z.string().optional(),
})
export type HookPullRequest = z.infer<typeof HookPullRequest>

export const HookIssue = z.object({
  node_id: z.string(),
  number: z.number().int(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.enum(['open', 'closed']).optional(),
  user: User,
  labels: z.array(Label).optional(),
  assignees: z.array(User),
  /** There when the number is a pull request's. */
  pull_request: z.unknown().optional(),
})
export type HookIssue = z.infer<typeof HookIssue>

export const HookReview = z.object({
  node_id: z.string(),
  user: User,
  state: z.string(),
  body: z.string().nullable(),
  commit_id: z.string().nullable(),
  submitted_at: z.string().nullable(),
  html_url: z.string(),
})
export type HookReview = z.infer<typeof HookReview>

export const HookComment = z.object({
  node_id: z.string(),
  user: User,
  body: z.string(),
  html_url: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  author_association: z.string(),
})
export type HookComment = z.infer<typeof HookComment>

export const HookThread = z.object({ node_id: z.string(), comments: z.array(HookComment) })
export type HookThread = z.infer<typeof HookThread>

const App = z.object({ slug: z.string().optional() }).nullish()
const Numbered = z.array(z.object({ number: z.number().int() })).optional()

export const HookCheckRun = z.object({
  name: z.string(),
  head_sha: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  details_url: z.string().nullish(),
  output: z.object({ summary: z.string().nullable() }).nullish(),
  app: App,
  pull_requests: Numbered,
})
export type HookCheckRun = z.infer<typeof HookCheckRun>

export const HookCheckSuite = z.object({
  head_sha: z.string(),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  app: App,
  pull_requests: Numbered,
})

export const HookStatus = z.object({
  sha: z.string(),
  context: z.string(),
  state: z.string(),
  description: z.string().nullable(),
  target_url: z.string().nullable(),
  created_at: z.string(),
})
export type HookStatus = z.infer<typeof HookStatus>

export const HookRepository = z.object({ node_id: z.string(), full_name: z.string() })
