/**
 * What the resolvers of one request share: who asks, what is remembered, and what the branches say.
 *
 * Branches are read once for a request, so that everything in one answer fits together, as it does
 * on GitHub. A request that is told to read stale gets the memory and branches of an earlier moment.
 */
import { askMergeability, type Mergeability } from '../actions/mergeability.ts'
import { type Refs, syncRepository } from '../actions/sync.ts'
import type { Account, ForgeState, Pull, Repository } from '../state/model.ts'
import { slugOf, type World } from '../world.ts'

/** What a query costs by GitHub's formulas; see limits.ts. */
export interface QueryCost {
  readonly nodeCount: number
  readonly cost: number
}

/** A moment that later reads can be answered from. */
export interface Snapshot {
  readonly state: ForgeState
  readonly refs: ReadonlyMap<string, Refs>
}

export interface Quota {
  readonly limit: number
  readonly remaining: number
  readonly used: number
  readonly resetAt: string
}

export class Context {
  readonly #refs = new Map<number, Promise<Refs>>()
  readonly #mergeability = new Map<number, Promise<Mergeability>>()
  cost: QueryCost = { nodeCount: 0, cost: 1 }

  constructor(
    readonly world: World,
    readonly viewer: Account,
    readonly quota: Quota,
    readonly snapshot: Snapshot | null,
  ) {}

  get state(): ForgeState {
    return this.snapshot?.state ?? this.world.state
  }

  /** Branches and tags; asking brings the pull requests of the repository up to date first. */
  refs(repository: Repository): Promise<Refs> {
    const kept = this.#refs.get(repository.id)
    if (kept) return kept
    const old = this.snapshot?.refs.get(slugOf(repository))
    const asked = old ? Promise.resolve(old) : syncRepository(this.world, repository)
    this.#refs.set(repository.id, asked)
    return asked
  }

  /** After a branch was moved, the rest of the request sees where it is now. */
  forget(repository: Repository): void {
    this.#refs.delete(repository.id)
    this.#mergeability.clear()
  }

  async mergeability(repository: Repository, pull: Pull): Promise<Mergeability> {
    const kept = this.#mergeability.get(pull.id)
    if (kept) return kept
    const asked = this.refs(repository).then((refs) => askMergeability(this.world, { repository, pull, refs }))
    this.#mergeability.set(pull.id, asked)
    return asked
  }
}
