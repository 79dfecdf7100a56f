/** Writes that are words: comments, reviews, threads, and the wish for a review. */
import {
  openThread,
  type Remark,
  replyTo,
  requestReview,
  startReview,
  submitReview,
  withdrawRequest,
} from '../../actions/reviews.ts'
import type { Account, Review } from '../../state/model.ts'
import { nodeId } from '../../state/node-id.ts'
import type { Context } from '../context.ts'
import { forbidden, notFound, unprocessable } from '../errors.ts'
import { type Arguments, type Fields, listArgument, textArgument } from '../resolve.ts'
import {
  accountSource,
  commentSource,
  type PullSource,
  reviewSource,
  subjectOf,
  threadCommentSource,
  threadSource,
} from '../sources.ts'
import { maySettle } from '../types/conversation.ts'
import { demand, inputOf, nodeOf, subjectNode, textOf } from './find.ts'

export const conversationMutations: Fields<unknown> = {
  addComment: async (_source, args, context) => {
    const input = inputOf(args)
    const subject = await subjectNode(context, input.subjectId)
    demand(context, subject.repository, { least: 'READ', call: 'AddComment' })
    const body = textOf(input, 'body')
    if (body.trim() === '') throw unprocessable("Body can't be blank")
    const at = context.world.now()
    const comment = { id: context.world.nextId(), author: context.viewer.login, body, createdAt: at, updatedAt: at }
    const about = subjectOf(subject)
    about.comments.push(comment)
    about.updatedAt = at
    const node = commentSource(subject, comment)
    return {
      subject,
      commentEdge: { cursor: String(comment.id), node },
      timelineEdge: { cursor: String(comment.id), node },
    }
  },

  updateIssueComment: async (_source, args, context) => {
    const input = inputOf(args)
    const source = await nodeOf(context, 'IssueComment', input.id)
    demand(context, source.subject.repository, {
      least: 'WRITE',
      call: 'UpdateIssueComment',
      or: [source.comment.author],
    })
    source.comment.body = textOf(input, 'body')
    source.comment.updatedAt = context.world.now()
    return { issueComment: source }
  },

  deleteIssueComment: async (_source, args, context) => {
    const { subject, comment } = await nodeOf(context, 'IssueComment', inputOf(args).id)
    demand(context, subject.repository, { least: 'WRITE', call: 'DeleteIssueComment', or: [comment.author] })
    const about = subjectOf(subject)
    about.comments = about.comments.filter((one) => one.id !== comment.id)
    return {}
  },

  deletePullRequestReviewComment: async (_source, args, context) => {
    const { on, thread, comment } = await nodeOf(context, 'PullRequestReviewComment', inputOf(args).id)
    demand(context, on.repository, { least: 'WRITE', call: 'DeletePullRequestReviewComment', or: [comment.author] })
    thread.comments = thread.comments.filter((one) => one.id !== comment.id)
    on.pull.threads = on.pull.threads.filter((one) => one.comments.length > 0)
    const review = on.pull.reviews.find((one) => one.id === comment.reviewId)
    return { pullRequestReviewComment: null, pullRequestReview: review ? reviewSource(on, review) : null }
  },

  requestReviews: async (_source, args, context) => {
    const input = inputOf(args)
    const source = await nodeOf(context, 'PullRequest', input.pullRequestId)
    demand(context, source.repository, { least: 'WRITE', call: 'RequestReviews', or: [source.pull.author] })
    const accounts = (listArgument(input, 'userIds') ?? []).map((id) => accountOf(context, id))
    if (input.union !== true) withdrawOthers(context, source, accounts)
    for (const account of accounts) requestReview(context.world, account, { ...source, actor: context.viewer })
    const last = accounts.at(-1)
    return {
      pullRequest: source,
      actor: accountSource(context.viewer),
      requestedReviewersEdge: last ? { cursor: String(last.id), node: accountSource(last) } : null,
    }
  },

  addPullRequestReview: async (_source, args, context) => {
    const input = inputOf(args)
    const on = await nodeOf(context, 'PullRequest', input.pullRequestId)
    demand(context, on.repository, { least: 'READ', call: 'AddPullRequestReview' })
    const body = textOf(input, 'body')
    const commitOid = textArgument(input, 'commitOID') ?? on.pull.headOid
    if (on.pull.reviews.some((one) => one.author === context.viewer.login && one.state === 'PENDING')) {
      throw unprocessable('User can only have one pending review per pull request')
    }
    const review = startReview(context.world, on.pull, { author: context.viewer, body, commitOid })
    try {
      for (const remark of remarksOf(input)) await openThread(context.world, remark, { ...on, review })
      finish(context, { on, review, event: input.event })
    } catch (error) {
      forgetReview(on, review)
      throw error
    }
    const node = reviewSource(on, review)
    return { pullRequestReview: node, reviewEdge: { cursor: String(review.id), node } }
  },

  submitPullRequestReview: async (_source, args, context) => {
    const input = inputOf(args)
    const source = await pendingReview(context, input)
    if (source.review.author !== context.viewer.login) throw forbidden(context.viewer.login, 'SubmitPullRequestReview')
    const body = textArgument(input, 'body')
    if (body !== null) source.review.body = body
    finish(context, { ...source, event: input.event })
    return { pullRequestReview: source }
  },

  addPullRequestReviewThread: async (_source, args, context) => {
    const input = inputOf(args)
    const { on, review } = await pendingReview(context, input)
    const remark = { path: textOf(input, 'path'), line: lineOf(input.line), body: textOf(input, 'body') }
    const thread = await openThread(context.world, remark, { ...on, review })
    return { thread: threadSource(on, thread) }
  },

  addPullRequestReviewThreadReply: async (_source, args, context) => {
    const input = inputOf(args)
    const { on, thread } = await nodeOf(context, 'PullRequestReviewThread', input.pullRequestReviewThreadId)
    demand(context, on.repository, { least: 'READ', call: 'AddPullRequestReviewThreadReply' })
    const body = textOf(input, 'body')
    if (body.trim() === '') throw unprocessable("Body can't be blank")
    const comment = replyTo(context.world, thread, { pull: on.pull, author: context.viewer, body })
    return { comment: threadCommentSource(on, thread, comment) }
  },

  resolveReviewThread: (_source, args, context) => settle(context, args, true),
  unresolveReviewThread: (_source, args, context) => settle(context, args, false),
}

async function settle(context: Context, args: Arguments, resolved: boolean) {
  const source = await nodeOf(context, 'PullRequestReviewThread', inputOf(args).threadId)
  if (!maySettle(source.on, context.viewer.login)) {
    throw forbidden(context.viewer.login, resolved ? 'ResolveReviewThread' : 'UnresolveReviewThread')
  }
  source.thread.isResolved = resolved
  source.thread.resolvedBy = resolved ? context.viewer.login : null
  return { thread: source }
}

function finish(context: Context, { on, review, event }: { on: PullSource; review: Review; event: unknown }): void {
  const states = { COMMENT: 'COMMENTED', APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED' } as const
  if (event !== 'COMMENT' && event !== 'APPROVE' && event !== 'REQUEST_CHANGES') return
  submitReview(context.world, review, { pull: on.pull, state: states[event] })
}

function forgetReview(on: PullSource, review: Review): void {
  on.pull.reviews = on.pull.reviews.filter((one) => one !== review)
  on.pull.threads = on.pull.threads.filter((thread) => thread.comments[0]?.reviewId !== review.id)
}

async function pendingReview(context: Context, input: Arguments) {
  if (typeof input.pullRequestReviewId === 'string') {
    return nodeOf(context, 'PullRequestReview', input.pullRequestReviewId)
  }
  const on = await nodeOf(context, 'PullRequest', input.pullRequestId)
  const review = on.pull.reviews.find((one) => one.author === context.viewer.login && one.state === 'PENDING')
  if (!review) throw notFound('Could not resolve to a pending review of this account')
  return reviewSource(on, review)
}

function remarksOf(input: Arguments): Remark[] {
  const threads = Array.isArray(input.threads) ? input.threads : []
  return threads.map((one: Arguments) => ({
    path: textOf(one, 'path'),
    line: lineOf(one.line),
    body: textOf(one, 'body'),
  }))
}

function lineOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function accountOf({ state }: Context, id: string): Account {
  const account = state.accounts.find((one) => nodeId(one.kind, one.id) === id)
  if (!account) throw notFound(`Could not resolve to User node with the global id of '${id}'.`)
  return account
}

/** Without `union` the list given is the whole list. */
function withdrawOthers(context: Context, { pull }: PullSource, keep: readonly Account[]): void {
  for (const request of pull.reviewRequests) {
    const kept = keep.some((account) => account.login === request.login)
    if (!kept) withdrawRequest(context.world, pull, { login: request.login, actor: context.viewer })
  }
}
