/**
 * May this pull request be merged, in GitHub's two words for it: `mergeable` and `mergeStateStatus`.
 */
import { mayDo } from '../state/find.ts'
import type { BranchProtection, Pull, Repository, Review } from '../state/model.ts'
import { slugOf, type World } from '../world.ts'
import { contextsOf, nameOf, rollupState, stateOf } from './rollup.ts'
import type { Refs } from './sync.ts'

export interface Mergeability {
  readonly mergeable: 'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN'
  readonly mergeStateStatus: 'BEHIND' | 'BLOCKED' | 'CLEAN' | 'DIRTY' | 'DRAFT' | 'UNKNOWN' | 'UNSTABLE'
}

interface Question {
  readonly repository: Repository
  readonly pull: Pull
  readonly refs: Refs
}

/** Asking counts: after a push GitHub answers UNKNOWN first, and computes because it was asked. */
export async function askMergeability(world: World, question: Question): Promise<Mergeability> {
  const { repository, pull, refs } = question
  const base = refs.get(`refs/heads/${pull.baseRef}`)
  if (pull.state !== 'OPEN' || base === undefined) return { mergeable: 'UNKNOWN', mergeStateStatus: 'UNKNOWN' }

  const pair = `${base} ${pull.headOid}`
  const asked = world.mergeabilityReads.get(pull.id)
  const reads = asked?.pair === pair ? asked.reads + 1 : 1
  world.mergeabilityReads.set(pull.id, { pair, reads })
  if (reads <= repository.mergeabilityLag) return { mergeable: 'UNKNOWN', mergeStateStatus: 'UNKNOWN' }
  return computeMergeability(world, { ...question, base })
}

export async function computeMergeability(world: World, at: Question & { base: string }): Promise<Mergeability> {
  const { repository, pull, base } = at
  const objects = world.objects(slugOf(repository))
  if ((await objects.mergedTree(base, pull.headOid)) === null) {
    return { mergeable: 'CONFLICTING', mergeStateStatus: 'DIRTY' }
  }
  if (pull.draft) return { mergeable: 'MERGEABLE', mergeStateStatus: 'DRAFT' }

  const protection = protectionOf(repository, pull.baseRef)
  const behind = protection?.strict === true && !(await objects.contains(pull.headOid, base))
  if (behind) return { mergeable: 'MERGEABLE', mergeStateStatus: 'BEHIND' }
  if (unmetRule(repository, pull)) return { mergeable: 'MERGEABLE', mergeStateStatus: 'BLOCKED' }

  const rollup = rollupState(contextsOf(repository, pull.headOid))
  const stable = rollup === null || rollup === 'SUCCESS'
  return { mergeable: 'MERGEABLE', mergeStateStatus: stable ? 'CLEAN' : 'UNSTABLE' }
}

export function protectionOf(repository: Repository, branch: string): BranchProtection | null {
  return repository.protections.find((one) => one.branch === branch) ?? null
}

/** @returns what the base branch demands and the head has not, in GitHub's words */
export function unmetRule(repository: Repository, pull: Pull): string | null {
  const protection = protectionOf(repository, pull.baseRef)
  if (!protection) return null

  const contexts = contextsOf(repository, pull.headOid)
  for (const name of protection.requiredChecks) {
    const context = contexts.find((one) => nameOf(one) === name)
    if (!context) return `Required status check "${name}" is expected.`
    const state = stateOf(context)
    if (state === 'PENDING') return `Required status check "${name}" is in progress.`
    if (state !== 'SUCCESS') return `Required status check "${name}" is failing.`
  }
  const decision = reviewDecision(repository, pull)
  if (decision === 'CHANGES_REQUESTED') return 'Changes have been requested by a reviewer with write access.'
  const wanted = protection.requiredApprovals
  if (decision === 'REVIEW_REQUIRED')
    return `At least ${wanted} approving review is required by reviewers with write access.`
  return null
}

/** `null` where the base branch demands no review, whatever the reviewers said. */
export function reviewDecision(repository: Repository, pull: Pull) {
  const wanted = protectionOf(repository, pull.baseRef)?.requiredApprovals ?? 0
  if (wanted === 0) return null

  const opinions = latestOpinions(pull).filter((review) => mayDo(repository, review.author, 'WRITE'))
  if (opinions.some((review) => review.state === 'CHANGES_REQUESTED')) return 'CHANGES_REQUESTED'
  return opinions.filter((review) => review.state === 'APPROVED').length >= wanted ? 'APPROVED' : 'REVIEW_REQUIRED'
}

/** The last approval or refusal of each reviewer; a comment changes no opinion. */
export function latestOpinions(pull: Pull): Review[] {
  const latest = new Map<string, Review>()
  for (const review of pull.reviews) {
    const opinion = review.state === 'APPROVED' || review.state === 'CHANGES_REQUESTED' || review.state === 'DISMISSED'
    if (opinion) latest.set(review.author, review)
  }
  return [...latest.values()]
}
