/**
 * A small GitHub for these tests: objects written as GitHub's schema names them, answered by executing
 * the published schema. A field that is asked for and not written here is an error of the schema, so
 * an answer never has a shape that GitHub's could not have.
 */
import { GraphQLError, graphql } from 'graphql'
import { publishedSchema } from './schema.ts'
import type { Behaviour, Received } from './server.ts'
import { json } from './server.ts'

export type Fields = Record<string, unknown>

/** Answers POST /graphql with this root; whatever else is asked goes to `rest`. */
export function hub(root: Fields, rest: (request: Received) => Behaviour = () => ({ status: 404 })) {
  return async (request: Received): Promise<Behaviour> => {
    if (request.path !== '/graphql') return rest(request)
    const { query, variables } = JSON.parse(request.body)
    const result = await graphql({
      schema: publishedSchema(),
      source: query,
      rootValue: root,
      variableValues: variables,
    })
    return json({ data: result.data, errors: result.errors?.map(asGitHubSays) })
  }
}

/** What GitHub reports where a token lacks the permission to read one kind of thing. */
export function forbidden(): GraphQLError {
  return new GraphQLError('Resource not accessible by personal access token', {
    extensions: { githubType: 'FORBIDDEN' },
  })
}

/** What GitHub reports with a `type` beside the message. */
export function notFound(what: string): GraphQLError {
  return new GraphQLError(`Could not resolve to ${what}`, { extensions: { githubType: 'NOT_FOUND' } })
}

function asGitHubSays(error: GraphQLError) {
  const type = error.extensions.githubType
  return { ...(type === undefined ? {} : { type }), path: error.path, message: error.message }
}

interface Slice {
  readonly first?: number
  readonly last?: number
  readonly after?: string
  readonly before?: string
}

/** A connection that pages as GitHub's do; a cursor is the place of an entry. */
export function connection(nodes: readonly (Fields | null)[]) {
  return ({ first, last, after, before }: Slice) => {
    const start = after === undefined || after === null ? 0 : Number(after) + 1
    const end = before === undefined || before === null ? nodes.length : Number(before)
    const from = last ? Math.max(start, end - last) : start
    const to = first ? Math.min(end, from + first) : end
    return {
      totalCount: nodes.length,
      filteredCount: nodes.length,
      nodes: nodes.slice(from, to),
      pageInfo: {
        hasNextPage: to < nodes.length,
        hasPreviousPage: from > 0,
        startCursor: String(from),
        endCursor: String(to - 1),
      },
    }
  }
}

export const HEAD = 'a'.repeat(40)
const BASE = 'b'.repeat(40)

export const person = (login: string): Fields => ({ __typename: 'User', id: `U_${login}`, login })
export const bot = (login: string): Fields => ({ __typename: 'Bot', id: `B_${login}`, login })

export function regularFile(text: string): Fields {
  return {
    mode: 0o100644,
    object: { __typename: 'Blob', oid: 'c'.repeat(40), isBinary: false, isTruncated: false, text },
  }
}

/** @param files by path; any other path is reported as GitHub does, as an error beside the data */
export function commitWithFiles(files: Readonly<Record<string, Fields>>): Fields {
  return {
    __typename: 'Commit',
    oid: BASE,
    file({ path }: { path: string }) {
      const file = files[path]
      if (file) return file
      throw notFound(`file for path '${path}'`)
    },
  }
}

export function headCommit(overrides: Fields = {}): Fields {
  return {
    __typename: 'Commit',
    oid: HEAD,
    committedDate: '2026-01-02T10:00:00Z',
    messageHeadline: 'Change it',
    checkSuites: connection([]),
    statusCheckRollup: null,
    ...overrides,
  }
}

/** A complete open draft without anything on it; name only what matters. */
export function aPullRequest(overrides: Fields = {}): Fields {
  return {
    __typename: 'PullRequest',
    id: 'PR_1',
    number: 88,
    url: 'https://github.com/Acme/API/pull/88',
    title: 'Add a cache',
    body: 'Closes #12',
    state: 'OPEN',
    isDraft: true,
    mergedAt: null,
    mergeCommit: null,
    author: person('robin'),
    headRefOid: HEAD,
    headRefName: 'dev-loops/issue-12',
    headRepository: { nameWithOwner: 'Acme/API' },
    repository: { nameWithOwner: 'Acme/API' },
    baseRefOid: BASE,
    baseRefName: 'main',
    baseRef: { target: commitWithFiles({}) },
    isCrossRepository: false,
    maintainerCanModify: false,
    mergeable: 'MERGEABLE',
    mergeStateStatus: 'CLEAN',
    reviewDecision: null,
    reviewRequests: connection([]),
    timelineItems: connection([]),
    reviews: connection([]),
    reviewThreads: connection([]),
    comments: connection([]),
    commits: { totalCount: 1, nodes: [{ commit: headCommit() }] },
    closingIssuesReferences: connection([]),
    labels: connection([]),
    files: connection([]),
    ...overrides,
  }
}

export function aRepository(overrides: Fields = {}): Fields {
  return {
    id: 'R_1',
    nameWithOwner: 'Acme/API',
    viewerPermission: 'WRITE',
    defaultBranchRef: { name: 'main', target: commitWithFiles({}) },
    pullRequests: connection([]),
    ...overrides,
  }
}

/** The root of a hub with this repository; nodes are found by their id. */
export function aRoot(repository: Fields, nodes: readonly Fields[] = []) {
  return {
    viewer: person('robin'),
    rateLimit: { cost: 1, limit: 5_000, remaining: 4_999, resetAt: '2026-01-02T11:00:00Z' },
    repository: () => repository,
    node({ id }: { id: string }) {
      const found = nodes.find((node) => node.id === id)
      if (found) return found
      throw notFound(`a node with the global id of '${id}'`)
    },
  }
}
