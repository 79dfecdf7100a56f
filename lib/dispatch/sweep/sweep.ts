/**
 * All open pull requests of a repository: where each stands, or only those in which anything moved.
 *
 * Records are read once for all of them. No effect follows from a sweep: who takes one up asks `next`.
 */

import type { Preference } from '../../config/schema.ts'
import type { Change, LightPullRequest, SeenPullRequest } from '../../facts/light-pull-request.ts'
import type { PullRequestFacts } from '../../facts/pull-request.ts'
import type { GitHubClient } from '../../github/client.ts'
import { lookAtOpenPullRequests, observeChangedPullRequests } from '../../github/observe-changed-pull-requests.ts'
import { observeOpenPullRequests, type RepositoryName, type Swept } from '../../github/observe-open-pull-requests.ts'
import { forObserving } from '../../github/observing.ts'
import type { PageSizes } from '../../github/page-sizes.ts'
import { type Standing, standingOf } from '../../loop/standing.ts'
import type { OwnershipContext } from '../../ownership/service.ts'
import { type ListedOwnership, listOwnership } from '../../ownership/service.ts'
import { type Target, targetKey } from '../../target.ts'
import { complete, type Sources } from '../gather.ts'

export interface SweepSources {
  readonly client: GitHubClient
  readonly config: Preference
  readonly signal: AbortSignal
  readonly ownership: OwnershipContext
  readonly sizes: PageSizes
  /** Wall clock in milliseconds. */
  readonly now: () => number
}

interface SweptPullRequest extends Standing {
  readonly number: number
  readonly head: string
  readonly draft: boolean
  readonly holder: string | null
  /** What moved since the last look; only where that was asked. */
  readonly why?: readonly Change[]
}

export interface SweepResult {
  readonly pullRequests: readonly SweptPullRequest[]
  /** Numbers of open ones that could not be looked at as a whole. */
  readonly unsettled: readonly number[]
  readonly unchanged: readonly number[]
  readonly gone: readonly number[]
  readonly complete: boolean
  readonly points: number | null
  /** What the next sweep compares with. */
  readonly seen: readonly SeenPullRequest[]
}

/** Where every open pull request stands. @throws GitHubError, StoreError */
export async function sweepAll(
  repository: RepositoryName,
  { seen, ...sources }: SweepSources & { readonly seen: readonly SeenPullRequest[] },
): Promise<SweepResult> {
  const options = observing(sources)
  const light = await lookAtOpenPullRequests(forObserving(sources.client), repository, options)
  const sizes = light.complete ? noLargerThan(light.open.length, sources.sizes) : sources.sizes
  const swept = await observeOpenPullRequests(forObserving(sources.client), repository, { ...options, sizes })
  const whole = light.complete && swept.complete
  const pullRequests = await standings(swept, repository, sources)
  return {
    pullRequests,
    unsettled: swept.unsettled,
    unchanged: [],
    gone: [],
    complete: whole,
    points: light.points === null || swept.points === null ? null : light.points + swept.points,
    seen: seenAfter({ open: light.open, pullRequests, kept: whole ? [] : seen }),
  }
}

/** A page costs what it has room for, so it has room for as many as there are. */
function noLargerThan(count: number, sizes: PageSizes): PageSizes {
  return { ...sizes, read: (kind) => Math.min(sizes.read(kind), Math.max(1, count)) }
}

/** Where those stand in which anything moved since they were seen. @throws GitHubError, StoreError */
export async function sweepChanged(
  repository: RepositoryName,
  { seen, ...sources }: SweepSources & { readonly seen: readonly SeenPullRequest[] },
): Promise<SweepResult> {
  const swept = await observeChangedPullRequests(forObserving(sources.client), repository, {
    ...observing(sources),
    seen,
  })
  const { candidates, unchanged, gone, complete: whole, open, points, unsettled } = swept
  const why = new Map(candidates.map((candidate) => [candidate.number, candidate.why]))
  const standing = await standings(swept, repository, sources)
  const pullRequests = standing.map((one) => ({ ...one, why: why.get(one.number) ?? [] }))
  const listed = new Set(open.map(({ number }) => number))
  const kept = seen.filter(({ light: { number } }) => unchanged.includes(number) || (!whole && !listed.has(number)))
  return {
    pullRequests,
    unsettled,
    unchanged,
    gone,
    complete: whole,
    points,
    seen: seenAfter({ open, pullRequests, kept }),
  }
}

function observing({ sizes, signal, now }: SweepSources) {
  return { sizes, signal, now: () => new Date(now()) }
}

/** Only what was looked at whole counts as seen, and as it was in the light look before that. */
function seenAfter({
  open,
  pullRequests,
  kept,
}: {
  readonly open: readonly LightPullRequest[]
  readonly pullRequests: readonly SweptPullRequest[]
  readonly kept: readonly SeenPullRequest[]
}): readonly SeenPullRequest[] {
  const looked = new Map(pullRequests.map((one) => [one.number, one]))
  const seen = new Map(kept.map((one) => [one.light.number, one]))
  for (const light of open) {
    const one = looked.get(light.number)
    if (one) seen.set(light.number, { light, lookAgainAtMs: one.waitUntilMs })
  }
  return [...seen.values()]
}

async function standings(
  { facts }: Pick<Swept, 'facts'>,
  repository: RepositoryName,
  sources: SweepSources,
): Promise<readonly SweptPullRequest[]> {
  const { host, repo } = repository
  const records = new Map<string, ListedOwnership>()
  for (const one of await listOwnership(`${host}/${repo}/`, sources.ownership)) records.set(placeIn(one.key), one)
  const asking = { ...sources, records }
  const standing: SweptPullRequest[] = []
  for (const one of facts) standing.push(...(await standingIn(one, repository, asking)))
  return standing
}

/** A key without the repository, which may have been renamed since the record was made. */
function placeIn(key: string): string {
  return key.split('/').slice(3).join('/')
}

const NOBODY = { record: null, version: null, holder: null }

async function standingIn(
  facts: PullRequestFacts,
  { host, repo }: RepositoryName,
  {
    records,
    client,
    config,
    signal,
    ownership,
    now,
  }: SweepSources & { readonly records: ReadonlyMap<string, ListedOwnership> },
): Promise<readonly SweptPullRequest[]> {
  const { pr } = facts
  if (pr === null) return []
  const target = { host, repo, number: pr.number }
  const viewOf = (asked: Target) => records.get(placeIn(targetKey(asked))) ?? NOBODY
  const view = viewOf(target)
  const sources: Sources = {
    client,
    config,
    signal,
    ownership,
    now,
    runId: null,
    allowFork: true,
    purpose: 'observe',
    readOwnership: async (asked) => viewOf(asked),
    observeLocal: async () => null,
    keepFacts: async () => '',
  }
  const { input } = await complete({ target, facts, branch: pr.head.branch, view }, sources)
  const unread = 'problem' in view && view.problem !== null ? ['record'] : []
  const standing = standingOf(input)
  return [
    {
      number: pr.number,
      head: pr.head.sha,
      draft: pr.isDraft,
      holder: view.holder?.runId ?? null,
      ...standing,
      missing: [...unread, ...standing.missing],
    },
  ]
}
