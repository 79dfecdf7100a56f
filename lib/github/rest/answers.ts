/**
 * What GitHub answers over REST, as its published description promises it and no narrower; a test holds
 * each shape to that. What is kept of an answer for later is what these shapes let through.
 */
import { z } from 'zod'

/** GitHub describes most accounts as always there, and answers `null` for one that is gone. */
const RestUser = z.object({ login: z.string(), type: z.string() }).nullable()
export type RestUser = z.infer<typeof RestUser>

const RestLabel = z.object({ name: z.string() })
const Branch = z.object({
  ref: z.string(),
  sha: z.string(),
  repo: z.object({ full_name: z.string() }).nullable(),
})

export const RestViewer = z.object({ login: z.string() })

export const RestRepository = z.object({
  node_id: z.string(),
  full_name: z.string(),
  default_branch: z.string(),
  permissions: z
    .object({
      admin: z.boolean(),
      maintain: z.boolean().optional(),
      push: z.boolean(),
      triage: z.boolean().optional(),
      pull: z.boolean(),
    })
    .optional(),
})
export type RestRepository = z.infer<typeof RestRepository>

export const RestPull = z.object({
  node_id: z.string(),
  number: z.number().int(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.enum(['open', 'closed']),
  draft: z.boolean().optional(),
  merged: z.boolean(),
  merged_at: z.string().nullable(),
  user: RestUser,
  maintainer_can_modify: z.boolean(),
  mergeable: z.boolean().nullable(),
  mergeable_state: z.string(),
  head: Branch,
  base: Branch,
  labels: z.array(RestLabel),
  requested_reviewers: z.array(RestUser).optional(),
  requested_teams: z.array(z.object({ slug: z.string() })).optional(),
  commits: z.number().int(),
  comments: z.number().int(),
  review_comments: z.number().int(),
  changed_files: z.number().int(),
})
export type RestPull = z.infer<typeof RestPull>

export const RestReview = z.object({
  node_id: z.string(),
  user: RestUser,
  state: z.string(),
  body: z.string(),
  html_url: z.string(),
  commit_id: z.string().nullable(),
  submitted_at: z.string().optional(),
})
export type RestReview = z.infer<typeof RestReview>

export const RestComment = z.object({
  node_id: z.string(),
  user: RestUser,
  body: z.string().optional(),
  html_url: z.string(),
  author_association: z.string().optional(),
  created_at: z.string(),
  updated_at: z.string(),
})
export type RestComment = z.infer<typeof RestComment>

/** Only whether there is any. */
export const RestReviewComment = z.object({ node_id: z.string() })

export const RestEvent = z.object({
  event: z.string(),
  created_at: z.string(),
  requested_reviewer: RestUser.optional(),
  requested_team: z.object({ slug: z.string() }).optional(),
})
export type RestEvent = z.infer<typeof RestEvent>

export const RestFile = z.object({ filename: z.string(), previous_filename: z.string().optional() })

const RestCheckRun = z.object({
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  details_url: z.string().nullable(),
  output: z.object({ summary: z.string().nullable() }),
  app: z.object({ slug: z.string().optional() }).nullable(),
})
export type RestCheckRun = z.infer<typeof RestCheckRun>

export const RestCheckRuns = z.object({ total_count: z.number().int(), check_runs: z.array(RestCheckRun) })
export type RestCheckRuns = z.infer<typeof RestCheckRuns>
export const RestCheckSuites = z.object({
  total_count: z.number().int(),
  check_suites: z.array(z.object({ status: z.string().nullable() })),
})
export type RestCheckSuites = z.infer<typeof RestCheckSuites>

export const RestStatus = z.object({
  context: z.string(),
  state: z.string(),
  description: z.string().nullable(),
  target_url: z.string().nullable(),
  created_at: z.string(),
  creator: RestUser,
})
export type RestStatus = z.infer<typeof RestStatus>

export const RestCommit = z.object({
  commit: z.object({ message: z.string(), committer: z.object({ date: z.string().optional() }).nullable() }),
})

export const RestBranch = z.object({
  commit: z.object({ sha: z.string(), commit: z.object({ tree: z.object({ sha: z.string() }) }) }),
})

export const RestTree = z.object({
  truncated: z.boolean(),
  tree: z.array(z.object({ path: z.string(), mode: z.string(), type: z.string(), sha: z.string() })),
})
export type RestTree = z.infer<typeof RestTree>

export const RestBlob = z.object({ sha: z.string(), encoding: z.string(), content: z.string() })
export type RestBlob = z.infer<typeof RestBlob>

export const RestIssue = z.object({
  node_id: z.string(),
  number: z.number().int(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  user: RestUser,
  assignees: z.array(RestUser).nullish(),
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])),
  /** Present when the number is a pull request's. */
  pull_request: z.unknown().optional(),
})
export type RestIssue = z.infer<typeof RestIssue>

export const RestOpenPull = z.object({
  number: z.number().int(),
  state: z.string(),
  draft: z.boolean().optional(),
  user: RestUser,
  head: Branch,
  base: Branch,
})
export type RestOpenPull = z.infer<typeof RestOpenPull>
