/**
 * Asks for a review, and believes it only when GitHub shows that it was asked.
 *
 * Copilot is asked over REST: GraphQL takes only people, and other ways are known to answer success
 * without doing anything. So the answer of the write is not trusted: the requests are read again, and
 * what cannot be seen there is `unavailable`, which leads to the gate or a person as policy says.
 * A head that the reviewer has reviewed is not given to it again.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { GitHubError } from '../../errors.ts'
import type { Effect } from '../../sessions/effect.ts'
import { readAnswer } from '../answers/read.ts'
import type { GitHubClient } from '../client.ts'
import { USER_ID } from '../queries/lookups.ts'
import { REQUEST_REVIEWS } from '../queries/mutations.ts'
import { restPath } from '../repository.ts'
import { writeDeadlineMs, writeTimeoutMs } from './deadline.ts'
import { type ReviewRequests, readReviewRequests } from './review-requests.ts'

/** The one spelling that the REST call takes; the plain name is refused, `Copilot` silently ignored. */
const COPILOT = 'copilot-pull-request-reviewer[bot]'

/** GitHub may show a request a moment after it took it. */
const LOOKS_AFTER_MS = [0, 500, 1_500, 3_000]

export interface ReviewWanted {
  readonly repo: string
  readonly number: number
  readonly head: string
  /** `copilot` or a login. */
  readonly reviewer: string
  /** When the reviewer had last been asked as the decision saw it; a later request is this one. */
  readonly askedBefore: string | null
}

export type ReviewAsked = {
  readonly outcome: 'requested' | 'already_requested' | 'already_reviewed' | 'unavailable'
  readonly reviewer: string
  /** Why it is unavailable: `not_permitted`, `refused`, `no_such_account`, `not_observable`. */
  readonly reason: string | null
}

export function requestReview(wanted: ReviewWanted, client: GitHubClient): Effect<ReviewAsked> {
  const { repo, number, head, reviewer, askedBefore } = wanted
  return {
    kind: 'request_review',
    key: keyOf(wanted),
    level: 'checked',
    params: { repo, number, head, reviewer, askedBefore },
    deadlineMs: writeDeadlineMs(client),
    async find(signal) {
      const requests = await readReviewRequests(wanted, client, signal)
      if (isAsked(requests, wanted)) return asked('already_requested', wanted)
      return requests.isReviewed ? asked('already_reviewed', wanted) : null
    },
    act: (signal) => ask(wanted, client, signal),
  }
}

function keyOf({ repo, number, head, reviewer, askedBefore }: ReviewWanted): string {
  return `review:${repo}#${number}:${head}:${reviewer}:${askedBefore ?? 'first'}`
}

async function ask(wanted: ReviewWanted, client: GitHubClient, signal: AbortSignal): Promise<ReviewAsked> {
  try {
    if (wanted.reviewer === 'copilot') await askCopilot(wanted, client, signal)
    else await askPerson(wanted, client, signal)
  } catch (error) {
    const reason = error instanceof GitHubError ? REFUSALS.get(error.code) : undefined
    if (reason === undefined) throw error
    return asked('unavailable', wanted, reason)
  }
  const seen = await seesRequest(wanted, client, signal)
  return seen ? asked('requested', wanted) : asked('unavailable', wanted, 'not_observable')
}

const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['not_permitted', 'not_permitted'],
  ['precondition_failed', 'refused'],
  ['target_not_found', 'no_such_account'],
])

async function askCopilot(wanted: ReviewWanted, client: GitHubClient, signal: AbortSignal): Promise<void> {
  const path = `${restPath(wanted.repo)}/pulls/${wanted.number}/requested_reviewers`
  const options = { signal, timeoutMs: writeTimeoutMs(client), idempotencyKey: keyOf(wanted) }
  await client.rest('POST', path, { reviewers: [COPILOT] }, options)
}

const User = z.object({ user: z.object({ id: z.string() }) })

async function askPerson(wanted: ReviewWanted, client: GitHubClient, signal: AbortSignal): Promise<void> {
  const { user } = readAnswer(User, await client.graphql(USER_ID, { login: wanted.reviewer }, { signal }))
  const { id } = await readReviewRequests(wanted, client, signal)
  const variables = { key: keyOf(wanted), id, userIds: [user.id] }
  await client.graphql(REQUEST_REVIEWS, variables, { signal, timeoutMs: writeTimeoutMs(client) })
}

async function seesRequest(wanted: ReviewWanted, client: GitHubClient, signal: AbortSignal): Promise<boolean> {
  for (const waitMs of LOOKS_AFTER_MS) {
    if (waitMs > 0) await sleep(waitMs, undefined, { signal })
    const requests = await readReviewRequests(wanted, client, signal)
    if (isAsked(requests, wanted) || requests.isReviewed) return true
  }
  return false
}

/** A quick reviewer is no longer listed as requested once it has begun, so a newer request event counts too. */
function isAsked(requests: ReviewRequests, { askedBefore }: ReviewWanted): boolean {
  if (requests.isRequested || requests.isPending) return true
  const last = requests.lastAskedAt
  return last !== null && (askedBefore === null || Date.parse(last) > Date.parse(askedBefore))
}

function asked(outcome: ReviewAsked['outcome'], { reviewer }: ReviewWanted, reason: string | null = null): ReviewAsked {
  return { outcome, reviewer, reason }
}
