import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connect } from '../../lib/forge/graphql/connection.ts'

const how = { keyOf: (item: number) => item, toNode: (item: number) => item }

describe('a connection', () => {
  it('read page by page from either end gives each item once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 7 }), (length, size) => {
        const items = Array.from({ length }, (_value, index) => index)
        const forward: number[] = []
        for (let page = connect(items, { first: size }, how); ; ) {
          forward.push(...page.nodes)
          if (!page.pageInfo.hasNextPage) break
          page = connect(items, { first: size, after: page.pageInfo.endCursor }, how)
        }
        const backward: number[] = []
        for (let page = connect(items, { last: size }, how); ; ) {
          backward.unshift(...page.nodes)
          if (!page.pageInfo.hasPreviousPage) break
          page = connect(items, { last: size, before: page.pageInfo.startCursor }, how)
        }
        expect([forward, backward]).toEqual([items, items])
      }),
    )
  })

  it('continues after the same item when others were added before it', () => {
    const { pageInfo } = connect([5, 6, 7], { first: 1 }, how)
    expect(connect([1, 2, 5, 6, 7], { first: 1, after: pageInfo.endCursor }, how).nodes).toEqual([6])
  })

  it('continues with what followed the item when it has been removed, and others before it', () => {
    const { pageInfo } = connect([5, 6, 7], { first: 2 }, how)
    expect(connect([5, 7, 8], { first: 1, after: pageInfo.endCursor }, how).nodes).toEqual([7])
    expect(connect([7, 8], { first: 1, after: pageInfo.endCursor }, how).nodes).toEqual([7])
  })

  it('continues at the place of a removed item in a list that is in no order of creation', () => {
    const { pageInfo } = connect([7, 5, 6], { first: 2 }, how)
    expect(connect([7, 6], { first: 1, after: pageInfo.endCursor }, how).nodes).toEqual([6])
  })
})
