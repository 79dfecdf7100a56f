/**
 * The things that resolvers are asked about, each named by its GraphQL type.
 */
import type { CommitData } from '../git/objects.ts'
import { accountByEmail, findAccount } from '../state/find.ts'
import type * as model from '../state/model.ts'
import type { Context } from './context.ts'

export interface RepositorySource {
  readonly __typename: 'Repository'
  readonly repository: model.Repository
}

export interface ActorSource {
  readonly __typename: 'User' | 'Bot'
  readonly account: model.Account
}

export interface PullSource {
  readonly __typename: 'PullRequest'
  readonly repository: model.Repository
  readonly pull: model.Pull
}

export interface IssueSource {
  readonly __typename: 'Issue'
  readonly repository: model.Repository
  readonly issue: model.Issue
}

export type SubjectSource = PullSource | IssueSource

export interface CommentSource {
  readonly __typename: 'IssueComment'
  readonly subject: SubjectSource
  readonly comment: model.Comment
}

export interface ReviewSource {
  readonly __typename: 'PullRequestReview'
  readonly on: PullSource
  readonly review: model.Review
}

export interface ThreadSource {
  readonly __typename: 'PullRequestReviewThread'
  readonly on: PullSource
  readonly thread: model.Thread
}

export interface ThreadCommentSource {
  readonly __typename: 'PullRequestReviewComment'
  readonly on: PullSource
  readonly thread: model.Thread
  readonly comment: model.ThreadComment
}

export interface CommitSource {
  readonly __typename: 'Commit'
  readonly repository: model.Repository
  readonly data: CommitData
}

export interface RefSource {
  readonly __typename: 'Ref'
  readonly repository: model.Repository
  /** Full name, such as `refs/heads/main`. */
  readonly name: string
  readonly oid: string
}

export interface CheckRunSource {
  readonly __typename: 'CheckRun'
  readonly repository: model.Repository
  readonly suite: model.CheckSuite
}

export interface CheckSuiteSource {
  readonly __typename: 'CheckSuite'
  readonly repository: model.Repository
  readonly suite: model.CheckSuite
}

export interface StatusContextSource {
  readonly __typename: 'StatusContext'
  readonly repository: model.Repository
  readonly status: model.Status
}

export interface LabelSource {
  readonly __typename: 'Label'
  readonly repository: model.Repository
  readonly label: model.Label
}

export interface EventSource {
  readonly __typename: model.TimelineEventType
  readonly subject: SubjectSource
  readonly event: model.TimelineEvent
}

export function repositorySource(repository: model.Repository): RepositorySource {
  return { __typename: 'Repository', repository }
}

export function accountSource(account: model.Account): ActorSource {
  return { __typename: account.kind, account }
}

/** `null` for an account that is no more, as on GitHub. */
export function actorSource(context: Context, login: string | null | undefined): ActorSource | null {
  const account = login ? findAccount(context.state, login) : null
  return account && accountSource(account)
}

export function userByEmail(context: Context, email: string): ActorSource | null {
  const account = accountByEmail(context.state, email)
  return account?.kind === 'User' ? accountSource(account) : null
}

export function pullSource(repository: model.Repository, pull: model.Pull): PullSource {
  return { __typename: 'PullRequest', repository, pull }
}

export function issueSource(repository: model.Repository, issue: model.Issue): IssueSource {
  return { __typename: 'Issue', repository, issue }
}

export function commentSource(subject: SubjectSource, comment: model.Comment): CommentSource {
  return { __typename: 'IssueComment', subject, comment }
}

export function reviewSource(on: PullSource, review: model.Review): ReviewSource {
  return { __typename: 'PullRequestReview', on, review }
}

export function threadSource(on: PullSource, thread: model.Thread): ThreadSource {
  return { __typename: 'PullRequestReviewThread', on, thread }
}

export function threadCommentSource(
  on: PullSource,
  thread: model.Thread,
  comment: model.ThreadComment,
): ThreadCommentSource {
  return { __typename: 'PullRequestReviewComment', on, thread, comment }
}

export function commitSource(repository: model.Repository, data: CommitData): CommitSource {
  return { __typename: 'Commit', repository, data }
}

export function refSource(repository: model.Repository, name: string, oid: string): RefSource {
  return { __typename: 'Ref', repository, name, oid }
}

export function labelSource(repository: model.Repository, label: model.Label): LabelSource {
  return { __typename: 'Label', repository, label }
}

export function subjectOf(source: SubjectSource): model.Pull | model.Issue {
  return source.__typename === 'PullRequest' ? source.pull : source.issue
}
