/**
 * The open pull requests in which anything moved since they were last looked at, as whole facts.
 *
 * A light page names up to a hundred with what tells whether they moved; only those that did are asked for
 * whole. What is remembered for the next time is the light look that came before the facts: a review that
 * arrives in between is then seen twice rather than never.
 */
import {
  type Candidate,
  type LightPullRequest,
  pickChanged,
  type SeenPullRequest,
} from '../facts/light-pull-request.ts'
import { LightAnswer } from './answers/open-pull-requests.ts'
import { readAnswer } from './answers/read.ts'
import type { CallOptions, GitHubClient } from './client.ts'
import {
  observePullRequestsById,
  type RepositoryName,
  type SweepOptions,
  type Swept,
} from './observe-open-pull-requests.ts'
import { askForLess } from './page-sizes.ts'
import { isOfChecks } from './pull-request-lists.ts'
import { OPEN_PULL_REQUESTS_LIGHT } from './queries/open-pull-requests.ts'
import { ownerAndName } from './repository.ts'
import { lightPullRequestOf } from './translate/light-pull-request.ts'

export interface LightLook {
  readonly open: readonly LightPullRequest[]
  /** Whether these are all that are open. */
  readonly complete: boolean
  readonly points: number | null
}

export interface ChangedPullRequests extends Swept {
  readonly candidates: readonly Candidate[]
  readonly unchanged: readonly number[]
  readonly gone: readonly number[]
  /** What to compare with the next time. */
  readonly open: readonly LightPullRequest[]
}

/** @throws GitHubError; `target_not_found` when there is no such repository */
export async function observeChangedPullRequests(
  client: GitHubClient,
  repository: RepositoryName,
  { seen, ...options }: SweepOptions & { readonly seen: readonly SeenPullRequest[] },
): Promise<ChangedPullRequests> {
  const { open, complete, points } = await lookAtOpenPullRequests(client, repository, options)
  const picked = pickChanged(open, seen, { whole: complete, nowMs: options.now().getTime() })
  const whole = await observePullRequestsById(client, repository, { ...options, ids: picked.candidates })
  const sum = points === null || whole.points === null ? null : points + whole.points
  return { ...picked, ...whole, open, complete, points: sum }
}

/** One request for each hundred. */
export async function lookAtOpenPullRequests(
  client: GitHubClient,
  { repo }: RepositoryName,
  { sizes, signal }: SweepOptions,
): Promise<LightLook> {
  const open = new Map<number, LightPullRequest>()
  let points: number | null = 0
  let complete = true
  for (let cursor: string | null = null; ; ) {
    const ask = (first: number, call: CallOptions) => lightPage(client, { ...ownerAndName(repo), first, cursor }, call)
    const { list, cost, withheld } = await askForLess('light', ask, { sizes, signal })
    points = points === null || cost === null ? null : points + cost
    const known = open.size
    list?.nodes?.forEach((raw, index) => {
      if (raw) open.set(raw.number, lightPullRequestOf(raw, withheld.has(index)))
      else complete = false
    })
    const more: boolean = list?.pageInfo.hasNextPage === true
    cursor = more ? (list?.pageInfo.endCursor ?? null) : null
    // A page that leads nowhere would be followed for ever.
    const astray = more && (cursor === null || open.size === known)
    if (list?.nodes == null || astray) complete = false
    if (cursor === null || astray) return { open: [...open.values()], complete, points }
  }
}

async function lightPage(
  client: GitHubClient,
  variables: { readonly owner: string; readonly name: string; readonly first: number; readonly cursor: string | null },
  call: CallOptions,
) {
  const withheld = new Set<number>()
  const answer: unknown = await client.graphql(OPEN_PULL_REQUESTS_LIGHT, variables, {
    ...call,
    onWithheld(path) {
      const place = /^repository\.list\.nodes\.(\d+)\./.exec(path)?.[1]
      if (place === undefined || !isOfChecks(path)) return false
      withheld.add(Number(place))
      return true
    },
  })
  const { repository, rateLimit } = readAnswer(LightAnswer, answer)
  return { list: repository.list, cost: rateLimit?.cost ?? null, withheld }
}
