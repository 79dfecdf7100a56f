/**
 * Asking for reviews, giving them, and talking in their threads.
 */
import { unprocessable } from '../graphql/errors.ts'
import { bareLogin, mayDo } from '../state/find.ts'
import type { Account, Pull, Repository, Review, ReviewState, Thread } from '../state/model.ts'
import { slugOf, type World } from '../world.ts'
import { note } from './pulls.ts'

/** Whether a review of this account can be asked for; bots only if they review this repository. */
function canReview(repository: Repository, account: Account): boolean {
  if (account.kind === 'Bot') return bareLogin(repository.reviewer?.login ?? '') === bareLogin(account.login)
  return repository.permissions[account.login.toLowerCase()] !== undefined && mayDo(repository, account.login, 'READ')
}

export function requestReview(
  world: World,
  reviewer: Account,
  { repository, pull, actor }: { repository: Repository; pull: Pull; actor: Account },
): void {
  if (pull.state !== 'OPEN') throw unprocessable('Reviews cannot be requested on a closed pull request')
  if (reviewer.login === pull.author) throw unprocessable('Review cannot be requested from pull request author.')
  if (!canReview(repository, reviewer)) {
    const rule = 'Reviews may only be requested from collaborators.'
    throw unprocessable(
      `${rule} One or more of the users or teams you specified is not a collaborator of the ${slugOf(repository)} repository.`,
    )
  }
  if (pull.reviewRequests.some((request) => request.login === reviewer.login)) return
  pull.reviewRequests.push({ id: world.nextId(), login: reviewer.login, at: world.now() })
  note(world, pull, { type: 'ReviewRequestedEvent', actor: actor.login, reviewer: reviewer.login })
  world.events.emit('reviewRequested', repository, pull)
}

export function withdrawRequest(world: World, pull: Pull, { login, actor }: { login: string; actor: Account }): void {
  const before = pull.reviewRequests.length
  pull.reviewRequests = pull.reviewRequests.filter((request) => bareLogin(request.login) !== bareLogin(login))
  if (pull.reviewRequests.length === before) return
  note(world, pull, { type: 'ReviewRequestRemovedEvent', actor: actor.login, reviewer: login })
}

export function startReview(
  world: World,
  pull: Pull,
  { author, body, commitOid }: { author: Account; body: string; commitOid: string },
): Review {
  const createdAt = world.now()
  const review: Review = {
    id: world.nextId(),
    author: author.login,
    state: 'PENDING',
    body,
    commitOid,
    createdAt,
    submittedAt: null,
  }
  pull.reviews.push(review)
  return review
}

/** A submitted review takes its author off the list of those who were asked. */
export function submitReview(
  world: World,
  review: Review,
  { pull, state }: { pull: Pull; state: Exclude<ReviewState, 'PENDING' | 'DISMISSED'> },
): void {
  if (review.state !== 'PENDING') throw unprocessable('Can not submit a review that is not pending.')
  const own = review.author === pull.author
  if (own && state === 'APPROVED') throw unprocessable('Review Can not approve your own pull request')
  if (own && state === 'CHANGES_REQUESTED')
    throw unprocessable('Review Can not request changes on your own pull request')
  review.state = state
  review.submittedAt = world.now()
  pull.updatedAt = review.submittedAt
  pull.reviewRequests = pull.reviewRequests.filter((request) => request.login !== review.author)
}

export interface Remark {
  readonly path: string
  readonly line: number | null
  readonly startLine?: number | null
  readonly body: string
}

export async function openThread(
  world: World,
  remark: Remark,
  { repository, pull, review }: { repository: Repository; pull: Pull; review: Review },
): Promise<Thread> {
  const text = await world.objects(slugOf(repository)).fileAt(review.commitOid, remark.path)
  if (text === null) throw unprocessable(`Path could not be resolved`)
  const lineText = remark.line === null ? null : (text.split('\n')[remark.line - 1] ?? null)
  if (remark.line !== null && lineText === null) throw unprocessable('Line could not be resolved')

  const at = world.now()
  const first = { id: world.nextId(), author: review.author, body: remark.body, createdAt: at, updatedAt: at }
  const thread: Thread = {
    id: world.nextId(),
    path: remark.path,
    line: remark.line,
    startLine: remark.startLine ?? null,
    lineText,
    commitOid: review.commitOid,
    resolvedBy: null,
    isResolved: false,
    comments: [{ ...first, reviewId: review.id, replyTo: null }],
  }
  pull.threads.push(thread)
  pull.updatedAt = at
  return thread
}

/** A reply outside a pending review becomes a review of its own: GitHub submits one around it. */
export function replyTo(
  world: World,
  thread: Thread,
  { pull, author, body }: { pull: Pull; author: Account; body: string },
) {
  const pending = pull.reviews.find((review) => review.author === author.login && review.state === 'PENDING')
  const review = pending ?? startReview(world, pull, { author, body: '', commitOid: pull.headOid })
  const at = world.now()
  const comment = {
    id: world.nextId(),
    author: author.login,
    body,
    createdAt: at,
    updatedAt: at,
    reviewId: review.id,
    replyTo: thread.comments[0]?.id ?? null,
  }
  thread.comments.push(comment)
  if (!pending) submitReview(world, review, { pull, state: 'COMMENTED' })
  pull.updatedAt = at
  return comment
}
