import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches, matchesAny } from '../../lib/config/patterns.ts'

describe('patterns', () => {
  it.each([
    ['.devloops*', '.devloops', true],
    ['.devloops*', '.devloops.yaml', true],
    ['.devloops*', 'sub/.devloops', false],
    ['.github/**', '.github/workflows/ci.yml', true],
    ['.github/**', '.github', false],
    ['.github/**', 'x/.github/a', false],
    ['docs/**/a.md', 'docs/a.md', true],
    ['docs/**/a.md', 'docs/x/y/a.md', true],
    ['docs/**/a.md', 'docs/xa.md', false],
    ['**/secrets/**', '.hidden/secrets/.key', true],
    ['**/secrets/**', 'mysecrets/x', false],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['src/*/index.ts', 'src/a/index.ts', true],
    ['src/*/index.ts', 'src/a/b/index.ts', false],
    ['**/*x*/y', 'a/bxc/y', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['release/*', 'release/1.0', true],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
  ])('%s and %s: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected)
  })

  it('fit nothing when there are none', () => {
    expect(matchesAny([], 'a')).toBe(false)
  })

  it('agree with a regular expression made from the same pattern', () => {
    const alphabet = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '**', '**/', '?'), maxLength: 8 })
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 })
    fc.assert(
      fc.property(alphabet, texts, (pattern, text) => {
        expect(matches(pattern, text)).toBe(toRegExp(pattern).test(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('decide a hostile pattern at once', () => {
    expect(matches('*a'.repeat(150), `${'a'.repeat(4_000)}b`)).toBe(false)
  })
})

function toRegExp(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?/g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    return part === '*' ? '[^/]*' : '[^/]'
  })
  return new RegExp(`^${source}$`)
}
