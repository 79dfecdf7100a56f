/**
 * What GitHub withholds, cuts off or shows in motion is never read as nothing: for each list and each field that
 * may be missing, what the facts then say, and what is decided from them.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { type ObservedPullRequest, PullRequestFacts } from '../../lib/facts/pull-request.ts'
import { observeIssue } from '../../lib/github/observe-issue.ts'
import { observePullRequest } from '../../lib/github/observe-pull-request.ts'
import { decide } from '../../lib/loop/next.ts'
import { anInput } from '../loop/build.ts'
import {
  aPullRequest,
  aRepository,
  aRoot,
  bot,
  commitWithFiles,
  connection,
  type Fields,
  HEAD,
  headCommit,
  hub,
  person,
  regularFile,
} from './hub.ts'
import { type Behaviour, clientOf, json, type Received, type Server, startServer } from './server.ts'

const TARGET = { host: 'github.com', repo: 'acme/api', number: 88 }
const NOW = { now: () => new Date('2026-01-02T10:30:00Z') }
const AT = '2026-01-02T10:00:00Z'

let server: Server | null = null

afterEach(async () => {
  await server?.stop()
  server = null
})

async function clientFor(answer: (request: Received) => Behaviour | Promise<Behaviour>) {
  await server?.stop()
  server = await startServer(answer)
  return clientOf(server.url).client
}

async function observe(pullRequest: Fields, spoil: (pull: Fields) => void = () => {}) {
  const nodes = [pullRequest, ...nodesIn(pullRequest)]
  const commit = headOf(pullRequest)
  const answer = hub(aRoot(aRepository({ pullRequest, object: () => commit }), nodes))
  const client = await clientFor(async (request) => {
    const reply = await answer(request)
    if (typeof reply === 'string') return reply
    const body = JSON.parse(reply.body ?? '')
    if (body.data?.repository?.pullRequest) spoil(body.data.repository.pullRequest)
    return json(body)
  })
  const facts = await observePullRequest(client, TARGET, NOW)
  if (facts.pr === null) throw new Error('the pull request is missing')
  return { facts, pr: facts.pr, requests: client.requests }
}

function nodesIn({ reviewThreads }: Fields): Fields[] {
  return typeof reviewThreads === 'function' ? reviewThreads({}).nodes.filter(Boolean) : []
}

function headOf({ commits }: Fields): unknown {
  return (commits as { nodes: ({ commit: unknown } | null)[] | null }).nodes?.at(-1)?.commit
}

const review = (index: number): Fields => ({
  id: `R_${index}`,
  state: 'COMMENTED',
  submittedAt: AT,
  url: 'https://github.com/r',
  body: '',
  author: bot('copilot-pull-request-reviewer'),
  commit: { oid: HEAD },
})
const remark = (index: number): Fields => ({
  id: `C_${index}`,
  body: 'why?',
  createdAt: AT,
  url: 'https://github.com/c',
  author: person('kim'),
})
const thread = (index: number, comments = connection([remark(0)])): Fields => ({
  __typename: 'PullRequestReviewThread',
  id: `T_${index}`,
  isResolved: false,
  isOutdated: false,
  path: 'src/a.ts',
  line: 1,
  comments,
})
const comment = (index: number): Fields => ({ ...remark(index), updatedAt: AT, authorAssociation: 'NONE' })
const check = (index: number): Fields => ({
  __typename: 'CheckRun',
  name: `job ${index}`,
  status: 'COMPLETED',
  conclusion: 'SUCCESS',
  startedAt: AT,
  completedAt: AT,
  detailsUrl: null,
  summary: null,
  isRequired: false,
  checkSuite: { app: { slug: 'ci' } },
})
const request = (index: number): Fields => ({ requestedReviewer: person(`asked-${index}`) })
const requested = (index: number): Fields => ({
  __typename: 'ReviewRequestedEvent',
  createdAt: AT,
  requestedReviewer: person(`asked-${index}`),
})
const issue = (index: number): Fields => ({
  number: index + 1,
  state: 'OPEN',
  title: 'it',
  body: '',
  repository: { nameWithOwner: 'acme/api' },
})

const many = (count: number, make: (index: number) => Fields) =>
  connection(Array.from({ length: count }, (_, index) => make(index)))

const contexts = (list: unknown): Fields => {
  const commit = headCommit({
    checkSuites: connection([{ status: 'COMPLETED' }]),
    statusCheckRollup: { contexts: list },
  })
  return { commits: { totalCount: 1, nodes: [{ commit }] } }
}

interface ListCase {
  readonly make: (index: number) => Fields
  /** The pull request with this list. */
  readonly having: (list: unknown) => Fields
  readonly read: (pr: ObservedPullRequest) => { items: unknown[]; total: number | null; complete: boolean }
  /** Where it stands in GitHub's answer. */
  readonly at: readonly string[]
}

const plain = (field: string, make: (index: number) => Fields, read: ListCase['read']): ListCase => ({
  make,
  having: (list) => ({ [field]: list }),
  read,
  at: [field],
})

const LISTS: Readonly<Record<string, ListCase>> = {
  reviews: plain('reviews', review, (pr) => pr.reviews),
  threads: plain(
    'reviewThreads',
    (index) => thread(index),
    (pr) => pr.threads,
  ),
  'comments of a thread': {
    make: remark,
    having: (list) => ({ reviewThreads: connection([{ ...thread(0), comments: list }]) }),
    read: (pr) => pr.threads.items[0]?.comments ?? { items: [], total: null, complete: false },
    at: ['reviewThreads', 'nodes', '0', 'comments'],
  },
  comments: plain('comments', comment, (pr) => pr.comments),
  checks: {
    make: check,
    having: contexts,
    read: (pr) => pr.checks.contexts,
    at: ['commits', 'nodes', '0', 'commit', 'statusCheckRollup', 'contexts'],
  },
  'review requests': plain('reviewRequests', request, (pr) => pr.reviewRequests),
  'review request events': plain('timelineItems', requested, (pr) => pr.reviewRequestEvents),
  'closing issues': plain('closingIssuesReferences', issue, (pr) => pr.closingIssues),
  labels: plain(
    'labels',
    (index) => ({ name: `label ${index}` }),
    (pr) => pr.labels,
  ),
  files: plain(
    'files',
    (index) => ({ path: `${index}.ts`, changeType: 'MODIFIED' }),
    (pr) => pr.files,
  ),
}

const named = Object.entries(LISTS)

function inside(pull: Fields, path: readonly string[]): Record<string, unknown> {
  let place: unknown = pull
  for (const key of path) place = new Map(Object.entries(place ?? {})).get(key)
  return place as Record<string, unknown>
}

describe('loop-state 16.8: a list is read to its end, or said not to be whole', () => {
  it.each(named)('%s beyond the first page are read', async (_name, { make, having, read }) => {
    const { pr } = await observe(aPullRequest(having(many(205, make))))
    expect([read(pr).items.length, read(pr).complete, read(pr).total]).toEqual([205, true, 205])
  })

  it.each(named)('%s that are withheld are not none', async (_name, { make, having, read, at }) => {
    const { pr } = await observe(aPullRequest(having(many(2, make))), (pull) => {
      inside(pull, at.slice(0, -1))[at.at(-1) ?? ''] = null
    })
    expect(read(pr)).toMatchObject({ items: [], complete: false, total: null })
  })

  it.each(named)('%s whose entries are withheld are not none', async (_name, { make, having, read, at }) => {
    const { pr } = await observe(aPullRequest(having(many(2, make))), (pull) => {
      inside(pull, at).nodes = null
    })
    expect(read(pr)).toMatchObject({ items: [], complete: false })
  })

  it.each(named)('%s of which one is withheld are not whole', async (_name, { make, having, read, at }) => {
    const { pr } = await observe(aPullRequest(having(many(2, make))), (pull) => {
      const list = inside(pull, at)
      list.nodes = [...(list.nodes as unknown[]).slice(0, 1), null]
    })
    expect([read(pr).items.length, read(pr).complete]).toEqual([1, false])
  })

  it.each(named)(
    '%s that promise more than a cursor leads to are not whole',
    async (_name, { make, having, read, at }) => {
      const { pr } = await observe(aPullRequest(having(many(2, make))), (pull) => {
        const { pageInfo } = inside(pull, at) as { pageInfo: Record<string, unknown> }
        const more = 'hasPreviousPage' in pageInfo ? 'hasPreviousPage' : 'hasNextPage'
        inside(pull, at).pageInfo = { [more]: true, startCursor: null, endCursor: null }
      })
      expect(read(pr).complete).toBe(false)
    },
  )
})

describe('what is decided from a list that is not whole', () => {
  const CLEAR = { isDraft: false, ...contexts(many(1, check)), reviews: connection([review(0)]) }

  it.each(['reviews', 'threads', 'comments of a thread', 'checks', 'review requests', 'files'])(
    'is never the end: without all %s nothing is merged and no gate is asked for as if there were none',
    async (name) => {
      const listCase = LISTS[name]
      if (!listCase) throw new Error(name)
      const base = { ...CLEAR, ...listCase.having(many(2, listCase.make)) }
      const { facts } = await observe(aPullRequest(base), (pull) => {
        inside(pull, listCase.at).nodes = null
      })
      const { step, state } = decide(anInput({ facts }))
      expect([name, step, state]).not.toEqual([name, 'merge', expect.anything()])
      const gates = ['run_pre_approval_gate', 'merge']
      if (name !== 'files') expect(gates, `${name}: ${state}`).not.toContain(step)
    },
  )
})

describe('a field that may be missing', () => {
  it.each([
    ['author', { author: null }, { author: null }],
    [
      'head repository, as of a deleted fork',
      { headRepository: null, isCrossRepository: true },
      { head: { repo: null }, isCrossRepository: true },
    ],
    [
      'author of a review',
      { reviews: connection([{ ...review(0), author: null }]) },
      { reviews: { items: [{ author: null }], complete: true } },
    ],
    [
      'commit of a review',
      { reviews: connection([{ ...review(0), commit: null }]) },
      { reviews: { items: [{ commit: null }] } },
    ],
    [
      'author of a remark',
      { reviewThreads: connection([thread(0, connection([{ ...remark(0), author: null }]))]) },
      { threads: { items: [{ comments: { items: [{ author: null }] } }] } },
    ],
    [
      'author of a comment',
      { comments: connection([{ ...comment(0), author: null }]) },
      { comments: { items: [{ author: null }] } },
    ],
    [
      'asked reviewer',
      { reviewRequests: connection([{ requestedReviewer: null }]) },
      { reviewRequests: { complete: false } },
    ],
    [
      'reviewer of an event',
      { timelineItems: connection([{ ...requested(0), requestedReviewer: null }]) },
      { reviewRequestEvents: { items: [{ reviewer: null }] } },
    ],
    [
      'app of a check',
      contexts(connection([{ ...check(0), checkSuite: { app: null } }])),
      { checks: { contexts: { items: [{ app: null }] } } },
    ],
    [
      'last commit',
      { commits: { totalCount: 1, nodes: [] } },
      { checks: { contexts: { complete: false, total: null } } },
    ],
    [
      'entry of the last commit',
      { commits: { totalCount: 1, nodes: [null] } },
      { checks: { contexts: { complete: false } } },
    ],
    ['list of commits', { commits: { totalCount: 1, nodes: null } }, { checks: { contexts: { complete: false } } }],
    [
      'list of check suites',
      { commits: { totalCount: 1, nodes: [{ commit: headCommit({ checkSuites: null }) }] } },
      { checks: { suites: null, contexts: { complete: false } } },
    ],
  ])('is said to be unknown: %s', async (_what, over, expected) => {
    const { pr, facts } = await observe(aPullRequest(over))
    expect(pr).toMatchObject(expected)
    expect(PullRequestFacts.parse(facts)).toEqual(facts)
  })

  it('does not let an agent loose on the branch of a deleted fork', async () => {
    const { facts } = await observe(aPullRequest({ headRepository: null, isCrossRepository: true, isDraft: false }))
    expect(['command', 'agent']).not.toContain(decide(anInput({ facts })).actor)
  })

  it('is no rollup where there is neither check nor status: that is an answer, and a whole one', async () => {
    const { pr } = await observe(aPullRequest())
    expect(pr.checks.contexts).toEqual({ items: [], total: 0, complete: true })
  })
})

describe('one request', () => {
  it('observes 100 threads of 50 comments, 100 reviews, 100 checks and 100 comments', async () => {
    const full = aPullRequest({
      ...contexts(many(100, check)),
      reviewThreads: many(100, (index) => thread(index, many(50, remark))),
      reviews: many(100, review),
      comments: many(100, comment),
    })
    const { pr, requests } = await observe(full)
    expect(requests).toBe(1)
    expect(
      [pr.threads, pr.reviews, pr.checks.contexts, pr.comments].map(({ complete, items }) => [complete, items.length]),
    ).toEqual(Array.from({ length: 4 }, () => [true, 100]))
    expect(pr.threads.items.every(({ comments }) => comments.complete && comments.items.length === 50)).toBe(true)
  })

  it('loop-state 16.31: whose head and last commit differ is repeated once, and what a later page adds is of that head', async () => {
    const moved = { commits: { totalCount: 1, nodes: [{ commit: headCommit({ oid: 'd'.repeat(40) }) }] } }
    let asked = 0
    const list = many(130, check)
    const settled = contexts(list)
    const pullRequest = () => aPullRequest(++asked === 1 ? moved : settled)
    const client = await clientFor(hub(aRoot(aRepository({ pullRequest, object: () => headOf(settled) }))))
    const facts = await observePullRequest(client, TARGET, NOW)
    expect(facts.pr?.checks).toMatchObject({ commit: HEAD, contexts: { complete: true, total: 130 } })
    const bodies = (server?.received ?? []).map(({ body }) => JSON.parse(body).variables)
    expect(bodies).toMatchObject([{ number: 88 }, { number: 88 }, { oid: HEAD }])
  })

  it('whose commit is gone when its further checks are asked for leaves them not whole', async () => {
    const pullRequest = aPullRequest(contexts(many(130, check)))
    const client = await clientFor(hub(aRoot(aRepository({ pullRequest, object: () => null }))))
    const { pr } = await observePullRequest(client, TARGET, NOW)
    expect(pr?.checks.contexts).toMatchObject({ complete: false, total: 130 })
  })
})

describe('a partial answer', () => {
  it.each(['FORBIDDEN', 'SOMETHING_WENT_WRONG', 'NOT_FOUND', 'RATE_LIMITED', undefined])(
    'with an error of type %s beside the data is a failure, not an empty list',
    async (type) => {
      const answer = hub(aRoot(aRepository({ pullRequest: aPullRequest({ reviews: many(2, review) }) })))
      const client = await clientFor(async (received) => {
        const reply = await answer(received)
        if (typeof reply === 'string') return reply
        const body = JSON.parse(reply.body ?? '')
        body.data.repository.pullRequest.reviews = null
        const error = { type, path: ['repository', 'pullRequest', 'reviews'], message: 'no' }
        return json({ ...body, errors: [...(body.errors ?? []), error] })
      })
      await expect(observePullRequest(client, TARGET, NOW)).rejects.toMatchObject({ name: 'GitHubError' })
    },
  )

  it('in the middle of a list fails as a whole', async () => {
    const long = aPullRequest({ reviews: many(150, review) })
    const first = hub(aRoot(aRepository({ pullRequest: long }), [long]))
    let count = 0
    const client = await clientFor((received) =>
      ++count === 1 ? first(received) : json({ data: null, errors: [{ type: 'FORBIDDEN', message: 'no' }] }),
    )
    await expect(observePullRequest(client, TARGET, NOW)).rejects.toMatchObject({ code: 'not_permitted' })
  })

  it('for lack of quota is no answer at all', async () => {
    const spent = { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9999999999' } }
    const client = await clientFor(() => spent)
    await expect(observePullRequest(client, TARGET, NOW)).rejects.toMatchObject({ code: 'rate_limited' })
  })
})

describe('an issue', () => {
  const linked = (number: number): Fields => aPullRequest({ number, id: `PR_${number}` })
  const anIssue = (over: Fields = {}): Fields => ({
    __typename: 'Issue',
    id: 'I_1',
    number: 12,
    url: 'https://github.com/acme/api/issues/12',
    title: 'It is missing',
    body: '',
    state: 'OPEN',
    author: null,
    assignees: connection([]),
    labels: connection([]),
    closedByPullRequestsReferences: connection([]),
    ...over,
  })

  async function look(over: Fields, repository: Fields = {}) {
    const base = { name: 'main', target: commitWithFiles({ '.devloops': regularFile('version: 1\n') }) }
    const answered = aRepository({ issue: anIssue(over), defaultBranchRef: base, ...repository })
    const client = await clientFor(hub(aRoot(answered, [anIssue(over)])))
    const seen = await observeIssue(client, { ...TARGET, number: 12 }, { ...NOW, branch: 'dev-loops/issue-12' })
    return { ...seen, issue: seen.facts.issue, requests: client.requests }
  }

  it('whose lists are empty says so of each', async () => {
    const { issue: seen } = await look({})
    for (const list of [seen?.assignees, seen?.labels, seen?.pullRequests, seen?.branchPullRequests]) {
      expect(list).toEqual({ items: [], total: 0, complete: true })
    }
  })

  it.each([
    ['labels', { labels: null }, 'labels'],
    ['pull requests', { closedByPullRequestsReferences: null }, 'pullRequests'],
    ['more labels than a page', { labels: many(101, (index) => ({ name: `l${index}` })) }, 'labels'],
    ['more assignees than a page', { assignees: many(21, (index) => person(`p${index}`)) }, 'assignees'],
  ] as const)('of which GitHub withholds or cuts %s has a list that is not whole', async (_what, over, list) => {
    const { issue: seen } = await look(over)
    expect(seen?.[list].complete).toBe(false)
  })

  it('never begins work anew while it is not known which pull requests are open for it', async () => {
    const hidden = (page: object) => ({ ...connection([])(page), nodes: null })
    for (const [over, repository] of [
      [{ closedByPullRequestsReferences: hidden }, {}],
      [{}, { pullRequests: hidden }],
    ]) {
      const { facts, pullRequest } = await look(over ?? {}, repository ?? {})
      expect(pullRequest).toBeNull()
      const { state, step } = decide(anInput({ facts, local: null }))
      expect([state, step]).toEqual(['facts_unproved', expect.stringMatching(/look|wait|observe|ask/)])
    }
  })

  it('is worked on in its only pull request, which comes with the same answer', async () => {
    const { pullRequest, requests } = await look({ closedByPullRequestsReferences: connection([linked(88)]) })
    expect([pullRequest?.pr?.number, requests]).toEqual([88, 1])
  })
})
