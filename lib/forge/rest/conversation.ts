/** Issues, comments, reviews and their history over REST. */
import type { Context } from '../graphql/context.ts'
import { association } from '../graphql/types/conversation.ts'
import { visibleReviews } from '../graphql/types/reads.ts'
import { type Answer, jsonAnswer } from '../http.ts'
import { findIssue, findPull } from '../state/find.ts'
import type { Issue, Pull, Repository, TimelineEvent } from '../state/model.ts'
import { nodeId } from '../state/node-id.ts'
import { slugOf } from '../world.ts'
import { listAnswer, missing, openCall, openPullCall } from './open.ts'
import type { RepositoryCall, RestCall } from './routes.ts'
import { labelsJson, loginJson, submittedComments } from './shapes.ts'

/** To REST a pull request is an issue too, which says so. */
export async function readIssue(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  const subject = open && subjectOf(open)
  if (!open || !subject) return missing()
  const { context, repository } = open
  const isPull = 'headOid' in subject
  const url = urlOf(context, repository, subject)
  return jsonAnswer(200, {
    id: subject.id,
    node_id: nodeId(isPull ? 'PullRequest' : 'Issue', subject.id),
    number: subject.number,
    html_url: url,
    title: subject.title,
    body: subject.body,
    state: subject.state === 'OPEN' ? 'open' : 'closed',
    user: loginJson(context, subject.author),
    labels: labelsJson(repository, subject.labels),
    assignees: subject.assignees.flatMap((login) => loginJson(context, login) ?? []),
    comments: subject.comments.length,
    created_at: subject.createdAt,
    updated_at: subject.updatedAt,
    closed_at: subject.closedAt,
    ...(isPull ? { pull_request: { html_url: url } } : {}),
  })
}

export async function readComments(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  const subject = open && subjectOf(open)
  if (!open || !subject) return missing()
  const { context, repository } = open
  return listAnswer(call, subject.comments, (page) =>
    page.map((comment) => ({
      id: comment.id,
      node_id: nodeId('IssueComment', repository.id, comment.id),
      html_url: `${urlOf(context, repository, subject)}#issuecomment-${comment.id}`,
      body: comment.body,
      user: loginJson(context, comment.author),
      author_association: association(repository, comment.author),
      created_at: comment.createdAt,
      updated_at: comment.updatedAt,
    })),
  )
}

export async function readEvents(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  const subject = open && subjectOf(open)
  if (!open || !subject) return missing()
  const { context, repository } = open
  return listAnswer(call, subject.events, (page) => page.map((event) => eventJson(context, repository, event)))
}

/** `ReviewRequestedEvent` is the event `review_requested`. */
function eventJson(context: Context, repository: Repository, event: TimelineEvent) {
  const name = event.type.replace(/Event$/, '').replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`)
  return {
    id: event.id,
    node_id: nodeId('TimelineEvent', repository.id, event.id),
    event: name.toLowerCase(),
    actor: loginJson(context, event.actor),
    created_at: event.at,
    commit_id: event.commitOid ?? null,
    ...(event.reviewer === undefined ? {} : { requested_reviewer: loginJson(context, event.reviewer) }),
  }
}

export async function readReviews(call: RestCall): Promise<Answer> {
  const open = await openPullCall(call)
  if (!open) return missing()
  const { context, repository, pull } = open
  return listAnswer(call, visibleReviews(pull, context.viewer.login), (page) =>
    page.map((review) => ({
      id: review.id,
      node_id: nodeId('PullRequestReview', repository.id, review.id),
      user: loginJson(context, review.author),
      body: review.body,
      state: review.state,
      html_url: `${urlOf(context, repository, pull)}#pullrequestreview-${review.id}`,
      commit_id: review.commitOid,
      author_association: association(repository, review.author),
      ...(review.submittedAt === null ? {} : { submitted_at: review.submittedAt }),
    })),
  )
}

export async function readReviewComments(call: RestCall): Promise<Answer> {
  const open = await openPullCall(call)
  if (!open) return missing()
  const { context, repository, pull } = open
  return listAnswer(call, submittedComments(pull), (page) =>
    page.map((comment) => ({
      id: comment.id,
      node_id: nodeId('PullRequestReviewComment', repository.id, comment.id),
      pull_request_review_id: comment.reviewId,
      user: loginJson(context, comment.author),
      body: comment.body,
      created_at: comment.createdAt,
      updated_at: comment.updatedAt,
    })),
  )
}

function subjectOf({ repository, path }: RepositoryCall): Issue | Pull | null {
  const number = Number(path[2])
  return findIssue(repository, number) ?? findPull(repository, number)
}

function urlOf({ world }: Context, repository: Repository, subject: Issue | Pull): string {
  const kind = 'headOid' in subject ? 'pull' : 'issues'
  return `${world.origin}/${slugOf(repository)}/${kind}/${subject.number}`
}
