/** Who is asked for a review of a pull request, and since when; read before and after asking. */
import { z } from 'zod'
import { isReviewer } from '../../facts/identity.ts'
import { RawActor, RawReviewer } from '../answers/parts.ts'
import { readAnswer } from '../answers/read.ts'
import type { GitHubClient } from '../client.ts'
import { REVIEW_REQUESTS } from '../queries/lookups.ts'
import { ownerAndName } from '../repository.ts'
import { reviewerOf } from '../translate/parts.ts'

const Answer = z.object({
  repository: z.object({
    pullRequest: z.object({
      id: z.string(),
      headRefOid: z.string(),
      reviewRequests: z.object({ nodes: z.array(z.object({ requestedReviewer: RawReviewer }).nullable()) }).nullable(),
      reviews: z
        .object({
          nodes: z.array(
            z
              .object({ state: z.string(), author: RawActor, commit: z.object({ oid: z.string() }).nullable() })
              .nullable(),
          ),
        })
        .nullable(),
      timelineItems: z.object({
        nodes: z.array(
          z.object({ createdAt: z.string().optional(), requestedReviewer: RawReviewer.optional() }).nullable(),
        ),
      }),
    }),
  }),
})

export interface ReviewRequests {
  readonly id: string
  readonly head: string
  readonly isRequested: boolean
  /** A review of this head has begun and is not submitted. */
  readonly isPending: boolean
  /** This head was reviewed, and the review stands. */
  readonly isReviewed: boolean
  /** When the reviewer was last asked; `null`: never, as far as the newest events show. */
  readonly lastAskedAt: string | null
}

export async function readReviewRequests(
  { repo, number, reviewer }: { readonly repo: string; readonly number: number; readonly reviewer: string },
  client: GitHubClient,
  signal: AbortSignal,
): Promise<ReviewRequests> {
  const answer = await client.graphql(REVIEW_REQUESTS, { ...ownerAndName(repo), number }, { signal })
  const { id, headRefOid, reviewRequests, reviews, timelineItems } = readAnswer(Answer, answer).repository.pullRequest
  const isAsked = (raw: RawReviewer | undefined) => isReviewer(reviewerOf(raw), reviewer)
  const asked = timelineItems.nodes.filter((event) => isAsked(event?.requestedReviewer))
  const ofHead = (reviews?.nodes ?? []).filter((review) => review?.commit?.oid === headRefOid && isAsked(review.author))
  return {
    id,
    head: headRefOid,
    isRequested: (reviewRequests?.nodes ?? []).some((request) => isAsked(request?.requestedReviewer)),
    isPending: ofHead.some((review) => review?.state === 'PENDING'),
    isReviewed: ofHead.some((review) => review?.state !== 'PENDING' && review?.state !== 'DISMISSED'),
    lastAskedAt: asked.map((event) => event?.createdAt ?? '').reduce(newest, null),
  }
}

function newest(a: string | null, b: string): string | null {
  return b !== '' && (a === null || Date.parse(b) > Date.parse(a)) ? b : a
}
