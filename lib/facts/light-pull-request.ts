/**
 * The little of an open pull request that tells whether anything about it moved since it was looked at.
 *
 * It picks what has to be looked at whole, and nothing else is decided from it. `updatedAt` is one sign among
 * others: checks, a resolved thread, a moved base and GitHub's word on merging leave it as it was. What is not
 * known is never taken for unchanged.
 */
import { z } from 'zod'

export const LightPullRequest = z.object({
  id: z.string(),
  number: z.number().int(),
  updatedAt: z.string(),
  isDraft: z.boolean(),
  head: z.string(),
  /** `tip`: the commit that the base branch has now; `null` when the branch is gone. */
  base: z.object({ branch: z.string(), tip: z.string().nullable() }),
  mergeable: z.string(),
  mergeStateStatus: z.string(),
  reviewDecision: z.string().nullable(),
  /** `null`: not known, or of another commit than the head. */
  checks: z
    .object({
      /** `null`: no check and no status was ever reported. */
      state: z.string().nullable(),
      suites: z.number().int(),
      /** How many of them have ended, of as many as are asked for. */
      endedSuites: z.number().int(),
      /** How many are in which state, such as `run SUCCESS 3`, sorted. */
      counts: z.array(z.string()),
    })
    .nullable(),
  /** Of each thread whether it is resolved and outdated; `null`: not known of every one. */
  threads: z.string().nullable(),
})
export type LightPullRequest = z.infer<typeof LightPullRequest>

const CHANGES = [
  'new',
  'head',
  'base',
  'draft',
  'mergeability',
  'review_decision',
  'checks',
  'threads',
  'updated',
  'unknown',
  'wait_over',
] as const
export type Change = (typeof CHANGES)[number]

export interface SeenPullRequest {
  readonly light: LightPullRequest
  /** When what was decided of it has to be decided anew although nothing moved; wall clock, `null`: never. */
  readonly lookAgainAtMs: number | null
}

export interface Candidate {
  readonly id: string
  readonly number: number
  readonly why: readonly [Change, ...Change[]]
}

export interface Picked {
  /** To be looked at whole, in the order given. */
  readonly candidates: readonly Candidate[]
  readonly unchanged: readonly number[]
  /** Seen before and no more among the open ones. */
  readonly gone: readonly number[]
}

/** @param open all open pull requests; where the list is not whole, what is missing is not gone */
export function pickChanged(
  open: readonly LightPullRequest[],
  seen: readonly SeenPullRequest[],
  { whole, nowMs }: { readonly whole: boolean; readonly nowMs: number },
): Picked {
  const before = new Map(seen.map((one) => [one.light.number, one]))
  const now = new Set(open.map(({ number }) => number))
  const candidates: Candidate[] = []
  const unchanged: number[] = []
  for (const light of open) {
    const [first, ...others] = changesOf(light, before.get(light.number), nowMs)
    if (first === undefined) unchanged.push(light.number)
    else candidates.push({ id: light.id, number: light.number, why: [first, ...others] })
  }
  const gone = whole ? [...before.keys()].filter((number) => !now.has(number)) : []
  return { candidates, unchanged, gone }
}

function changesOf(now: LightPullRequest, seen: SeenPullRequest | undefined, nowMs: number): Change[] {
  if (seen === undefined || seen.light.id !== now.id) return ['new']
  const { light: before, lookAgainAtMs } = seen
  const signs: Readonly<Record<Exclude<Change, 'new'>, boolean>> = {
    head: before.head !== now.head,
    base: before.base.branch !== now.base.branch || before.base.tip !== now.base.tip,
    draft: before.isDraft !== now.isDraft,
    mergeability: before.mergeable !== now.mergeable || before.mergeStateStatus !== now.mergeStateStatus,
    review_decision: before.reviewDecision !== now.reviewDecision,
    checks: !isSame(before.checks, now.checks),
    threads: before.threads !== now.threads,
    updated: before.updatedAt !== now.updatedAt,
    unknown: now.checks === null || now.threads === null || now.base.tip === null,
    wait_over: lookAgainAtMs !== null && lookAgainAtMs <= nowMs,
  }
  return CHANGES.filter((change) => change !== 'new' && signs[change])
}

function isSame(before: LightPullRequest['checks'], now: LightPullRequest['checks']): boolean {
  if (before === null || now === null) return before === now
  const { state, suites, endedSuites, counts } = before
  const sameSuites = suites === now.suites && endedSuites === now.endedSuites
  return state === now.state && sameSuites && counts.join() === now.counts.join()
}
