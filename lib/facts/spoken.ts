/**
 * What people said on the pull request that nobody has acknowledged yet: their comments, and what they wrote
 * with a review. Remarks in threads are not counted here, they are answered one by one.
 *
 * Our own account is not a person to us, whoever shares it; neither are bots and the reviewer. Silence is
 * believed only as far back as the lists reach: a list that may lack something newer proves nothing.
 */
import { type Cast, roleOf } from './identity.ts'
import type { Account, Listed, ObservedPullRequest } from './pull-request.ts'

export const SPOKEN = ['settled', 'person', null] as const

export interface Remark {
  readonly id: string
  readonly at: string
  readonly author: Account | null
  readonly url: string
}

export interface Spoken {
  readonly state: (typeof SPOKEN)[number]
  /** Of people, oldest first. */
  readonly unheard: readonly Remark[]
  /** Comments that call the coding agent to work on this branch, and that it has not answered. */
  readonly calls: readonly Remark[]
}

type Speaking = Pick<ObservedPullRequest, 'comments' | 'reviews'>

export interface Hearing {
  /** Until when somebody said that everything was heard. */
  readonly heardUntil: string | null
  /** When the run that works here claimed it; what was said before is its briefing. */
  readonly claimedAt: string | null
}

/** With neither an acknowledgement nor a claim nobody is there to hear, and no person is waited for. */
export function summarizeSpoken(pr: Speaking, { heardUntil, claimedAt }: Hearing, cast: Cast): Spoken {
  const since = [heardUntil, claimedAt].reduce((one, other) => ((one ?? '') > (other ?? '') ? one : other))
  const comments = pr.comments.items.map((comment) => ({ ...comment, at: comment.createdAt }))
  const reviews = pr.reviews.items.filter(saysSomething).map((review) => ({ ...review, at: review.submittedAt ?? '' }))
  const isPersons = ({ author }: Remark) => ['author', 'person', 'gone'].includes(roleOf(author, cast))

  const unheard = [...comments, ...reviews].filter((one) => isPersons(one) && isLater(one, since)).sort(byAge)
  return {
    state: stateOf(pr, since, unheard),
    unheard: unheard.map(remarkOf),
    calls: callsIn(comments, heardUntil, cast).map(remarkOf),
  }
}

/** An approval without a word says nothing that has to be heard. */
function saysSomething(review: ObservedPullRequest['reviews']['items'][number]): boolean {
  if (review.submittedAt === null || review.state === 'DISMISSED' || review.state === 'PENDING') return false
  return review.state === 'CHANGES_REQUESTED' || review.body.trim() !== ''
}

function stateOf({ comments, reviews }: Speaking, since: string | null, unheard: readonly unknown[]): Spoken['state'] {
  if (since === null) return 'settled'
  if (unheard.length > 0) return 'person'
  const reach = (list: Listed<unknown>, oldest: string | null | undefined) =>
    list.complete || (typeof oldest === 'string' && oldest <= since)
  const reached =
    reach(comments, comments.items[0]?.createdAt) && reach(reviews, reviews.items.find(saysSomething)?.submittedAt)
  return reached ? 'settled' : null
}

const CALL = /(?:^|[^\w@/.-])[@/]copilot(?![\w-])/i

/** A call of before the claim still has the coding agent at work on the branch. */
function callsIn(comments: readonly (Remark & { body: string })[], since: string | null, cast: Cast) {
  const by = (role: string) => (comment: Remark) => roleOf(comment.author, cast) === role
  const answeredAt = comments.filter(by('coding_agent')).map(({ at }) => at)
  const open = (call: Remark) => isLater(call, since ?? '') && !answeredAt.some((at) => at > call.at)
  return comments.filter(
    (comment) => CALL.test(comment.body) && !by('coding_agent')(comment) && !by('reviewer')(comment) && open(comment),
  )
}

/** Instants of one form compare as text. */
function isLater({ at }: Remark, since: string | null): boolean {
  return since !== null && at > since
}

function byAge(one: Remark, other: Remark): number {
  if (one.at === other.at) return 0
  return one.at < other.at ? -1 : 1
}

function remarkOf({ id, at, author, url }: Remark): Remark {
  return { id, at, author, url }
}
