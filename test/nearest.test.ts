import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance, nearest } from '../lib/nearest.ts'

describe('the nearest valid name', () => {
  it.each([
    ['requireCl', ['requireCi', 'requireRefinement'], 'requireCi'],
    ['stopat', ['stopAt', 'stopOn'], 'stopAt'],
    ['rveiew', ['review', 'gates'], 'review'],
    ['--dryrun', ['--dry-run', '--json'], '--dry-run'],
  ])('of %s among %j is %s', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected)
  })

  it('is not given when every name is further away than a third of its letters', () => {
    expect(nearest('banana', ['review', 'gates', 'merge'])).toBeNull()
    expect(nearest('x', ['ab'])).toBeNull()
    expect(nearest('anything', [])).toBeNull()
  })

  it('counts a swap of neighbours as one mistake', () => {
    expect(editDistance('merge', 'mrege')).toBe(1)
  })

  it('is the same distance in both directions, and zero only for equal words', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
      }),
    )
  })
})
