/**
 * A repository with many open pull requests, answered as GitHub answers: a cursor names a pull request, not a
 * place, and each answer says how many points it cost.
 */
import { getOperationAST, parse } from 'graphql'
import { connect } from '../../lib/forge/graphql/connection.ts'
import { measure } from '../../lib/forge/graphql/limits.ts'
import { aPullRequest, aRepository, aRoot, connection, type Fields, hub, person } from './hub.ts'
import { publishedSchema } from './schema.ts'
import type { Behaviour, Received } from './server.ts'

/** @param pulls read anew for each request */
export function manyPulls(pulls: () => readonly Fields[], repository: Fields = {}) {
  const list = (page: object) =>
    connect(pulls(), page, { keyOf: ({ number }) => Number(number), toNode: (pull) => pull })
  const pullRequest = ({ number }: { number: number }) => pulls().find((pull) => pull.number === number)
  return async (request: Received): Promise<Behaviour> => {
    const root = aRoot(aRepository({ pullRequests: list, pullRequest, ...repository }), pulls())
    const rateLimit = { cost: costOf(request), limit: 5_000, remaining: 4_000, resetAt: '2026-01-02T11:00:00Z' }
    const nodes = ({ ids }: { ids: string[] }) => ids.map(async (id) => root.node({ id }))
    return hub({ ...root, rateLimit, nodes })(request)
  }
}

export function numbered(number: number, over: Fields = {}): Fields {
  return aPullRequest({ id: `PR_${number}`, number, updatedAt: '2026-01-02T09:00:00Z', ...over })
}

export function openPulls(count: number, over: (number: number) => Fields = () => ({})): Fields[] {
  return Array.from({ length: count }, (_, index) => numbered(index + 1, over(index + 1)))
}

export function threads(count: number, comments = 1): Fields['reviewThreads'] {
  const comment = (index: number): Fields => ({
    id: `C_${index}`,
    body: 'why?',
    createdAt: '2026-01-02T10:00:00Z',
    url: 'https://github.com/c',
    author: person('kim'),
  })
  const inside = connection(Array.from({ length: comments }, (_, index) => comment(index)))
  return connection(
    Array.from({ length: count }, (_, index) => ({
      __typename: 'PullRequestReviewThread',
      id: `T_${index}`,
      isResolved: false,
      isOutdated: false,
      path: 'src/a.ts',
      line: 1,
      comments: inside,
    })),
  )
}

export function costOf({ body }: Pick<Received, 'body'>): number {
  const { query, variables } = JSON.parse(body)
  const document = parse(query)
  const operation = getOperationAST(document)
  return operation ? measure(document, operation, { schema: publishedSchema(), variables }).cost : 0
}
