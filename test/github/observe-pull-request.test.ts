import { afterEach, describe, expect, it } from 'vitest'
import { PullRequestFacts } from '../../lib/facts/pull-request.ts'
import { observePullRequest } from '../../lib/github/observe-pull-request.ts'
import {
  aPullRequest,
  aRepository,
  aRoot,
  bot,
  commitWithFiles,
  connection,
  type Fields,
  forbidden,
  HEAD,
  headCommit,
  hub,
  notFound,
  person,
  regularFile,
} from './hub.ts'
import { type Behaviour, clientOf, json, type Received, type Server, startServer } from './server.ts'

const TARGET = { host: 'github.com', repo: 'acme/api', number: 88 }
const NOW = { now: () => new Date('2026-01-02T10:30:00Z') }

let server: Server | null = null

afterEach(async () => {
  await server?.stop()
  server = null
})

async function serve(answer: (request: Received, count: number) => Behaviour | Promise<Behaviour>) {
  server = await startServer(answer)
  return clientOf(server.url).client
}

async function observe(pullRequest: Fields, rest?: (request: Received) => Behaviour) {
  const threads = pullRequest.reviewThreads
  const nodes = typeof threads === 'function' ? threads({}).nodes : []
  const root = aRoot(aRepository({ pullRequest, object: () => lastCommit(pullRequest) }), [pullRequest, ...nodes])
  const client = await serve(hub(root, rest))
  const facts = await observePullRequest(client, TARGET, NOW)
  return { facts, requests: client.requests, pr: requirePresent(facts.pr) }
}

function lastCommit(pullRequest: Fields): unknown {
  const { nodes } = pullRequest.commits as { nodes: { commit: unknown }[] }
  return nodes.at(-1)?.commit
}

function requirePresent<Value>(value: Value | null): Value {
  if (value === null) throw new Error('the pull request is missing')
  return value
}

function many(count: number, make: (index: number) => Fields) {
  return connection(Array.from({ length: count }, (_, index) => make(index)))
}

const aReview = (index: number): Fields => ({
  id: `R_${index}`,
  state: 'COMMENTED',
  submittedAt: '2026-01-02T10:00:00Z',
  url: 'https://github.com/r',
  body: '',
  author: bot('copilot-pull-request-reviewer'),
  commit: { oid: HEAD },
})

const aThreadComment = (index: number): Fields => ({
  id: `C_${index}`,
  body: `remark ${index}`,
  createdAt: '2026-01-02T10:00:00Z',
  url: 'https://github.com/c',
  author: person('kim'),
})

const aThread = (index: number, comments = connection([aThreadComment(0)])): Fields => ({
  __typename: 'PullRequestReviewThread',
  id: `T_${index}`,
  isResolved: false,
  isOutdated: false,
  path: 'src/cache.ts',
  line: 3,
  comments,
})

const aStatus = (context: string): Fields => ({
  __typename: 'StatusContext',
  context,
  state: 'SUCCESS',
  description: 'fine',
  targetUrl: null,
  createdAt: '2026-01-02T10:00:00Z',
  creator: person('robin'),
  isRequired: true,
})

const aCheckRun = (name: string): Fields => ({
  __typename: 'CheckRun',
  name,
  status: 'COMPLETED',
  conclusion: 'FAILURE',
  startedAt: '2026-01-02T10:00:00Z',
  completedAt: null,
  detailsUrl: 'https://ci.example/1',
  summary: 'two tests failed',
  checkSuite: { app: { slug: 'github-actions' } },
  isRequired: false,
})

describe('a pull request that fits one page', () => {
  it('is observed whole with one request', async () => {
    const { facts, requests, pr } = await observe(aPullRequest())
    expect(requests).toBe(1)
    expect(PullRequestFacts.parse(facts)).toEqual(facts)
    expect(facts.observedAt).toBe('2026-01-02T10:30:00.000Z')
    expect(facts.repository).toEqual({
      id: 'R_1',
      host: 'github.com',
      repo: 'acme/api',
      defaultBranch: 'main',
      viewerPermission: 'WRITE',
      viewer: 'robin',
    })
    expect(pr).toMatchObject({
      number: 88,
      isDraft: true,
      head: { sha: HEAD, repo: 'acme/api' },
      base: { branch: 'main' },
    })
    for (const [name, list] of Object.entries(pr)) {
      if (typeof list === 'object' && list !== null && 'complete' in list) expect(list.complete, name).toBe(true)
    }
  })

  it('keeps checks and statuses apart, with who posted a status', async () => {
    const contexts = connection([aCheckRun('test'), aStatus('dev-loops/draft_gate')])
    const commit = headCommit({
      checkSuites: connection([{ status: 'COMPLETED' }, { status: 'QUEUED' }]),
      statusCheckRollup: { contexts },
    })
    const { pr } = await observe(aPullRequest({ commits: { totalCount: 1, nodes: [{ commit }] } }))
    expect(pr.checks).toMatchObject({ commit: HEAD, suites: 2, openSuites: 1, contexts: { complete: true, total: 2 } })
    expect(pr.checks.contexts.items).toMatchObject([
      {
        type: 'check_run',
        name: 'test',
        app: 'github-actions',
        conclusion: 'FAILURE',
        summary: 'two tests failed',
        isRequired: false,
      },
      { type: 'status', context: 'dev-loops/draft_gate', creator: { login: 'robin', isBot: false } },
    ])
  })

  it('lists its newest commits in their order, and says when there are more', async () => {
    const made = (oid: string, author: object | null) => ({ commit: headCommit({ oid, author }) })
    const nodes = [made('1', { user: { login: 'dev' } }), null, made('2', { user: null }), made(HEAD, null)]
    const { pr } = await observe(aPullRequest({ commits: { totalCount: 120, nodes } }))
    expect(pr.history).toMatchObject({ total: 120, complete: false })
    expect(pr.history?.items.map(({ oid, authorLogin }) => [oid, authorLogin])).toEqual([
      ['1', 'dev'],
      ['2', null],
      [HEAD, null],
    ])
  })

  it('tells people, bots and teams among the reviewers apart', async () => {
    const asked = [bot('copilot-pull-request-reviewer'), person('kim'), { __typename: 'Team' }]
    const reviewRequests = connection(asked.map((requestedReviewer) => ({ requestedReviewer })))
    const { pr } = await observe(aPullRequest({ reviewRequests }))
    expect(pr.reviewRequests.items).toEqual([
      { login: 'copilot-pull-request-reviewer', isBot: true },
      { login: 'kim', isBot: false },
      { login: '(team)', isBot: false },
    ])
  })

  it('names no author where the account is gone', async () => {
    const { pr } = await observe(aPullRequest({ author: null }))
    expect(pr.author).toBeNull()
  })
})

describe('a list that is longer than its page', () => {
  it.each([
    ['reviews', { reviews: many(230, aReview) }, 3],
    ['labels', { labels: many(101, (index) => ({ name: `label ${index}` })) }, 2],
    ['files', { files: many(150, (index) => ({ path: `src/${index}.ts`, changeType: 'MODIFIED' })) }, 2],
    ['threads', { reviewThreads: many(120, (index) => aThread(index)) }, 2],
  ] as const)('is read to its end: %s', async (list, overrides, requests) => {
    const observed = await observe(aPullRequest(overrides))
    const expected = { reviews: 230, labels: 101, files: 150, threads: 120 }[list]
    expect(observed.pr[list]).toMatchObject({ complete: true, total: expected })
    expect(observed.pr[list].items.length).toBe(expected)
    expect(observed.requests).toBe(requests)
  })

  it('keeps the order of GitHub when it is read from its end', async () => {
    const { pr } = await observe(aPullRequest({ reviews: many(230, aReview) }))
    expect(pr.reviews.items.map(({ id }) => id)).toEqual(Array.from({ length: 230 }, (_, index) => `R_${index}`))
  })

  it('is read to its end inside a thread too', async () => {
    const { pr, requests } = await observe(
      aPullRequest({ reviewThreads: connection([aThread(0, many(75, aThreadComment))]) }),
    )
    expect(pr.threads.items[0]?.comments).toMatchObject({ complete: true, total: 75 })
    expect(pr.threads.items[0]?.comments.items.at(-1)?.id).toBe('C_74')
    expect(requests).toBe(2)
  })

  it('of checks is read from the very commit', async () => {
    const contexts = many(130, (index) => aStatus(`job ${index}`))
    const commit = headCommit({ checkSuites: connection([]), statusCheckRollup: { contexts } })
    const { pr } = await observe(aPullRequest({ commits: { totalCount: 1, nodes: [{ commit }] } }))
    expect(pr.checks.contexts.items.length).toBe(130)
    expect(JSON.parse(server?.received[1]?.body ?? '').variables).toMatchObject({ oid: HEAD })
  })

  it('that never ends is cut off and said to be incomplete', async () => {
    const endless = { ...connection([{ name: 'again' }])({}), pageInfo: { hasNextPage: true, endCursor: '0' } }
    const { pr, requests } = await observe(aPullRequest({ labels: () => endless }))
    expect(pr.labels.complete).toBe(false)
    expect(requests).toBeLessThanOrEqual(30)
  })
})

describe('a list is not complete', () => {
  const cases: [string, Fields, 'reviews' | 'labels' | 'reviewRequests' | 'files'][] = [
    ['when GitHub withholds it', { reviews: null }, 'reviews'],
    ['when GitHub withholds an entry', { labels: connection([{ name: 'bug' }, null]) }, 'labels'],
    [
      'when an asked reviewer may not be seen',
      { reviewRequests: connection([{ requestedReviewer: null }]) },
      'reviewRequests',
    ],
    [
      'when more is promised than a cursor leads to',
      { labels: () => ({ ...connection([])({}), pageInfo: { hasNextPage: true, endCursor: null } }) },
      'labels',
    ],
  ]

  it.each(cases)('%s', async (_name, overrides, list) => {
    const { pr } = await observe(aPullRequest(overrides))
    expect(pr[list].complete).toBe(false)
  })

  it('for checks when their suites may not be seen', async () => {
    const commit = headCommit({ checkSuites: null })
    const { pr } = await observe(aPullRequest({ commits: { totalCount: 1, nodes: [{ commit }] } }))
    expect(pr.checks.contexts.complete).toBe(false)
  })
})

describe('a token that may not read checks', () => {
  const refuse = () => {
    throw forbidden()
  }
  const cases: [string, Fields][] = [
    ['the list of them', { statusCheckRollup: refuse }],
    [
      'one of them',
      { statusCheckRollup: { contexts: connection([aStatus('test'), { ...aCheckRun('build'), checkSuite: refuse }]) } },
    ],
    ['their suites', { checkSuites: refuse }],
  ]

  it.each(cases)('gets everything else, and checks that are said to be unknown, when it is %s', async (_name, over) => {
    const { pr, requests } = await observe(
      aPullRequest({ commits: { totalCount: 1, nodes: [{ commit: headCommit(over) }] } }),
    )
    expect(pr).toMatchObject({ number: 88, threads: { complete: true } })
    expect(pr.checks).toMatchObject({ commit: HEAD, withheld: true, contexts: { complete: false } })
    expect(requests).toBe(1)
  })

  it('is still refused when it may not read anything else', async () => {
    await expect(observe(aPullRequest({ labels: refuse }))).rejects.toMatchObject({ code: 'not_permitted' })
    await expect(
      observe(
        aPullRequest({
          labels: refuse,
          commits: { totalCount: 1, nodes: [{ commit: headCommit({ checkSuites: refuse }) }] },
        }),
      ),
    ).rejects.toMatchObject({ code: 'not_permitted' })
  })
})

describe('values that GitHub may add one day', () => {
  it('leave the facts readable, and what they stand for unproved', async () => {
    const answers = hub(
      aRoot(aRepository({ pullRequest: aPullRequest({ reviews: connection([aReview(0), aReview(1)]) }) })),
    )
    const client = await serve(async (request) => {
      const reply = await answers(request)
      if (typeof reply === 'string') return reply
      const body = JSON.parse(reply.body ?? '')
      body.data.repository.viewerPermission = 'SUPERVISE'
      body.data.repository.pullRequest.mergeable = 'PERHAPS'
      body.data.repository.pullRequest.mergeStateStatus = 'SIMMERING'
      body.data.repository.pullRequest.reviews.nodes[0].state = 'PONDERED'
      body.data.repository.pullRequest.commits.nodes[0].commit.statusCheckRollup = {
        contexts: { totalCount: 1, pageInfo: { hasNextPage: false }, nodes: [{ __typename: 'Oracle' }] },
      }
      return json(body)
    })
    const { pr, repository } = await observePullRequest(client, TARGET, NOW)
    expect(repository.viewerPermission).toBeNull()
    expect(pr).toMatchObject({
      mergeable: 'UNKNOWN',
      mergeStateStatus: 'SIMMERING',
      reviews: { complete: false },
      checks: { contexts: { complete: false } },
    })
    expect(pr?.reviews.items.map(({ id }) => id)).toEqual(['R_1'])
  })
})

describe('the head', () => {
  const stale = { commits: { totalCount: 1, nodes: [{ commit: headCommit({ oid: 'd'.repeat(40) }) }] } }

  it('loop-state 16.31: is asked for once more when the last commit is another', async () => {
    let asked = 0
    const pullRequest = () => {
      asked += 1
      return aPullRequest(asked === 1 ? stale : {})
    }
    const client = await serve(hub(aRoot(aRepository({ pullRequest }))))
    expect((await observePullRequest(client, TARGET, NOW)).pr?.checks.commit).toBe(HEAD)
    expect(client.requests).toBe(2)
  })

  it('loop-state 16.31: is never judged by the checks of another commit', async () => {
    const client = await serve(hub(aRoot(aRepository({ pullRequest: aPullRequest(stale) }))))
    await expect(observePullRequest(client, TARGET, NOW)).rejects.toMatchObject({ code: 'github_answer_invalid' })
  })

  it('of a merged pull request may differ from what its branch became', async () => {
    const { facts } = await observe(aPullRequest({ ...stale, state: 'MERGED', mergedAt: '2026-01-02T10:00:00Z' }))
    expect(facts.pr?.state).toBe('MERGED')
  })
})

describe('what does not exist', () => {
  it('is a fact when it is the pull request', async () => {
    const pullRequest = () => {
      throw notFound('a PullRequest with the number of 88')
    }
    const client = await serve(hub(aRoot(aRepository({ pullRequest }))))
    const facts = await observePullRequest(client, TARGET, NOW)
    expect(facts.pr).toBeNull()
    expect(facts.policyFile.status).toBe('unreadable')
  })

  it('is a failure when it is the repository', async () => {
    const repository = () => {
      throw notFound("a Repository with the name 'acme/api'")
    }
    const client = await serve(hub({ ...aRoot(aRepository()), repository }))
    await expect(observePullRequest(client, TARGET, NOW)).rejects.toMatchObject({ code: 'target_not_found' })
  })
})

describe('the policy file', () => {
  async function policyOf(baseRef: unknown) {
    return (await observe(aPullRequest({ baseRef }))).facts.policyFile
  }

  it('is absent when GitHub reports each of its names as not found', async () => {
    expect(await policyOf({ target: commitWithFiles({}) })).toEqual({ status: 'absent' })
  })

  it.each(['.devloops', '.devloops.yaml', '.devloops.yml', '.devloops.json'])('is read from %s', async (path) => {
    const policy = await policyOf({ target: commitWithFiles({ [path]: regularFile('version: 1\n') }) })
    expect(policy).toEqual({ status: 'present', path, text: 'version: 1\n', oid: 'c'.repeat(40) })
  })

  const blob = { __typename: 'Blob', oid: 'c'.repeat(40), isBinary: false, isTruncated: false, text: 'x' }
  const unreadable: [string, Record<string, Fields>][] = [
    ['a link', { '.devloops': { mode: 0o120000, object: blob } }],
    ['binary', { '.devloops': { mode: 0o100644, object: { ...blob, isBinary: true, text: null } } }],
    ['cut by GitHub', { '.devloops': { mode: 0o100644, object: { ...blob, isTruncated: true } } }],
    ['a folder', { '.devloops': { mode: 0o040000, object: { __typename: 'Tree' } } }],
    ['there twice', { '.devloops': regularFile('a'), '.devloops.yaml': regularFile('b') }],
  ]

  it.each(unreadable)('is unreadable when it is %s', async (_name, files) => {
    expect((await policyOf({ target: commitWithFiles(files) })).status).toBe('unreadable')
  })

  it('is unreadable when the base branch is gone', async () => {
    expect((await policyOf(null)).status).toBe('unreadable')
  })
})

describe('a renamed file', () => {
  const files = connection([{ path: 'docs/policy-old.yaml', changeType: 'RENAMED' }])

  it('is known by its old name too, so that a protected one cannot be moved away unseen', async () => {
    const listing = [{ filename: 'docs/policy-old.yaml', previous_filename: '.devloops.yaml' }]
    const { pr } = await observe(aPullRequest({ files }), () => json(listing))
    expect(pr.files).toEqual({ items: ['docs/policy-old.yaml', '.devloops.yaml'], total: 1, complete: true })
  })

  it('leaves the list incomplete when its old name cannot be known', async () => {
    const { pr } = await observe(aPullRequest({ files }), () => json({ message: 'Not Found' }, { status: 404 }))
    expect(pr.files.complete).toBe(false)
  })
})
