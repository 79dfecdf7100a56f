/**
 * The history of an issue or pull request.
 *
 * Mentions are not kept: they are read from the texts of the pull requests, so a pull request that
 * stops mentioning an issue takes its mention along.
 */
import { closedBy, mentionedIn } from '../../actions/links.ts'
import type { Repository, TimelineEvent } from '../../state/model.ts'
import { nodeId } from '../../state/node-id.ts'
import { slugOf } from '../../world.ts'
import { type Connection, connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { type Arguments, type Fields, listArgument } from '../resolve.ts'
import {
  actorSource,
  commentSource,
  type EventSource,
  type IssueSource,
  issueSource,
  type PullSource,
  pullSource,
  reviewSource,
  type SubjectSource,
  subjectOf,
} from '../sources.ts'
import { readCommit, visibleReviews } from './reads.ts'

interface Item {
  readonly typename: string
  readonly at: string
  readonly key: string
  /** Numbers are given in order, so they tell apart what happened in one second. */
  readonly order: number
  readonly node: unknown
}

interface CrossReferenceSource {
  readonly __typename: 'CrossReferencedEvent'
  readonly source: PullSource
  readonly target: IssueSource
}

export async function timelineOf(
  subject: SubjectSource,
  args: Arguments,
  context: Context,
): Promise<Connection<unknown>> {
  await context.refs(subject.repository)
  const wanted = listArgument(args, 'itemTypes')?.map(typeNameOf)
  const items = [...ownEvents(subject), ...comments(subject), ...reviews(subject, context), ...mentions(subject)]
    .filter((item) => !wanted || wanted.includes(item.typename))
    .sort((a, b) => (a.at === b.at ? a.order - b.order : a.at < b.at ? -1 : 1))

  const page = connect(items, args, { keyOf: (item) => item.key, toNode: (item) => item.node })
  const updatedAt = items.at(-1)?.at ?? subjectOf(subject).updatedAt
  return { ...page, ...{ filteredCount: items.length, pageCount: page.nodes.length, updatedAt } }
}

/** `REVIEW_REQUESTED_EVENT` is the type `ReviewRequestedEvent`. */
function typeNameOf(itemType: string): string {
  return itemType.toLowerCase().replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}

function ownEvents(subject: SubjectSource): Item[] {
  return subjectOf(subject).events.map((event) => {
    return {
      typename: event.type,
      at: event.at,
      key: `e${event.id}`,
      order: event.id,
      node: { __typename: event.type, subject, event },
    }
  })
}

function comments(subject: SubjectSource): Item[] {
  return subjectOf(subject).comments.map((comment) => {
    return {
      typename: 'IssueComment',
      at: comment.createdAt,
      key: `c${comment.id}`,
      order: comment.id,
      node: commentSource(subject, comment),
    }
  })
}

function reviews(subject: SubjectSource, { viewer }: Context): Item[] {
  if (subject.__typename !== 'PullRequest') return []
  return visibleReviews(subject.pull, viewer.login).map((review) => {
    const at = review.submittedAt ?? review.createdAt
    return {
      typename: 'PullRequestReview',
      at,
      key: `r${review.id}`,
      order: review.id,
      node: reviewSource(subject, review),
    }
  })
}

function mentions(subject: SubjectSource): Item[] {
  if (subject.__typename !== 'Issue') return []
  const { repository, issue } = subject
  const mentioning = repository.pulls.filter((pull) =>
    mentionedIn(pull.body, slugOf(repository)).includes(issue.number),
  )
  return mentioning.map((pull) => {
    const node: CrossReferenceSource = {
      __typename: 'CrossReferencedEvent',
      source: pullSource(repository, pull),
      target: issueSource(repository, issue),
    }
    return { typename: 'CrossReferencedEvent', at: pull.createdAt, key: `x${pull.id}`, order: pull.id, node }
  })
}

const event: Fields<EventSource> = {
  id: ({ subject, event }) => nodeId('TimelineEvent', subject.repository.id, event.id),
  createdAt: ({ event }) => event.at,
  actor: ({ event }, _args, context) => actorSource(context, event.actor),
}

const pullEvent: Fields<EventSource> = { ...event, pullRequest: ({ subject }) => subject }

const reviewerEvent: Fields<EventSource> = {
  ...pullEvent,
  requestedReviewer: ({ event }, _args, context) => actorSource(context, event.reviewer),
}

export const timeline = {
  ClosedEvent: { ...event, closable: ({ subject }) => subject, closer: () => null } satisfies Fields<EventSource>,
  ReopenedEvent: { ...event, closable: ({ subject }) => subject } satisfies Fields<EventSource>,
  MergedEvent: {
    ...pullEvent,
    commit: ({ subject, event }, _args, context) => readCommit(context, subject.repository, event.commitOid ?? null),
  } satisfies Fields<EventSource>,
  LabeledEvent: {
    ...event,
    labelable: ({ subject }) => subject,
    label: ({ subject: { repository }, event }) => labelNamed(repository, event),
  } satisfies Fields<EventSource>,
  ReviewRequestedEvent: reviewerEvent,
  ReviewRequestRemovedEvent: reviewerEvent,
  ReadyForReviewEvent: pullEvent,
  ConvertToDraftEvent: pullEvent,
  HeadRefDeletedEvent: {
    ...pullEvent,
    headRef: () => null,
    headRefName: ({ subject }) => (subject.__typename === 'PullRequest' ? subject.pull.headRef : null),
  } satisfies Fields<EventSource>,

  CrossReferencedEvent: {
    id: ({ source, target }) => nodeId('TimelineEvent', source.pull.id, target.issue.id),
    createdAt: ({ source }) => source.pull.createdAt,
    referencedAt: ({ source }) => source.pull.createdAt,
    actor: ({ source }, _args, context) => actorSource(context, source.pull.author),
    isCrossRepository: () => false,
    willCloseTarget: ({ source: { repository, pull }, target }) => {
      return (
        pull.baseRef === repository.defaultBranch &&
        closedBy(pull.body, slugOf(repository)).includes(target.issue.number)
      )
    },
    source: ({ source }) => source,
    target: ({ target }) => target,
  } satisfies Fields<CrossReferenceSource>,
}

function labelNamed(repository: Repository, event: TimelineEvent) {
  const label = repository.labels.find((one) => one.name === event.label)
  return label ? { __typename: 'Label', repository, label } : null
}
