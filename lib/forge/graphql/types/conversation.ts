/** What issues and pull requests have in common, and the comments, reviews and threads on them. */
import { permissionOf } from '../../state/find.ts'
import type { Comment, Repository, Thread } from '../../state/model.ts'
import { nodeId } from '../../state/node-id.ts'
import { slugOf } from '../../world.ts'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import type { Fields } from '../resolve.ts'
import {
  actorSource,
  type CommentSource,
  commentSource,
  type LabelSource,
  labelSource,
  type PullSource,
  type ReviewSource,
  repositorySource,
  reviewSource,
  type SubjectSource,
  subjectOf,
  type ThreadCommentSource,
  type ThreadSource,
  threadCommentSource,
} from '../sources.ts'
import { readCommit, visibleReviews } from './reads.ts'
import { timelineOf } from './timeline.ts'

export const subjectFields: Fields<SubjectSource> = {
  databaseId: (source) => subjectOf(source).id,
  fullDatabaseId: (source) => String(subjectOf(source).id),
  number: (source) => subjectOf(source).number,
  title: (source) => subjectOf(source).title,
  body: (source) => subjectOf(source).body,
  bodyText: (source) => subjectOf(source).body,
  createdAt: (source) => subjectOf(source).createdAt,
  updatedAt: (source) => subjectOf(source).updatedAt,
  closedAt: (source) => subjectOf(source).closedAt,
  locked: () => false,
  author: (source, _args, context) => actorSource(context, subjectOf(source).author),
  authorAssociation: (source) => association(source.repository, subjectOf(source).author),
  viewerDidAuthor: (source, _args, { viewer }) => subjectOf(source).author === viewer.login,
  repository: ({ repository }) => repositorySource(repository),
  milestone: () => null,
  labels: (source, args) => {
    const names = subjectOf(source).labels
    const labels = source.repository.labels.filter((label) => names.includes(label.name))
    return connect(labels, args, { keyOf: (one) => one.id, toNode: (one) => labelSource(source.repository, one) })
  },
  assignees: (source, args, context) => {
    const logins = subjectOf(source).assignees
    return connect(logins, args, { keyOf: (one) => one, toNode: (one) => actorSource(context, one) })
  },
  comments: (source, args) => {
    const comments = subjectOf(source).comments
    return connect(comments, args, { keyOf: (one) => one.id, toNode: (one) => commentSource(source, one) })
  },
  timelineItems: timelineOf,
}

interface WrittenSource {
  readonly comment: Comment
}

const written: Fields<WrittenSource> = {
  databaseId: ({ comment }) => comment.id,
  fullDatabaseId: ({ comment }) => String(comment.id),
  body: ({ comment }) => comment.body,
  bodyText: ({ comment }) => comment.body,
  createdAt: ({ comment }) => comment.createdAt,
  publishedAt: ({ comment }) => comment.createdAt,
  updatedAt: ({ comment }) => comment.updatedAt,
  lastEditedAt: ({ comment }) => (comment.updatedAt === comment.createdAt ? null : comment.updatedAt),
  author: ({ comment }, _args, context) => actorSource(context, comment.author),
  viewerDidAuthor: ({ comment }, _args, { viewer }) => comment.author === viewer.login,
  isMinimized: () => false,
  minimizedReason: () => null,
}

export const conversation = {
  IssueComment: {
    ...written,
    id: ({ subject, comment }) => nodeId('IssueComment', subject.repository.id, comment.id),
    authorAssociation: ({ subject, comment }) => association(subject.repository, comment.author),
    url: ({ subject, comment }, _args, context) => `${subjectUrl(context, subject)}#issuecomment-${comment.id}`,
    repository: ({ subject }) => repositorySource(subject.repository),
    issue: ({ subject }) => (subject.__typename === 'Issue' ? subject : null),
    pullRequest: ({ subject }) => (subject.__typename === 'PullRequest' ? subject : null),
  } satisfies Fields<CommentSource>,

  PullRequestReview: {
    id: ({ on, review }) => nodeId('PullRequestReview', on.repository.id, review.id),
    databaseId: ({ review }) => review.id,
    fullDatabaseId: ({ review }) => String(review.id),
    author: ({ review }, _args, context) => actorSource(context, review.author),
    authorAssociation: ({ on, review }) => association(on.repository, review.author),
    authorCanPushToRepository: ({ on, review }) => canPush(on.repository, review.author),
    viewerDidAuthor: ({ review }, _args, { viewer }) => review.author === viewer.login,
    body: ({ review }) => review.body,
    bodyText: ({ review }) => review.body,
    state: ({ review }) => review.state,
    createdAt: ({ review }) => review.createdAt,
    submittedAt: ({ review }) => review.submittedAt,
    updatedAt: ({ review }) => review.submittedAt ?? review.createdAt,
    url: ({ on, review }, _args, context) => `${subjectUrl(context, on)}#pullrequestreview-${review.id}`,
    commit: ({ on, review }, _args, context) => readCommit(context, on.repository, review.commitOid),
    pullRequest: ({ on }) => on,
    repository: ({ on }) => repositorySource(on.repository),
    isMinimized: () => false,
    comments: ({ on, review }, args) => {
      const own = on.pull.threads.flatMap((thread) => {
        return thread.comments.filter((one) => one.reviewId === review.id).map((comment) => ({ thread, comment }))
      })
      return connect(own, args, {
        keyOf: (one) => one.comment.id,
        toNode: (one) => threadCommentSource(on, one.thread, one.comment),
      })
    },
  } satisfies Fields<ReviewSource>,

  PullRequestReviewThread: {
    id: ({ on, thread }) => nodeId('PullRequestReviewThread', on.repository.id, thread.id),
    isResolved: ({ thread }) => thread.isResolved,
    isCollapsed: ({ thread }) => thread.isResolved,
    isOutdated: ({ on, thread }, _args, context) => isOutdated(context, on, thread),
    path: ({ thread }) => thread.path,
    line: async ({ on, thread }, _args, context) => ((await isOutdated(context, on, thread)) ? null : thread.line),
    startLine: ({ thread }) => thread.startLine,
    originalLine: ({ thread }) => thread.line,
    originalStartLine: ({ thread }) => thread.startLine,
    diffSide: () => 'RIGHT',
    startDiffSide: ({ thread }) => (thread.startLine === null ? null : 'RIGHT'),
    subjectType: ({ thread }) => (thread.line === null ? 'FILE' : 'LINE'),
    resolvedBy: ({ thread }, _args, context) => actorSource(context, thread.resolvedBy),
    pullRequest: ({ on }) => on,
    repository: ({ on }) => repositorySource(on.repository),
    viewerCanReply: ({ on }, _args, { viewer }) => permissionOf(on.repository, viewer.login) !== 'NONE',
    viewerCanResolve: ({ on, thread }, _args, { viewer }) => !thread.isResolved && maySettle(on, viewer.login),
    viewerCanUnresolve: ({ on, thread }, _args, { viewer }) => thread.isResolved && maySettle(on, viewer.login),
    comments: ({ on, thread }, args, { viewer }) => {
      const visible = new Set(visibleReviews(on.pull, viewer.login).map((review) => review.id))
      const comments = thread.comments.filter((one) => visible.has(one.reviewId))
      return connect(comments, args, { keyOf: (one) => one.id, toNode: (one) => threadCommentSource(on, thread, one) })
    },
  } satisfies Fields<ThreadSource>,

  PullRequestReviewComment: {
    ...written,
    id: ({ on, comment }) => nodeId('PullRequestReviewComment', on.repository.id, comment.id),
    authorAssociation: ({ on, comment }) => association(on.repository, comment.author),
    url: ({ on, comment }, _args, context) => `${subjectUrl(context, on)}#discussion_r${comment.id}`,
    path: ({ thread }) => thread.path,
    line: async ({ on, thread }, _args, context) => ((await isOutdated(context, on, thread)) ? null : thread.line),
    originalLine: ({ thread }) => thread.line,
    outdated: ({ on, thread }, _args, context) => isOutdated(context, on, thread),
    state: ({ on, comment }) => (reviewOf(on, comment.reviewId)?.state === 'PENDING' ? 'PENDING' : 'SUBMITTED'),
    commit: ({ on, thread }, _args, context) => readCommit(context, on.repository, thread.commitOid),
    originalCommit: ({ on, thread }, _args, context) => readCommit(context, on.repository, thread.commitOid),
    pullRequest: ({ on }) => on,
    repository: ({ on }) => repositorySource(on.repository),
    pullRequestReview: ({ on, comment }) => {
      const review = reviewOf(on, comment.reviewId)
      return review ? reviewSource(on, review) : null
    },
    replyTo: ({ on, thread, comment }) => {
      const first = thread.comments.find((one) => one.id === comment.replyTo)
      return first ? threadCommentSource(on, thread, first) : null
    },
  } satisfies Fields<ThreadCommentSource>,

  Label: {
    id: ({ repository, label }) => nodeId('Label', repository.id, label.id),
    name: ({ label }) => label.name,
    color: ({ label }) => label.color,
    description: () => null,
    isDefault: () => false,
    repository: ({ repository }) => repositorySource(repository),
  } satisfies Fields<LabelSource>,
}

export function association(repository: Repository, login: string): string {
  if (login.toLowerCase() === repository.owner.toLowerCase()) return 'OWNER'
  return repository.permissions[login.toLowerCase()] ? 'COLLABORATOR' : 'NONE'
}

/** Those who opened the pull request, and those who may write, settle its threads. */
export function maySettle(on: PullSource, login: string): boolean {
  return on.pull.author === login || canPush(on.repository, login)
}

function canPush(repository: Repository, login: string): boolean {
  return ['WRITE', 'MAINTAIN', 'ADMIN'].includes(permissionOf(repository, login))
}

function reviewOf(on: PullSource, id: number) {
  return on.pull.reviews.find((review) => review.id === id)
}

/** The line that was remarked on has gone from the file. */
async function isOutdated(context: Context, on: PullSource, thread: Thread): Promise<boolean> {
  if (thread.commitOid === on.pull.headOid || thread.lineText === null) return false
  const text = await context.world.objects(slugOf(on.repository)).fileAt(on.pull.headOid, thread.path)
  return text === null || !text.split('\n').includes(thread.lineText)
}

function subjectUrl(context: Context, subject: SubjectSource): string {
  const kind = subject.__typename === 'PullRequest' ? 'pull' : 'issues'
  return `${context.world.origin}/${slugOf(subject.repository)}/${kind}/${subjectOf(subject).number}`
}
