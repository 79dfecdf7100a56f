/** What moved since the last look, found without looking at everything again. */
import { afterEach, describe, expect, it } from 'vitest'
import type { LightPullRequest, SeenPullRequest } from '../../lib/facts/light-pull-request.ts'
import { lookAtOpenPullRequests, observeChangedPullRequests } from '../../lib/github/observe-changed-pull-requests.ts'
import { pageSizes } from '../../lib/github/page-sizes.ts'
import { connection, type Fields, forbidden, headCommit } from './hub.ts'
import { manyPulls, numbered, openPulls, threads } from './many-pulls.ts'
import { type Behaviour, clientOf, json, type Received, type Server, startServer } from './server.ts'

const REPOSITORY = { host: 'github.com', repo: 'acme/api' }
const NOW = { now: () => new Date('2026-01-02T10:30:00Z') }

let server: Server | null = null

afterEach(stop)

async function stop() {
  await server?.stop()
  server = null
}

async function look(answer: (request: Received, count: number) => Behaviour | Promise<Behaviour>) {
  await stop()
  server = await startServer(answer)
  const { client } = clientOf(server.url)
  const looked = await lookAtOpenPullRequests(client, REPOSITORY, { ...NOW, sizes: pageSizes() })
  return { ...looked, requests: client.requests }
}

async function changed(
  answer: (request: Received, count: number) => Behaviour | Promise<Behaviour>,
  seen: readonly SeenPullRequest[],
) {
  await stop()
  server = await startServer(answer)
  const { client } = clientOf(server.url)
  const result = await observeChangedPullRequests(client, REPOSITORY, { ...NOW, sizes: pageSizes(), seen })
  return { ...result, requests: client.requests, looked: result.facts.map(({ pr }) => pr?.number) }
}

const asSeen = (open: readonly LightPullRequest[]) => open.map((light) => ({ light, lookAgainAtMs: null }))

const withCommit = (over: Fields): Fields => ({ commits: { totalCount: 1, nodes: [{ commit: headCommit(over) }] } })

const ENDED = { status: 'COMPLETED' }

function rollup(state: string, success: number, failure: number): Fields {
  const page = connection([])({ first: 1 })
  const checkRunCountsByState = [
    { state: 'SUCCESS', count: success },
    { state: 'FAILURE', count: failure },
  ]
  const contexts = { ...page, totalCount: success + failure, checkRunCountsByState, statusContextCountsByState: [] }
  return { checkSuites: connection([ENDED]), statusCheckRollup: { state, contexts } }
}

const EMPTY = { ...connection([])({}), checkRunCountsByState: [], statusContextCountsByState: [] }

describe('open pull requests in which nothing moved', () => {
  it('cost one request for each hundred', async () => {
    for (const [count, requests] of [
      [100, 1],
      [1_000, 10],
    ] as const) {
      const pulls = openPulls(count)
      const { open } = await look(manyPulls(() => pulls))
      const again = await changed(
        manyPulls(() => pulls),
        asSeen(open),
      )
      console.log(`${count} open pull requests, unchanged: ${again.requests} requests, ${again.points} points`)
      expect([again.requests, again.candidates, again.unchanged.length]).toEqual([requests, [], count])
    }
  }, 60_000)
})

describe('a pull request is looked at again', () => {
  const settled = withCommit(rollup('SUCCESS', 3, 0))
  const moved: [string, Fields, string[]][] = [
    [
      'its head moved',
      { headRefOid: 'e'.repeat(40), ...withCommit({ ...rollup('SUCCESS', 3, 0), oid: 'e'.repeat(40) }) },
      ['head'],
    ],
    ['the tip of its base moved', { baseRef: { target: { __typename: 'Commit', oid: 'f'.repeat(40) } } }, ['base']],
    ['its base is another branch', { baseRefName: 'next' }, ['base']],
    ['it is no draft any more', { isDraft: false }, ['draft']],
    ['it conflicts', { mergeable: 'CONFLICTING' }, ['mergeability']],
    ['it is behind', { mergeStateStatus: 'BEHIND' }, ['mergeability']],
    ['a review decided', { reviewDecision: 'APPROVED' }, ['review_decision']],
    ['its checks failed', withCommit(rollup('FAILURE', 2, 1)), ['checks']],
    ['one more check has passed', withCommit(rollup('SUCCESS', 4, 0)), ['checks']],
    [
      'a check suite appeared',
      withCommit({ ...rollup('SUCCESS', 3, 0), checkSuites: connection([ENDED, ENDED]) }),
      ['checks'],
    ],
    [
      'a check suite has ended without a check',
      withCommit({ ...rollup('SUCCESS', 3, 0), checkSuites: connection([{ status: 'QUEUED' }]) }),
      ['checks'],
    ],
    ['a thread was opened', { reviewThreads: threads(2) }, ['threads']],
    ['anything else happened', { updatedAt: '2026-01-02T09:00:01Z' }, ['updated']],
  ]

  it.each(moved)('when %s, although its updatedAt is the same', async (_what, over, why) => {
    const { open } = await look(manyPulls(() => openPulls(3, () => ({ ...settled, reviewThreads: threads(1) }))))
    const pulls = openPulls(3, (number) => ({ ...settled, reviewThreads: threads(1), ...(number === 2 ? over : {}) }))
    const result = await changed(light(manyPulls(() => pulls)), asSeen(open))
    expect(result.candidates).toEqual([{ id: 'PR_2', number: 2, why }])
    expect(result.unchanged).toEqual([1, 3])
  })

  it('when a thread was resolved, which leaves updatedAt as it was', async () => {
    const resolved = connection([{ __typename: 'PullRequestReviewThread', isResolved: true, isOutdated: false }])
    const { open } = await look(manyPulls(() => openPulls(1, () => ({ reviewThreads: threads(1) }))))
    const after = light(manyPulls(() => openPulls(1, () => ({ reviewThreads: resolved }))))
    expect((await changed(after, asSeen(open))).candidates).toMatchObject([{ why: ['threads'] }])
  })

  it('when it is new, and one that closed is named', async () => {
    const { open } = await look(manyPulls(() => openPulls(2)))
    const result = await changed(
      manyPulls(() => [numbered(2), numbered(3)]),
      asSeen(open),
    )
    expect(result).toMatchObject({ candidates: [{ number: 3, why: ['new'] }], looked: [3], unchanged: [2], gone: [1] })
    expect(result.requests).toBe(2)
  })

  it('when the end of its wait has come, though nothing moved', async () => {
    const { open } = await look(manyPulls(() => openPulls(2)))
    const atMs = NOW.now().getTime()
    const seen = open.map((one) => ({ light: one, lookAgainAtMs: one.number === 2 ? atMs : atMs + 1 }))
    const { candidates } = await changed(
      manyPulls(() => openPulls(2)),
      seen,
    )
    expect(candidates).toMatchObject([{ number: 2, why: ['wait_over'] }])
  })
})

describe('what is not known', () => {
  const unknown: [string, Fields][] = [
    ['checks that may not be read', withCommit({ statusCheckRollup: () => refuse() })],
    ['suites that may not be read', withCommit({ checkSuites: null })],
    [
      'counts that are withheld',
      withCommit({
        checkSuites: connection([]),
        statusCheckRollup: { state: 'SUCCESS', contexts: { ...EMPTY, checkRunCountsByState: null } },
      }),
    ],
    ['checks of another commit than the head', withCommit({ oid: 'd'.repeat(40) })],
    ['no commit at all', { commits: { totalCount: 1, nodes: [] } }],
    ['more threads than one page', { reviewThreads: threads(101) }],
    ['threads that are withheld', { reviewThreads: () => ({ ...connection([])({}), totalCount: 1, nodes: [null] }) }],
    ['a base that is gone', { baseRef: null }],
  ]

  it.each(unknown)('is never taken for unchanged: %s', async (_what, over) => {
    const pulls = openPulls(2, (number) => (number === 2 ? over : {}))
    const { open } = await look(manyPulls(() => pulls))
    const { candidates, unchanged } = await changed(light(manyPulls(() => pulls)), asSeen(open))
    expect(candidates).toMatchObject([{ number: 2, why: ['unknown'] }])
    expect(unchanged).toEqual([1])
  })

  it('never makes one gone: a list that is not whole proves no absence', async () => {
    const { open } = await look(manyPulls(() => openPulls(3)))
    const list = () => ({ ...connection([numbered(1), null, numbered(3)])({ first: 100 }) })
    const result = await changed(
      manyPulls(() => openPulls(3), { pullRequests: list }),
      asSeen(open),
    )
    expect(result).toMatchObject({ unchanged: [1, 3], gone: [], complete: false })
  })
})

describe('the baseline', () => {
  it('loop-state 16.7: what arrives between the light look and the facts is seen at the next look, not swallowed', async () => {
    let pulls = [numbered(1)]
    const answer = manyPulls(() => pulls)
    const first = await changed((request, count) => {
      if (count === 2) pulls = [numbered(1, { updatedAt: '2026-01-02T10:29:00Z', reviewThreads: threads(1) })]
      return answer(request)
    }, [])
    expect(first.requests).toBe(2)
    const second = await changed(answer, asSeen(first.open))
    expect(second.candidates).toMatchObject([{ number: 1, why: ['threads', 'updated'] }])
  })
})

/** Whole facts are not this test's subject: they are withheld, and only the light look is answered. */
function light(answer: (request: Received) => Promise<Behaviour>) {
  return (request: Received) => {
    const { ids } = JSON.parse(request.body).variables
    return ids === undefined ? answer(request) : withoutFacts(ids)
  }
}

function withoutFacts(ids: readonly string[]): Behaviour {
  const repository = { id: 'R', nameWithOwner: 'acme/api', viewerPermission: null, defaultBranchRef: null }
  return json({ data: { viewer: { login: 'robin' }, rateLimit: null, repository, nodes: ids.map(() => null) } })
}

function refuse(): never {
  throw forbidden()
}
