/**
 * All open pull requests of a repository, as whole facts, in few requests.
 *
 * Each comes with its page unless the page has no room for it (more threads than are asked for of one among
 * many), its base is another than the default branch, or GitHub shows its head as two commits: those are asked
 * for again, whole, many at once. One that is still shown as two commits is named and left out.
 *
 * The facts are marked as those of a sweep, from which no effect follows. Former names of renamed files are
 * not looked up, so the list of files of such a pull request is not whole.
 */
import type { PullRequestFacts } from '../facts/pull-request.ts'
import { OpenPullRequestsAnswer, PullRequestsByIdAnswer } from './answers/open-pull-requests.ts'
import type { RawRepository } from './answers/parts.ts'
import type { RawPullRequest } from './answers/pull-request.ts'
import { readAnswer } from './answers/read.ts'
import type { CallOptions, GitHubClient } from './client.ts'
import { isConsistent, type Observing, pullRequestFacts } from './observe-pull-request.ts'
import { askForLess, type PageSizes } from './page-sizes.ts'
import { isOfChecks } from './pull-request-lists.ts'
import { OPEN_PULL_REQUESTS, PULL_REQUESTS_BY_ID } from './queries/open-pull-requests.ts'
import { ownerAndName } from './repository.ts'

export interface SweepOptions extends Observing {
  readonly sizes: PageSizes
}

export interface RepositoryName {
  readonly host: string
  readonly repo: string
}

export interface PullRequestId {
  readonly id: string
  readonly number: number
}

export interface Swept {
  /** In the order in which they were made. */
  readonly facts: readonly PullRequestFacts[]
  /** Open ones that GitHub withholds, or whose head moved each time it was asked. */
  readonly unsettled: readonly number[]
  /** Whether GitHub named all that are open. */
  readonly complete: boolean
  /** Points of the hourly quota, as GitHub said; `null` when it did not. */
  readonly points: number | null
}

/** @throws GitHubError; `target_not_found` when there is no such repository */
export async function observeOpenPullRequests(
  client: GitHubClient,
  repository: RepositoryName,
  options: SweepOptions,
): Promise<Swept> {
  const found = new Map<number, PullRequestFacts | null>()
  const again: PullRequestId[] = []
  const costs: Cost[] = []
  let complete = true
  for (let cursor: string | null = null; ; ) {
    const page = await askForPage(client, repository, { ...options, cursor })
    costs.push(page.cost)
    const known = found.size
    for (const { raw, withheld } of page.pulls) {
      const settled = isSettled(raw) ? await factsOf(raw, page, { client, repository, options, withheld }) : null
      found.set(raw.number, settled)
      if (settled === null) again.push({ id: raw.id, number: raw.number })
    }
    complete &&= page.complete
    if (page.nextCursor === null) break
    cursor = page.nextCursor
    // A page that leads nowhere would be followed for ever.
    if (found.size === known) {
      complete = false
      break
    }
  }
  const rest = await observePullRequestsById(client, repository, { ...options, ids: again })
  for (const facts of rest.facts) if (facts.pr) found.set(facts.pr.number, facts)
  return {
    facts: [...found.values()].filter((facts) => facts !== null),
    unsettled: rest.unsettled,
    complete,
    points: pointsOf([...costs, rest.points]),
  }
}

/** Whole facts of these, whether they are open or not. */
export async function observePullRequestsById(
  client: GitHubClient,
  repository: RepositoryName,
  { ids, ...options }: SweepOptions & { readonly ids: readonly PullRequestId[] },
): Promise<Omit<Swept, 'complete'>> {
  const facts: PullRequestFacts[] = []
  const costs: Cost[] = []
  for (let done = 0; done < ids.length; ) {
    const batch = await askForBatch(client, repository, { ...options, ids: ids.slice(done) })
    costs.push(batch.cost)
    for (const { raw, withheld } of batch.pulls) {
      if (isConsistent(raw)) facts.push(await factsOf(raw, batch, { client, repository, options, withheld }))
    }
    done += batch.asked
  }
  const settled = new Set(facts.map(({ pr }) => pr?.number))
  const unsettled = ids.map(({ number }) => number).filter((number) => !settled.has(number))
  return { facts, unsettled, points: pointsOf(costs) }
}

type Cost = number | null

interface Answered {
  readonly viewer: string
  readonly repository: RawRepository
  readonly pulls: readonly { readonly raw: RawPullRequest; readonly withheld: boolean }[]
  readonly cost: Cost
}

interface Page extends Answered {
  readonly complete: boolean
  readonly nextCursor: string | null
}

async function askForPage(
  client: GitHubClient,
  { repo }: RepositoryName,
  { sizes, signal, cursor }: SweepOptions & { readonly cursor: string | null },
): Promise<Page> {
  const ask = async (first: number, call: CallOptions) => {
    const variables = { ...ownerAndName(repo), first, cursor }
    const excused = excuses()
    const answer: unknown = await client.graphql(OPEN_PULL_REQUESTS, variables, { ...call, ...excused })
    return pageOf(readAnswer(OpenPullRequestsAnswer, answer), excused.withheld)
  }
  return askForLess('whole', ask, { sizes, signal })
}

function pageOf({ viewer, rateLimit, repository }: OpenPullRequestsAnswer, withheld: ReadonlySet<number>): Page {
  const { base, list } = repository
  const nodes = list?.nodes ?? []
  const nextCursor = list?.pageInfo.hasNextPage ? (list.pageInfo.endCursor ?? null) : null
  return {
    viewer: viewer.login,
    repository,
    pulls: nodes.flatMap((raw, index) => (raw ? [{ raw: withPolicy(raw, base), withheld: withheld.has(index) }] : [])),
    cost: rateLimit?.cost ?? null,
    complete: list?.nodes != null && !nodes.includes(null) && (nextCursor !== null || !list.pageInfo.hasNextPage),
    nextCursor,
  }
}

/** The policy stands beside the list, for the tip of the default branch; of any other tip it is not known. */
function withPolicy(raw: RawPullRequest, base: OpenPullRequestsAnswer['repository']['base']): RawPullRequest {
  const tip = raw.baseRef?.target?.oid
  const isDefault = tip !== undefined && tip === base?.target?.oid
  return { ...raw, baseRef: isDefault ? base : null }
}

async function askForBatch(
  client: GitHubClient,
  { repo }: RepositoryName,
  { ids, sizes, signal }: SweepOptions & { readonly ids: readonly PullRequestId[] },
): Promise<Answered & { readonly asked: number }> {
  const ask = async (size: number, call: CallOptions) => {
    const asked = ids.slice(0, size)
    const variables = { ...ownerAndName(repo), ids: asked.map(({ id }) => id) }
    const excused = excuses()
    const answer: unknown = await client.graphql(PULL_REQUESTS_BY_ID, variables, { ...call, ...excused })
    const { viewer, rateLimit, repository, nodes } = readAnswer(PullRequestsByIdAnswer, answer)
    const pulls = nodes.flatMap((raw, index) => (raw ? [{ raw, withheld: excused.withheld.has(index) }] : []))
    return { viewer: viewer.login, repository, pulls, cost: rateLimit?.cost ?? null, asked: asked.length }
  }
  return askForLess('whole', ask, { sizes, signal })
}

/** Of each entry the policy file may be missing and the checks withheld; `withheld` holds the places of the latter. */
function excuses() {
  const withheld = new Set<number>()
  return {
    withheld,
    mayBeMissing: (path: string) => /^nodes\.\d+$|\.?target\.(plain|yaml|yml|json)$/.test(path),
    onWithheld(path: string) {
      const place = /(?:^|\.)nodes\.(\d+)\./.exec(path)?.[1]
      if (place === undefined || !isOfChecks(path)) return false
      withheld.add(Number(place))
      return true
    },
  }
}

interface Context {
  readonly client: GitHubClient
  readonly repository: RepositoryName
  readonly options: SweepOptions
  readonly withheld: boolean
}

function factsOf(
  raw: RawPullRequest,
  { viewer, repository }: Answered,
  { client, repository: { host, repo }, options: { now, signal }, withheld }: Context,
): Promise<PullRequestFacts> {
  const target = { host, repo, number: raw.number }
  return pullRequestFacts(raw, {
    viewer,
    repository,
    reading: { client, target, signal, withheld, origin: 'sweep' },
    now,
  })
}

/** Nothing of it is left to ask for. */
function isSettled(raw: RawPullRequest): boolean {
  return isConsistent(raw) && raw.baseRef !== null && !hasMore(raw)
}

/** Whether any list in it, however deep, is longer than its page. */
function hasMore(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if ('hasNextPage' in value && value.hasNextPage === true) return true
  if ('hasPreviousPage' in value && value.hasPreviousPage === true) return true
  return Object.values(value).some(hasMore)
}

function pointsOf(costs: readonly Cost[]): Cost {
  return costs.reduce<Cost>((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0)
}
