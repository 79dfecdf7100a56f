import {
  type FieldNode,
  Kind,
  parse,
  type SelectionSetNode,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { measure } from '../../lib/forge/graphql/limits.ts'
import { isMutation } from '../../lib/github/client.ts'
import { LARGEST_PAGE } from '../../lib/github/page-sizes.ts'
import { QUERIES } from '../../lib/github/queries/index.ts'
import { pointsOf } from '../../lib/github/quota/points.ts'
import { publishedSchema } from '../github/schema.ts'
import { priceOf } from './query-price.ts'

const names = Object.keys(QUERIES)

/** Names that octokit takes for its own options, so that no variable may bear them. */
const OCTOKIT_OPTIONS = ['method', 'baseUrl', 'url', 'headers', 'request', 'query', 'mediaType', 'operationName']

describe('every query', () => {
  it('is reachable by name', () => {
    expect(names.length).toBeGreaterThan(30)
  })

  it.each(names)('%s asks only for what the published schema has', (name) => {
    expect(validate(publishedSchema(), documentOf(name)).map(String)).toEqual([])
  })

  it.each(names)('%s uses nothing that GitHub announced to remove', (name) => {
    expect(deprecatedFields(name)).toEqual([])
  })

  it.each(names)('%s asks for nothing of a team, which needs a scope that many tokens lack', (name) => {
    expect(teamFields(name)).toEqual([])
  })

  it.each(names)('%s stays within the limits of nodes and page sizes', (name) => {
    const { nodes, sizes } = priceAt(name)
    expect(nodes).toBeLessThanOrEqual(MOST_NODES)
    for (const size of sizes) expect(size).toSatisfy((n: number) => n >= 1 && n <= 100)
  })

  it.each(names)('%s has no variable that the client would take for an option of its own', (name) => {
    const variables = operationOf(name).variableDefinitions?.map(({ variable }) => variable.name.value) ?? []
    expect(variables.filter((variable) => OCTOKIT_OPTIONS.includes(variable))).toEqual([])
  })

  it.each(names)('%s begins with the word that tells a read from a write', (name) => {
    expect(isMutation(text(name))).toBe(operationOf(name).operation === 'mutation')
  })

  it.each(names)('%s holds no leftover of a missing part', (name) => {
    expect(text(name)).not.toContain('undefined')
    expect(text(name)).not.toContain('[object')
  })
})

describe('the observation of a pull request', () => {
  it('costs one or two points of the hourly 5,000', () => {
    expect(priceAt('PULL_REQUEST_FACTS').points).toBeLessThanOrEqual(2)
  })

  it('has room for 100 threads of 50 comments, 100 reviews, 100 checks and 100 comments', () => {
    const pages = pageSizesOf('PULL_REQUEST_FACTS')
    expect(pages).toMatchObject({ reviewThreads: 100, reviews: 100, contexts: 100, comments: [100, 50] })
  })

  it('asks every list for where it goes on, but those of which only the newest counts', () => {
    const newest = ['checkSuites', 'commits', 'commits']
    expect(listsWithoutPageInfo('PULL_REQUEST_FACTS').toSorted()).toEqual(newest)
    expect(listsWithoutPageInfo('OPEN_PULL_REQUESTS')).toEqual(['commits', 'checkSuites'])
  })
})

describe('the observation of an issue', () => {
  it('costs no more than asking for issue and pull request one after the other', () => {
    const { points } = priceAt('ISSUE_FACTS')
    expect(points).toBeLessThanOrEqual(1 + priceAt('PULL_REQUEST_FACTS').points)
  })

  it('asks every list for where it goes on, but those of which only the first counts', () => {
    const first = ['checkSuites', 'closedByPullRequestsReferences', 'commits', 'commits', 'pullRequests']
    expect(listsWithoutPageInfo('ISSUE_FACTS').toSorted()).toEqual(first)
  })
})

describe('the price', () => {
  it.each(names)('of %s is taken from the quota before it is sent', (name) => {
    expect(pointsOf(text(name))).toBeGreaterThanOrEqual(priceAt(name).points)
  })

  it('follows the example in the documentation of GitHub', () => {
    const example = parse(`{
      viewer {
        login
        repositories(first: 100) {
          edges { node { id issues(first: 50) { edges { node { id labels(first: 60) { edges { node { id name } } } } } } } }
        }
      }
    }`)
    expect(priceOf(example)).toMatchObject({ points: 51 })
  })

  it('of nodes follows the example in the documentation of GitHub', () => {
    const example = parse(`{
      viewer {
        repositories(first: 50) {
          edges {
            repository: node {
              name
              pullRequests(first: 20) { edges { pullRequest: node { title comments(first: 10) { edges { comment: node { bodyHTML } } } } } }
              issues(first: 20) { totalCount edges { issue: node { title bodyHTML comments(first: 10) { edges { comment: node { bodyHTML } } } } } }
            }
          }
        }
        followers(first: 10) { edges { follower: node { login } } }
      }
    }`)
    expect(priceOf(example)).toMatchObject({ nodes: 22_060 })
  })

  it('is the same whether it is reckoned from the query or, as the forge does, from the schema', () => {
    for (const name of names) {
      const { nodes, points } = priceAt(name)
      const measured = measure(documentOf(name), operationOf(name), {
        schema: publishedSchema(),
        variables: largest(name),
      })
      expect([name, measured]).toEqual([name, { nodeCount: nodes, cost: points }])
    }
  })

  it('of every query', () => {
    const rows = names.map((name) => ({ name, ...priceAt(name) })).toSorted((a, b) => b.nodes - a.nodes)
    const lines = rows.map(
      ({ name, nodes, points }) => `${name.padEnd(30)}${String(nodes).padStart(9)}${String(points).padStart(8)}`,
    )
    console.log(['query                             nodes  points', ...lines].join('\n'))
    expect(rows[0]?.nodes).toBeLessThanOrEqual(MOST_NODES)
  })
})

const MOST_NODES = 500_000

/** The sizes that come as variables, at the largest that we ask for. */
const LARGEST: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  OPEN_PULL_REQUESTS: { first: LARGEST_PAGE.whole },
  OPEN_PULL_REQUESTS_LIGHT: { first: LARGEST_PAGE.light },
  PULL_REQUESTS_BY_ID: { ids: LARGEST_PAGE.whole },
}

function priceAt(name: string) {
  return priceOf(documentOf(name), LARGEST[name])
}

function largest(name: string): Readonly<Record<string, unknown>> {
  const { ids, ...sizes } = LARGEST[name] ?? {}
  return ids === undefined ? sizes : { ...sizes, ids: Array.from({ length: ids }, (_, index) => `PR_${index}`) }
}

/** By the name of the list; where one name stands for several, all of their sizes. */
function pageSizesOf(name: string): Record<string, number | number[]> {
  const sizes: Record<string, number | number[]> = {}
  visit(documentOf(name), {
    Field({ name: { value: list }, arguments: all }) {
      const size = all?.find(({ name: { value } }) => value === 'first' || value === 'last')?.value
      if (size?.kind !== Kind.INT) return
      const before = sizes[list]
      sizes[list] =
        before === undefined ? Number(size.value) : [before, Number(size.value)].flat().sort((a, b) => b - a)
    },
  })
  return sizes
}

function text(name: string): string {
  return QUERIES[name] ?? ''
}

function documentOf(name: string) {
  return parse(text(name))
}

function operationOf(name: string) {
  const operation = documentOf(name).definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${name} is no operation`)
  return operation
}

function teamFields(name: string): string[] {
  const found: string[] = []
  const types = new TypeInfo(publishedSchema())
  const enter = ({ name: field }: FieldNode) => {
    if (types.getParentType()?.name === 'Team' && field.value !== '__typename') found.push(field.value)
  }
  visit(documentOf(name), visitWithTypeInfo(types, { Field: { enter } }))
  return found
}

function deprecatedFields(name: string): string[] {
  const found: string[] = []
  const types = new TypeInfo(publishedSchema())
  const enter = () => {
    const field = types.getFieldDef()
    if (field?.deprecationReason) found.push(field.name)
  }
  visit(documentOf(name), visitWithTypeInfo(types, { Field: { enter } }))
  return found
}

function listsWithoutPageInfo(name: string): string[] {
  const found: string[] = []
  visit(documentOf(name), {
    Field(field) {
      const isList = field.arguments?.some(({ name: { value } }) => value === 'first' || value === 'last')
      if (isList && !hasField(field.selectionSet, 'pageInfo')) found.push(field.name.value)
    },
  })
  return found
}

function hasField(set: SelectionSetNode | undefined, name: string): boolean {
  return (set?.selections ?? []).some(
    (selection): selection is FieldNode => selection.kind === Kind.FIELD && selection.name.value === name,
  )
}
