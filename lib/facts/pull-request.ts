/**
 * What was observed of one pull request in one request, in our words.
 *
 * Nothing here is guessed. A list says whether it is whole (`complete`); a rule that counts on a list
 * that is not must treat the count as unknown, never as what happens to be there. `null` is "not
 * known" everywhere, except where a comment says what else it means.
 */
import { z } from 'zod'

/** An account as GitHub names it; `isBot` is true for type Bot and for names ending in `[bot]`. */
export const Account = z.object({ login: z.string(), isBot: z.boolean() })
export type Account = z.infer<typeof Account>

export function listed<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), total: z.number().int().nullable(), complete: z.boolean() })
}

export interface Listed<Item> {
  items: Item[]
  /** How many there are, as GitHub says; `null` when it does not. */
  total: number | null
  complete: boolean
}

export const ReviewFact = z.object({
  id: z.string(),
  state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING']),
  author: Account.nullable(),
  commit: z.string().nullable(),
  submittedAt: z.string().nullable(),
  url: z.string(),
  body: z.string(),
})
export type ReviewFact = z.infer<typeof ReviewFact>

export const ThreadCommentFact = z.object({
  id: z.string(),
  author: Account.nullable(),
  body: z.string(),
  createdAt: z.string(),
  url: z.string(),
})
export type ThreadCommentFact = z.infer<typeof ThreadCommentFact>

export const ThreadFact = z.object({
  id: z.string(),
  isResolved: z.boolean(),
  isOutdated: z.boolean(),
  path: z.string().nullable(),
  line: z.number().int().nullable(),
  comments: listed(ThreadCommentFact),
})
export type ThreadFact = z.infer<typeof ThreadFact>

export const CheckRunFact = z.object({
  type: z.literal('check_run'),
  name: z.string(),
  app: z.string().nullable(),
  status: z.string(),
  conclusion: z.string().nullable(),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  url: z.string().nullable(),
  summary: z.string().nullable(),
  /** Whether the base branch wants it before a merge; left out where that was not asked. */
  isRequired: z.boolean().nullish(),
})
export const StatusContextFact = z.object({
  type: z.literal('status'),
  context: z.string(),
  state: z.string(),
  description: z.string().nullable(),
  targetUrl: z.string().nullable(),
  createdAt: z.string(),
  creator: Account.nullable(),
  isRequired: z.boolean().nullish(),
})
export type CheckRunFact = z.infer<typeof CheckRunFact>
export type StatusContextFact = z.infer<typeof StatusContextFact>

export const ChecksFact = z.object({
  /** The commit that was asked; a snapshot is only formed when it is the head. */
  commit: z.string(),
  /** The token may not read them, or not all of them; then `contexts` is not complete. */
  withheld: z.boolean(),
  /** How many check suites exist on it, running ones included. */
  suites: z.number().int().nullable(),
  /** How many of them have not ended; left out where that was not asked, and then not known. */
  openSuites: z.number().int().nullish(),
  contexts: listed(z.discriminatedUnion('type', [CheckRunFact, StatusContextFact])),
  committedAt: z.string().nullable(),
})
export type ChecksFact = z.infer<typeof ChecksFact>

export const CommentFact = z.object({
  id: z.string(),
  author: Account.nullable(),
  authorAssociation: z.string(),
  body: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  url: z.string(),
})
export type CommentFact = z.infer<typeof CommentFact>

export const ClosingIssueFact = z.object({
  number: z.number().int(),
  repo: z.string(),
  state: z.enum(['OPEN', 'CLOSED']),
  title: z.string(),
  body: z.string(),
})
export type ClosingIssueFact = z.infer<typeof ClosingIssueFact>

export const RepositoryFact = z.object({
  id: z.string(),
  host: z.string(),
  repo: z.string(),
  defaultBranch: z.string().nullable(),
  viewerPermission: z.enum(['ADMIN', 'MAINTAIN', 'WRITE', 'TRIAGE', 'READ']).nullable(),
  viewer: z.string(),
})
export type RepositoryFact = z.infer<typeof RepositoryFact>

/**
 * The policy file as it stands on the base branch at the pull request's base. `absent` is known to be
 * missing; `unreadable` is there (or may be) but its text is not known, and then nothing passes.
 */
export const PolicyFileFact = z.discriminatedUnion('status', [
  z.object({ status: z.literal('absent') }),
  z.object({ status: z.literal('present'), path: z.string(), text: z.string(), oid: z.string() }),
  z.object({ status: z.literal('unreadable'), reason: z.string() }),
])
export type PolicyFileFact = z.infer<typeof PolicyFileFact>

/**
 * Which of GitHub's interfaces was asked. Through REST some things cannot be known at all: what `unproved`
 * names says nothing, however it looks, until `wholeAt`, when GraphQL answers again.
 */
export const SourceFact = z
  .discriminatedUnion('via', [
    z.object({ via: z.literal('graphql') }),
    z.object({ via: z.literal('rest'), unproved: z.array(z.string()), wholeAt: z.string() }),
  ])
  .default({ via: 'graphql' })
export type SourceFact = z.infer<typeof SourceFact>

export const CommitFact = z.object({
  oid: z.string(),
  /** By the clock of whoever made it. */
  committedAt: z.string(),
  /** `null`: no account is known for it. */
  authorLogin: z.string().nullable(),
})
export type CommitFact = z.infer<typeof CommitFact>

export const PullRequestFacts = z.object({
  schema: z.literal(1),
  kind: z.literal('pull_request'),
  /** What was looked at: this very target, or all of a repository at once; then no effect follows from them. */
  origin: z.enum(['target', 'sweep']).default('target'),
  source: SourceFact,
  /** ISO 8601 UTC, taken once by the caller when the answer was complete. */
  observedAt: z.string(),
  repository: RepositoryFact,
  policyFile: PolicyFileFact,
  /** `null`: GitHub says that there is no such pull request. */
  pr: z
    .object({
      id: z.string(),
      number: z.number().int(),
      url: z.string(),
      title: z.string(),
      body: z.string(),
      state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
      isDraft: z.boolean(),
      author: Account.nullable(),
      head: z.object({ sha: z.string(), branch: z.string(), repo: z.string().nullable() }),
      base: z.object({ sha: z.string(), branch: z.string() }),
      isCrossRepository: z.boolean(),
      maintainerCanModify: z.boolean(),
      mergeable: z.enum(['MERGEABLE', 'CONFLICTING', 'UNKNOWN']),
      mergeStateStatus: z.string(),
      reviewDecision: z.string().nullable(),
      /** Logins (or team slugs) asked for a review that they have not given yet. */
      reviewRequests: listed(Account),
      reviewRequestEvents: listed(z.object({ at: z.string(), reviewer: Account.nullable() })),
      reviews: listed(ReviewFact),
      threads: listed(ThreadFact),
      checks: ChecksFact,
      comments: listed(CommentFact),
      closingIssues: listed(ClosingIssueFact),
      labels: listed(z.string()),
      files: listed(z.string()),
      /** How many there are, and the first line of the newest; facts kept before there was this have none. */
      commits: z.object({ total: z.number().int(), newestHeadline: z.string() }).nullable().default(null),
      /** Oldest first, the newest hundred of them; `null`: not asked for, by a sweep or over REST. */
      history: listed(CommitFact).nullable().default(null),
      mergedAt: z.string().nullable(),
    })
    .nullable(),
})
export type PullRequestFacts = z.infer<typeof PullRequestFacts>
export type ObservedPullRequest = NonNullable<PullRequestFacts['pr']>
