/** All open pull requests of a repository, whole, in few requests: none missed, none twice, none half read. */
import { afterEach, describe, expect, it } from 'vitest'
import { PullRequestFacts } from '../../lib/facts/pull-request.ts'
import { observeOpenPullRequests } from '../../lib/github/observe-open-pull-requests.ts'
import { pageSizes } from '../../lib/github/page-sizes.ts'
import { commitWithFiles, connection, type Fields, forbidden, headCommit, notFound, regularFile } from './hub.ts'
import { manyPulls, numbered, openPulls, threads } from './many-pulls.ts'
import { type Behaviour, clientOf, json, type Received, type Server, startServer } from './server.ts'

const REPOSITORY = { host: 'github.com', repo: 'acme/api' }
const NOW = { now: () => new Date('2026-01-02T10:30:00Z') }

let server: Server | null = null

afterEach(async () => {
  await server?.stop()
  server = null
})

async function sweep(
  answer: (request: Received, count: number) => Behaviour | Promise<Behaviour>,
  sizes = pageSizes(),
) {
  server = await startServer(answer)
  const { client, waitsMs } = clientOf(server.url)
  const swept = await observeOpenPullRequests(client, REPOSITORY, { ...NOW, sizes })
  const numbers = swept.facts.map(({ pr }) => pr?.number)
  return { ...swept, numbers, requests: client.requests, waitsMs, sizes }
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

function firstOf({ body }: Received): number {
  return JSON.parse(body).variables.first ?? JSON.parse(body).variables.ids.length
}

describe('all open pull requests', () => {
  it('of a repository with one are read in one request', async () => {
    const { facts, requests } = await sweep(manyPulls(() => openPulls(1)))
    expect(requests).toBe(1)
    expect(PullRequestFacts.parse(facts[0])).toEqual(facts[0])
    expect(facts[0]).toMatchObject({ origin: 'sweep', policyFile: { status: 'absent' }, pr: { number: 1 } })
  })

  it('of a repository without any are none, which is said to be all', async () => {
    expect(await sweep(manyPulls(() => []))).toMatchObject({ facts: [], complete: true, requests: 1 })
  })

  it('are read whole, a hundred in at most 5 requests and a thousand in at most 45', async () => {
    for (const [count, most] of [
      [100, 5],
      [1_000, 45],
    ] as const) {
      const { numbers, facts, requests, points, complete } = await sweep(manyPulls(() => openPulls(count)))
      await server?.stop()
      console.log(`${count} open pull requests, whole: ${requests} requests, ${points} points`)
      expect(requests).toBeLessThanOrEqual(most)
      expect([numbers, complete]).toEqual([upTo(count), true])
      expect(facts.every(({ pr }) => pr?.threads.complete && pr.checks.contexts.complete)).toBe(true)
    }
  }, 60_000)

  it('are read whole in at most 5 requests for a hundred also when each has 100 threads', async () => {
    const busy = openPulls(100, () => ({ reviewThreads: threads(100) }))
    const { facts, requests, points } = await sweep(manyPulls(() => busy))
    console.log(`100 open pull requests with 100 threads each, whole: ${requests} requests, ${points} points`)
    expect(requests).toBeLessThanOrEqual(5)
    expect(facts.every(({ pr }) => pr?.threads.complete && pr.threads.items.length === 100)).toBe(true)
  }, 60_000)

  it('cost a second look only where a list is longer than its page', async () => {
    const pulls = openPulls(60, (number) => (number % 20 === 0 ? { reviewThreads: threads(21) } : {}))
    const { facts, requests } = await sweep(manyPulls(() => pulls))
    expect(requests).toBe(3)
    expect(JSON.parse(server?.received[2]?.body ?? '').variables.ids).toEqual(['PR_20', 'PR_40', 'PR_60'])
    expect(facts.map(({ pr }) => pr?.threads.items.length).filter((count) => count === 21).length).toBe(3)
  })

  it('are followed further where a list is longer than any page', async () => {
    const { facts, requests } = await sweep(manyPulls(() => openPulls(2, () => ({ reviewThreads: threads(120) }))))
    expect(requests).toBe(4)
    expect(facts.map(({ pr }) => [pr?.threads.complete, pr?.threads.items.length])).toEqual([
      [true, 120],
      [true, 120],
    ])
  })
})

describe('between two pages', () => {
  it.each([
    ['the last one of the page before closes', [50]],
    ['one of the page before closes', [7]],
    ['one of the next page closes', [51]],
    ['several close', [1, 49, 50, 51, 52]],
  ])('nothing is missed and nothing comes twice when %s', async (_what, closing) => {
    let pulls = openPulls(120)
    const answer = manyPulls(() => pulls)
    const { numbers, complete } = await sweep(async (request, count) => {
      if (count === 2) pulls = pulls.filter(({ number }) => !closing.includes(Number(number)))
      return answer(request)
    })
    expect(numbers).toEqual(upTo(120).filter((number) => number <= 50 || !closing.includes(number)))
    expect(complete).toBe(true)
  })

  it('one that is opened is found', async () => {
    const pulls = openPulls(60)
    const answer = manyPulls(() => pulls)
    const { numbers } = await sweep((request, count) => {
      if (count === 2) pulls.push(numbered(61))
      return answer(request)
    })
    expect(numbers).toEqual(upTo(61))
  })

  it('one that closes before its second look says so itself', async () => {
    const busy = numbered(1, { reviewThreads: threads(30) })
    const answer = manyPulls(() => [busy])
    const { facts } = await sweep((request, count) => {
      if (count === 2) busy.state = 'CLOSED'
      return answer(request)
    })
    expect(facts[0]?.pr?.state).toBe('CLOSED')
  })
})

describe('a page that is too much', () => {
  const refusals: [string, Behaviour][] = [
    ['a 502', { status: 502, body: '<html></html>' }],
    ['a 504', { status: 504 }],
    ['a timeout inside the answer', json({ data: null, errors: [{ message: 'Something went wrong' }] })],
    ['a limit on resources', json({ data: null, errors: [{ type: 'RESOURCE_LIMITS_EXCEEDED', message: 'too much' }] })],
  ]

  it.each(refusals)(
    'is asked for again in half its size, at once, after %s; the size is remembered',
    async (_what, refusal) => {
      const answer = manyPulls(() => openPulls(60))
      const sizes = pageSizes()
      const first = await sweep((request) => (firstOf(request) > 20 ? refusal : answer(request)), sizes)
      expect(server?.received.map(firstOf)).toEqual([50, 25, 13, 13, 13, 13, 13])
      expect([first.numbers, first.waitsMs, sizes.read('whole')]).toEqual([upTo(60), [], 13])
      await server?.stop()
      await sweep(answer, sizes)
      expect(server?.received.map(firstOf)).toEqual([13, 13, 13, 13, 13])
    },
  )

  it('is halved after no answer in time', async () => {
    const answer = manyPulls(() => openPulls(30))
    await sweep(answer)
    await server?.stop()
    server = await startServer((request) => (firstOf(request) > 25 ? 'hang' : answer(request)))
    const { client } = clientOf(server.url, { timeoutMs: 3_000 })
    const swept = await observeOpenPullRequests(client, REPOSITORY, { ...NOW, sizes: pageSizes() })
    expect(swept.facts.length).toBe(30)
  })

  it('is halved also where single ones are looked at again', async () => {
    const answer = manyPulls(() => openPulls(40, () => ({ reviewThreads: threads(21) })))
    const { facts, unsettled } = await sweep((request) => {
      const again = JSON.parse(request.body).variables.ids
      return again?.length > 20 ? { status: 502 } : answer(request)
    })
    expect([facts.length, unsettled]).toEqual([40, []])
  })

  it('is a failure once one alone is too much, and nothing is remembered of it', async () => {
    const sizes = pageSizes()
    await expect(sweep(() => ({ status: 502 }), sizes)).rejects.toMatchObject({ code: 'github_failed' })
    expect(sizes.read('whole')).toBe(50)
  })

  it('is told from a network that is down, which does not get better by asking for less', async () => {
    const sweeping = sweep(() => 'reset')
    await expect(sweeping).rejects.toMatchObject({ code: 'github_unreachable' })
    expect(new Set(server?.received.map(firstOf))).toEqual(new Set([50]))
  })
})

describe('one among many', () => {
  const moved = { commits: { totalCount: 1, nodes: [{ commit: headCommit({ oid: 'd'.repeat(40) }) }] } }

  it('whose head moved is asked for once more', async () => {
    const pulls = openPulls(3, (number) => (number === 2 ? moved : {}))
    const answer = manyPulls(() => pulls)
    const { numbers, unsettled } = await sweep((request, count) => {
      if (count === 2) pulls[1] = numbered(2)
      return answer(request)
    })
    expect([numbers, unsettled]).toEqual([[1, 2, 3], []])
  })

  it('whose head moves on and on is named and not judged', async () => {
    const { numbers, unsettled } = await sweep(manyPulls(() => openPulls(3, (number) => (number === 2 ? moved : {}))))
    expect([numbers, unsettled]).toEqual([[1, 3], [2]])
  })

  it('into another branch is under the policy of that branch', async () => {
    const other = { ...commitWithFiles({ '.devloops': regularFile('version: 1\n') }), oid: 'e'.repeat(40) }
    const pulls = openPulls(2, (number) => (number === 2 ? { baseRefName: 'next', baseRef: { target: other } } : {}))
    const { facts, requests } = await sweep(manyPulls(() => pulls))
    expect(facts.map(({ policyFile }) => policyFile.status)).toEqual(['absent', 'present'])
    expect(requests).toBe(2)
  })

  it('whose base is gone is under a policy that cannot be read, and never under none', async () => {
    const { facts } = await sweep(manyPulls(() => openPulls(1, () => ({ baseRef: null }))))
    expect(facts[0]?.policyFile.status).toBe('unreadable')
  })

  it('whose checks the token may not read says so, and the others stand', async () => {
    const refuse = () => {
      throw forbidden()
    }
    const commit = headCommit({ statusCheckRollup: refuse })
    for (const busy of [{}, { reviewThreads: threads(30) }]) {
      const pulls = openPulls(3, (number) =>
        number === 2 ? { ...busy, commits: { totalCount: 1, nodes: [{ commit }] } } : {},
      )
      const { facts } = await sweep(manyPulls(() => pulls))
      expect(facts.map(({ pr }) => pr?.checks.withheld)).toEqual([false, true, false])
      await server?.stop()
    }
  })

  it('with a renamed file leaves its list of files open instead of costing a request', async () => {
    const files = connection([{ path: 'b.ts', changeType: 'RENAMED' }])
    const { facts, requests } = await sweep(manyPulls(() => openPulls(2, (number) => (number === 2 ? { files } : {}))))
    expect(facts.map(({ pr }) => pr?.files.complete)).toEqual([true, false])
    expect(requests).toBe(1)
  })

  it('that GitHub withholds leaves the whole not complete', async () => {
    const list = () => ({ ...connection([numbered(1), null])({ first: 50 }) })
    expect(await sweep(manyPulls(() => [], { pullRequests: list }))).toMatchObject({ numbers: [1], complete: false })
  })

  it('that is gone before its second look is named', async () => {
    const pulls = openPulls(2, (number) => (number === 2 ? { reviewThreads: threads(30) } : {}))
    const answer = manyPulls(() => pulls)
    const { numbers, unsettled } = await sweep((request, count) => {
      if (count === 2) pulls.pop()
      return answer(request)
    })
    expect([numbers, unsettled]).toEqual([[1], [2]])
  })
})

describe('a sweep', () => {
  it('of a repository that is not there is a failure', async () => {
    const repository: Fields = {
      pullRequests: () => {
        throw notFound('a Repository')
      },
    }
    await expect(sweep(manyPulls(() => [], repository))).rejects.toMatchObject({ code: 'target_not_found' })
  })

  it.each([
    ['whose list is withheld', () => ({ ...connection([])({}), nodes: null })],
    ['whose pages lead nowhere', () => ({ ...connection([])({}), pageInfo: { hasNextPage: true, endCursor: 'x' } })],
    [
      'whose pages lead back',
      () => ({ ...connection([numbered(1)])({}), pageInfo: { hasNextPage: true, endCursor: 'x' } }),
    ],
  ])('%s ends and is not complete', async (_what, pullRequests) => {
    const { complete, requests } = await sweep(manyPulls(() => [], { pullRequests }))
    expect(complete).toBe(false)
    expect(requests).toBeLessThanOrEqual(2)
  })

  it('fails on an error that stands for something else than a missing file', async () => {
    const answer = manyPulls(() => openPulls(2))
    const failing = sweep(async (request) => {
      const reply = await answer(request)
      if (typeof reply === 'string') return reply
      const body = JSON.parse(reply.body ?? '')
      body.data.repository.list.nodes[1].reviews = null
      const error = { type: 'FORBIDDEN', path: ['repository', 'list', 'nodes', 1, 'reviews'], message: 'no' }
      return json({ ...body, errors: [error] })
    })
    await expect(failing).rejects.toMatchObject({ code: 'not_permitted' })
  })
})
