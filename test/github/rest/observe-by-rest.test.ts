import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PullRequestFacts } from '../../../lib/facts/pull-request.ts'
import { createClient, type GitHubClient } from '../../../lib/github/client.ts'
import { observeIssueByAny, observePullRequestByAny } from '../../../lib/github/observe-by-any.ts'
import { aStage, type Stage } from '../../forge/stage.ts'
import { data } from '../../forge/with-forge.ts'
import { AMPLE_MS } from '../server.ts'

const REPO = 'acme/parcel-price'
const HOUR_MS = 3_600_000

let stage: Stage
let client: GitHubClient

beforeAll(async () => {
  stage = await aStage()
  client = clientOf(stage)
})
afterAll(() => stage.end())

describe('a pull request with one of everything', () => {
  it('is the same through GraphQL and through REST, but for what REST says that it cannot tell', async () => {
    const byGraphql = await look()
    const byRest = await withoutGraphql(look)
    expect(byRest.source).toMatchObject({ via: 'rest' })
    expect(provable(byRest)).toEqual(provable(byGraphql))
  })

  it('names what only GraphQL can tell, and leaves it unknown', async () => {
    const { source, pr } = await withoutGraphql(look)
    expect(source).toMatchObject({
      unproved: [
        'review_decision',
        'closing_issues',
        'required_checks',
        'review_requests',
        'commit_history',
        'threads',
      ],
    })
    const unknown = { items: [], total: null, complete: false }
    expect(pr).toMatchObject({ threads: unknown, closingIssues: unknown, reviewDecision: null })
    expect(pr?.reviewRequests.complete).toBe(false)
    expect(pr?.history).toBeNull()
  })

  it('says until when something is missing', async () => {
    const { source } = await withoutGraphql(look)
    const untilMs = source.via === 'rest' ? Date.parse(source.wholeAt) - Date.now() : 0
    expect(untilMs).toBeGreaterThan(HOUR_MS - 120_000)
    expect(untilMs).toBeLessThan(HOUR_MS + 5_000)
  })

  it('costs no quota of REST while nothing changes', async () => {
    const { quota, requests } = await restCost(look)
    expect(quota).toBe(0)
    expect(requests).toBeGreaterThan(10)
  })

  it('costs one request for each of its answers that changed', async () => {
    const before = await restCost(look)
    await comment('One more word.')
    // The list of comments, and the pull request, which says how many there are.
    expect((await restCost(look)).quota - before.quota).toBe(2)
  })
})

describe('an issue', () => {
  const lookAt = () => observeIssueByAny(client, target(1), { ...observing(), branch: 'dev-loops/issue-1' })

  it('is the same through GraphQL and through REST, but for its pull requests', async () => {
    const byGraphql = (await lookAt()).facts
    const byRest = (await withoutGraphql(lookAt)).facts
    const unlinked = { items: [], total: null, complete: false }
    expect(byRest.issue?.pullRequests).toEqual(unlinked)
    expect(byRest.issue?.branchPullRequests.items).toEqual(byGraphql.issue?.branchPullRequests.items)
    const links = { pullRequests: unlinked, branchPullRequests: unlinked }
    const same = (facts: typeof byRest) => ({
      ...facts,
      source: null,
      observedAt: '',
      issue: { ...facts.issue, ...links },
    })
    expect(same(byRest)).toEqual(same(byGraphql))
  })

  it('is absent where the number is of a pull request, or of nothing', async () => {
    for (const number of [2, 404]) {
      const asked = () => observeIssueByAny(client, target(number), { ...observing(), branch: 'x' })
      expect((await withoutGraphql(asked)).facts.issue, String(number)).toBeNull()
    }
  })
})

describe('a number without a pull request', () => {
  it('is absent for both', async () => {
    const asked = () => observePullRequestByAny(client, target(404), observing())
    expect((await withoutGraphql(asked)).pr).toBeNull()
    expect((await asked()).pr).toBeNull()
  })
})

function comment(body: string) {
  const mutation =
    'mutation ($id: ID!, $body: String!) { addComment(input: { subjectId: $id, body: $body }) { clientMutationId } }'
  return data(stage.forge, mutation, { id: stage.pull.id, body })
}

function look() {
  return observePullRequestByAny(client, target(2), observing())
}

function observing() {
  return { now: () => new Date(), signal: AbortSignal.timeout(20_000) }
}

function target(number: number) {
  return { host: stage.forge.host, repo: REPO, number }
}

function clientOf({ forge }: Stage): GitHubClient {
  const { graphqlUrl, restUrl } = forge
  return createClient({ token: forge.tokens.developer, graphqlUrl, restUrl, timeoutMs: AMPLE_MS })
}

async function withoutGraphql<Facts>(act: () => Promise<Facts>): Promise<Facts> {
  const login = stage.forge.logins.developer
  stage.forge.leaveQuota(login, { remaining: 0 })
  return act().finally(() => stage.forge.leaveQuota(login, { remaining: 5_000 }))
}

async function restCost(act: () => Promise<unknown>): Promise<{ quota: number; requests: number }> {
  const before = { quota: await coreUsed(), requests: client.requests }
  await withoutGraphql(act)
  return { quota: (await coreUsed()) - before.quota, requests: client.requests - before.requests }
}

async function coreUsed(): Promise<number> {
  const { body } = await client.rest('GET', '/rate_limit')
  return (body as { resources: { core: { used: number } } }).resources.core.used
}

/** Without what REST cannot tell; and with checks by name, because their order says nothing. */
function provable({ pr, source: _, observedAt: __, ...facts }: PullRequestFacts) {
  if (pr === null) return facts
  const { threads: _t, history: _h, closingIssues: _c, reviewDecision: _d, reviewRequests: _r, checks, ...rest } = pr
  const { contexts, ...others } = checks
  const names = contexts.items
    .map((context) => ({ ...context, isRequired: null }))
    .toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
  const events = rest.reviewRequestEvents.items
  return {
    ...facts,
    ...rest,
    reviewRequestEvents: events,
    checks: { ...others, contexts: { ...contexts, items: names } },
  }
}

type Named = { type: 'status'; context: string } | { type: 'check_run'; name: string }

function nameOf(context: Named): string {
  return context.type === 'status' ? context.context : context.name
}
