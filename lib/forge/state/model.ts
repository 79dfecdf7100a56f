/**
 * What the local forge remembers, as it is written to its folder.
 *
 * Commits, branches and files are not here: they live in the bare repositories and are read from
 * there. The one exception is the head of a pull request, which must be known after its branch is
 * gone. Everything has a number from one series (`nextId`), because node ids, cursors and database
 * ids are made of it and have to be the same after a restart.
 */

export const PERMISSIONS = ['NONE', 'READ', 'TRIAGE', 'WRITE', 'MAINTAIN', 'ADMIN'] as const
export type Permission = (typeof PERMISSIONS)[number]

export interface Account {
  readonly id: number
  readonly login: string
  readonly kind: 'User' | 'Bot'
  readonly name: string
  /** Commits with one of these addresses are this account's. */
  readonly emails: readonly string[]
  /** `null`: nobody can sign in as this account. */
  readonly token: string | null
  readonly scopes: string
}

export interface Label {
  readonly id: number
  readonly name: string
  readonly color: string
}

export interface Comment {
  readonly id: number
  readonly author: string
  body: string
  readonly createdAt: string
  updatedAt: string
}

/** Something in the history of an issue or pull request; which other fields it has depends on its type. */
export interface TimelineEvent {
  readonly id: number
  readonly type: TimelineEventType
  readonly at: string
  readonly actor: string
  readonly reviewer?: string
  readonly label?: string
  readonly commitOid?: string
}

export type TimelineEventType =
  | 'ClosedEvent'
  | 'ReopenedEvent'
  | 'MergedEvent'
  | 'LabeledEvent'
  | 'ReviewRequestedEvent'
  | 'ReviewRequestRemovedEvent'
  | 'ReadyForReviewEvent'
  | 'ConvertToDraftEvent'
  | 'HeadRefDeletedEvent'

interface Conversation {
  readonly id: number
  readonly number: number
  title: string
  body: string
  readonly author: string
  readonly createdAt: string
  updatedAt: string
  closedAt: string | null
  labels: string[]
  assignees: string[]
  comments: Comment[]
  events: TimelineEvent[]
}

export interface Issue extends Conversation {
  state: 'OPEN' | 'CLOSED'
  stateReason: 'COMPLETED' | 'NOT_PLANNED' | 'DUPLICATE' | null
}

export interface Pull extends Conversation {
  state: 'OPEN' | 'CLOSED' | 'MERGED'
  draft: boolean
  baseRef: string
  /** The base's commit when the head last changed, as GitHub reports it: it does not follow the base. */
  baseOid: string
  /** `owner/name` of the repository that the branch is in. */
  headRepository: string
  readonly headRef: string
  headOid: string
  maintainerCanModify: boolean
  mergedAt: string | null
  mergedBy: string | null
  mergeCommitOid: string | null
  reviewRequests: ReviewRequest[]
  reviews: Review[]
  threads: Thread[]
}

export interface ReviewRequest {
  readonly id: number
  readonly login: string
  readonly at: string
}

export type ReviewState = 'PENDING' | 'COMMENTED' | 'APPROVED' | 'CHANGES_REQUESTED' | 'DISMISSED'

export interface Review {
  readonly id: number
  readonly author: string
  state: ReviewState
  body: string
  readonly commitOid: string
  readonly createdAt: string
  submittedAt: string | null
}

export interface Thread {
  readonly id: number
  readonly path: string
  readonly line: number | null
  readonly startLine: number | null
  /** What the line said when it was remarked on: once it is gone from the file, the thread is outdated. */
  readonly lineText: string | null
  readonly commitOid: string
  resolvedBy: string | null
  isResolved: boolean
  comments: ThreadComment[]
}

export interface ThreadComment extends Comment {
  readonly reviewId: number
  readonly replyTo: number | null
}

export const STATUS_STATES = ['ERROR', 'FAILURE', 'PENDING', 'SUCCESS'] as const

/** Statuses are never changed: the latest of a context counts. */
export interface Status {
  readonly id: number
  readonly oid: string
  readonly context: string
  readonly state: (typeof STATUS_STATES)[number]
  readonly description: string | null
  readonly targetUrl: string | null
  readonly creator: string
  readonly createdAt: string
}

export interface CheckSuite {
  readonly id: number
  readonly oid: string
  readonly app: string
  readonly createdAt: string
  updatedAt: string
  readonly run: CheckRun
}

export interface CheckRun {
  readonly id: number
  readonly name: string
  status: 'QUEUED' | 'IN_PROGRESS' | 'COMPLETED'
  conclusion: 'SUCCESS' | 'FAILURE' | 'TIMED_OUT' | 'CANCELLED' | null
  startedAt: string | null
  completedAt: string | null
  title: string | null
  summary: string | null
  text: string | null
  /** While the command runs: what has to be cleaned up if the forge is killed. */
  process?: { readonly pid: number; readonly folder: string }
}

/** What must hold before something may be merged into, or pushed to, a branch. */
export interface BranchProtection {
  readonly branch: string
  readonly requiredChecks: readonly string[]
  /** The branch must contain the tip of its base. */
  readonly strict: boolean
  readonly requiredApprovals: number
  /** Only an administrator may push; everybody else goes through a pull request. */
  readonly noDirectPush: boolean
}

export interface ReviewRemark {
  readonly path: string
  readonly line: number
  readonly body: string
}

/** What the reviewer says in its first review of a pull request, in its second, and so on; the last is repeated. */
interface ReviewRound {
  readonly state: 'COMMENTED' | 'APPROVED' | 'CHANGES_REQUESTED'
  readonly body: string
  readonly remarks: readonly ReviewRemark[]
}

export interface ReviewerScript {
  readonly login: string
  readonly delayMs: number
  readonly rounds: readonly ReviewRound[]
}

/** A commit that a person pushes to the base while the pull request is open: once. */
interface BaseMove {
  /** How many checks of pull requests have to be finished first. */
  readonly afterChecks: number
  readonly author: string
  readonly message: string
  readonly files: Readonly<Record<string, string>>
  done: boolean
}

export interface Repository {
  readonly id: number
  owner: string
  name: string
  /** Names that it had before; they still lead here, until another repository takes one of them. */
  formerSlugs?: string[]
  readonly isPrivate: boolean
  readonly createdAt: string
  readonly defaultBranch: string
  readonly forkOf: string | null
  readonly permissions: Record<string, Permission>
  readonly mergeCommitAllowed: boolean
  readonly squashMergeAllowed: boolean
  readonly rebaseMergeAllowed: boolean
  readonly deleteBranchOnMerge: boolean
  readonly protections: BranchProtection[]
  /** How often `mergeable` is UNKNOWN after the head or base moved, because GitHub computes it lazily. */
  readonly mergeabilityLag: number
  readonly reviewer: ReviewerScript | null
  readonly baseMove: BaseMove | null
  nextNumber: number
  labels: Label[]
  issues: Issue[]
  pulls: Pull[]
  statuses: Status[]
  checkSuites: CheckSuite[]
}

export interface ForgeState {
  readonly schemaVersion: 1
  readonly host: string
  nextId: number
  accounts: Account[]
  repositories: Repository[]
}
