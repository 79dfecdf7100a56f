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
import { isMutation } from '../../lib/github/client.ts'
import { QUERIES } from '../../lib/github/queries/index.ts'
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
    const { nodes, sizes } = priceOf(documentOf(name))
    expect(nodes).toBeLessThanOrEqual(500_000)
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
    expect(priceOf(documentOf('PULL_REQUEST_FACTS')).points).toBeLessThanOrEqual(2)
  })

  it('asks every list for where it goes on', () => {
    expect(listsWithoutPageInfo('PULL_REQUEST_FACTS')).toEqual(['commits', 'checkSuites'])
  })
})

describe('the observation of an issue', () => {
  it('costs no more than asking for issue and pull request one after the other', () => {
    const { points } = priceOf(documentOf('ISSUE_FACTS'))
    expect(points).toBeLessThanOrEqual(1 + priceOf(documentOf('PULL_REQUEST_FACTS')).points)
  })
})

describe('the price', () => {
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
})

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
