/** Reads that several types share. */
import type { Pull, Repository, Review } from '../../state/model.ts'
import { slugOf } from '../../world.ts'
import type { Context } from '../context.ts'
import { commitSource } from '../sources.ts'

export async function readCommit(context: Context, repository: Repository, oid: string | null) {
  const data = oid === null ? null : await context.world.objects(slugOf(repository)).commit(oid)
  return data && commitSource(repository, data)
}

/** A pending review is seen by its author only. */
export function visibleReviews(pull: Pull, login: string): Review[] {
  return pull.reviews.filter((review) => isSubmitted(review) || review.author === login)
}

export function isSubmitted(review: Review): boolean {
  return review.state !== 'PENDING'
}
