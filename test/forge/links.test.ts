import { describe, expect, it } from 'vitest'
import { closedBy, mentionedIn } from '../../lib/forge/actions/links.ts'

describe('the issues that a text closes', () => {
  it.each([
    ['Closes #1', [1]],
    ['fixes: #12, resolves #3', [12, 3]],
    ['closes acme/api#4', [4]],
    ['closes other/repo#4', []],
    ['see #5', []],
    ['discloses #6', []],
    ['Closes #7 and #8', [7]],
    ['closes #9\nCLOSED #9', [9]],
  ])('of %j are %j', (text, numbers) => {
    expect(closedBy(text, 'acme/api')).toEqual(numbers)
  })
})

describe('the issues that a text mentions', () => {
  it('include those it closes, and no anchors or colours', () => {
    expect(mentionedIn('See #2 (#3). Closes #4. Not a#5, nor `x#6`.', 'acme/api')).toEqual([2, 3, 4])
  })
})
