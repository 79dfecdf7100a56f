/**
 * The reviewer: when it is asked, it says after a moment what its script has for this round.
 *
 * The round is counted by the reviews it has already given on the pull request, so it survives a
 * restart without being remembered. It reviews the head that is there when it answers, not the one it
 * was asked for, as real reviewers do.
 */
import { openThread, startReview, submitReview } from '../actions/reviews.ts'
import { syncRepository } from '../actions/sync.ts'
import { findAccount } from '../state/find.ts'
import type { Account, Pull, Repository, ReviewerScript, ReviewRemark } from '../state/model.ts'
import { slugOf, type World } from '../world.ts'

export class Reviewer {
  readonly #timers = new Map<number, NodeJS.Timeout>()
  readonly #working = new Set<Promise<void>>()

  constructor(readonly world: World) {}

  start(): void {
    this.world.events.on('reviewRequested', this.#onRequest)
    for (const repository of this.world.state.repositories) {
      for (const pull of repository.pulls) this.#onRequest(repository, pull)
    }
  }

  async stop(): Promise<void> {
    this.world.events.off('reviewRequested', this.#onRequest)
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    await Promise.allSettled([...this.#working])
  }

  readonly #onRequest = (repository: Repository, pull: Pull) => {
    const script = repository.reviewer
    if (!script || !isAsked(pull, script) || this.#timers.has(pull.id)) return
    const answer = () => {
      this.#timers.delete(pull.id)
      const review = this.#review(repository, { pull, script })
      const working = this.world.quietly(review).finally(() => this.#working.delete(working))
      this.#working.add(working)
    }
    this.#timers.set(pull.id, setTimeout(answer, script.delayMs))
  }

  async #review(repository: Repository, { pull, script }: { pull: Pull; script: ReviewerScript }): Promise<void> {
    await syncRepository(this.world, repository)
    const author = findAccount(this.world.state, script.login)
    const given = pull.reviews.filter((review) => review.author === author?.login && review.state !== 'PENDING').length
    const round = script.rounds[Math.min(given, script.rounds.length - 1)]
    if (!author || !round || !isAsked(pull, script)) return

    await this.#say(repository, { pull, author, round })
    await this.world.save()
  }

  async #say(
    repository: Repository,
    { pull, author, round }: { pull: Pull; author: Account; round: ReviewerScript['rounds'][number] },
  ): Promise<void> {
    // Files are read first: nobody sees a review whose threads are still to come.
    const remarks = await Promise.all(round.remarks.map((remark) => this.#placed(repository, pull, remark)))
    const review = startReview(this.world, pull, { author, body: round.body, commitOid: pull.headOid })
    for (const remark of remarks) await openThread(this.world, remark, { repository, pull, review })
    submitReview(this.world, review, { pull, state: round.state })
  }

  /** The script was written before the change: where the file is shorter the last line is remarked on. */
  async #placed(repository: Repository, pull: Pull, remark: ReviewRemark) {
    const objects = this.world.objects(slugOf(repository))
    const named = await objects.fileAt(pull.headOid, remark.path)
    const changed = named === null ? await objects.files(pull.baseOid, pull.headOid) : []
    const path =
      named === null ? (changed.find((file) => file.changeType !== 'DELETED')?.path ?? remark.path) : remark.path
    const lines = ((await objects.fileAt(pull.headOid, path)) ?? '').trimEnd().split('\n').length
    return { path, line: Math.min(remark.line, lines), body: remark.body }
  }
}

function isAsked(pull: Pull, script: ReviewerScript): boolean {
  return pull.state === 'OPEN' && pull.reviewRequests.some((request) => request.login === script.login)
}
