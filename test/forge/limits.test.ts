import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PULL_REQUESTS_BY_ID } from '../../lib/github/queries/open-pull-requests.ts'
import { aForge, ask, data, type Started } from './with-forge.ts'

let started: Started

beforeAll(async () => {
  started = await aForge()
})

afterAll(() => started.end())

function onRepository(selection: string): string {
  return `query { repository(owner: "acme", name: "parcel-price") { ${selection} } }`
}

describe('limits of a query', () => {
  it.each([
    ['no page size', 'labels { totalCount }', 'MISSING_PAGINATION_BOUNDARIES'],
    ['a page of none', 'labels(first: 0) { totalCount }', 'INVALID_CURSOR_ARGUMENTS'],
    ['a page of 101', 'labels(first: 101) { totalCount }', 'EXCESSIVE_PAGINATION'],
    ['both ends at once', 'labels(first: 1, last: 1) { totalCount }', 'INVALID_CURSOR_ARGUMENTS'],
    ['a cursor of its own making', 'labels(first: 1, after: "abc") { totalCount }', 'INVALID_CURSOR_ARGUMENTS'],
    [
      'a million nodes',
      'pullRequests(first: 100) { nodes { comments(first: 100) { nodes { id } } reviewThreads(first: 100) { nodes { comments(first: 100) { nodes { id } } } } } }',
      'MAX_NODE_LIMIT_EXCEEDED',
    ],
  ])('refuse %s', async (_what, selection, type) => {
    const { json } = await ask(started.forge, onRepository(selection))
    expect(json.errors.map((error: { type: string }) => error.type)).toEqual([type])
  })

  it('refuse the first whole pull request that is too many, and not the one before', async () => {
    const typesFor = async (count: number) => {
      const ids = Array.from({ length: count }, (_, index) => `PR_${index}`)
      const { json } = await ask(started.forge, PULL_REQUESTS_BY_ID, { owner: 'acme', name: 'parcel-price', ids })
      return new Set(json.errors.map((error: { type: string }) => error.type))
    }
    expect(await typesFor(84)).toEqual(new Set(['NOT_FOUND']))
    expect(await typesFor(85)).toEqual(new Set(['MAX_NODE_LIMIT_EXCEEDED']))
    expect(await typesFor(101)).toEqual(new Set(['ARGUMENT_LIMIT']))
  })

  it('count page sizes that come as variables', async () => {
    const query = `query ($n: Int!) { repository(owner: "acme", name: "parcel-price") { labels(first: $n) { totalCount } } }`
    const { json } = await ask(started.forge, query, { n: 101 })
    expect(json.errors[0].type).toBe('EXCESSIVE_PAGINATION')
  })

  it('price a query as GitHub documents it', async () => {
    const query = `query {
      rateLimit { cost nodeCount }
      repository(owner: "acme", name: "parcel-price") {
        pullRequests(first: 100) { nodes { comments(first: 10) { nodes { id } } labels(first: 5) { nodes { name } } } }
      }
    }`
    // 1 + 100 + 100 requests; 100 + 100 × 10 + 100 × 5 nodes.
    expect((await data(started.forge, query)).rateLimit).toEqual({ cost: 2, nodeCount: 1600 })
  })

  it('take from the budget what a query costs', async () => {
    const query = '{ rateLimit { remaining cost } }'
    const before = (await data(started.forge, query, {}, 'judge')).rateLimit
    const after = (await data(started.forge, query, {}, 'judge')).rateLimit
    expect(before.remaining - after.remaining).toBe(after.cost)
  })

  it('answer RATE_LIMITED once the budget is spent', async () => {
    started.forge.leaveQuota('passer-by', { remaining: 0 })
    const { json } = await ask(started.forge, '{ viewer { login } }', {}, 'stranger')
    expect(json.errors[0].type).toBe('RATE_LIMITED')
  })
})

describe('a wrong query', () => {
  it('names the field that the schema does not have', async () => {
    const { json, status } = await ask(started.forge, onRepository('colour'))
    expect([status, json.errors[0].extensions]).toEqual([
      200,
      { code: 'undefinedField', typeName: 'Repository', fieldName: 'colour' },
    ])
  })

  it('is refused when a variable is missing', async () => {
    const { json } = await ask(started.forge, 'query ($id: ID!) { node(id: $id) { id } }')
    expect(json.errors[0].message).toContain('$id')
  })

  it.each([
    ['a repository', 'query { repository(owner: "acme", name: "nothing") { id } }', 'repository'],
    ['a pull request', onRepository('pullRequest(number: 99) { id }'), 'repository.pullRequest'],
    ['an issue', onRepository('issue(number: 99) { id }'), 'repository.issue'],
    ['a node', 'query { node(id: "PR_bm90aGluZw") { id } }', 'node'],
  ])('answers NOT_FOUND for %s that is not there', async (_what, query, path) => {
    const { json } = await ask(started.forge, query)
    expect(json.errors).toEqual([expect.objectContaining({ type: 'NOT_FOUND', path: path.split('.') })])
  })
})
