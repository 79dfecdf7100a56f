import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flatName, keyOfFlatName, keyOfRef, recordRef } from '../../../lib/store/git/ref-names.ts'

const ODD = [
  '/',
  '.',
  '..',
  '.lock',
  '@{',
  '=head',
  '=',
  ',',
  '~',
  'A',
  'ä',
  '\u0000',
  ' ',
  '-',
  'a',
  'b.c',
  'x'.repeat(120),
]
const keys = fc.oneof(
  fc.array(fc.constantFrom(...ODD), { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => Buffer.from(text).toString() === text),
)

describe('the ref of a record', () => {
  it('reads like the path of the target', () => {
    const ref = 'refs/dev-loops/records/github.com/acme/api/number/88/=head'
    expect(recordRef('refs', 'github.com/acme/api/number/88')).toBe(ref)
  })

  it('leads back to its key and to no other', () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(keyOfRef('refs', recordRef('refs', key))).toBe(key)
        expect(keyOfFlatName(flatName(key))).toBe(key)
      }),
      { numRuns: 2_000 },
    )
  })

  it('stays apart from others without regard to case, and has parts that file systems take', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const ref = recordRef('refs', key)
        expect(ref).toBe(ref.toLowerCase())
        for (const part of ref.split('/')) expect(part.length).toBeLessThan(250)
      }),
    )
  })

  it('is never a folder of another ref', () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        expect(recordRef('refs', a).startsWith(`${recordRef('refs', b)}/`)).toBe(false)
      }),
    )
  })

  it('is a name that git takes', () => {
    const some = fc.sample(keys, { numRuns: 60, seed: 7 })
    for (const key of [...some, ...ODD, 'a.lock', 'a.lock/b', 'a..b', '.a', 'a.']) {
      const ref = recordRef('refs', key)
      expect(execFileSync('git', ['check-ref-format', ref], { encoding: 'utf8' }), JSON.stringify(key)).toBe('')
    }
  })

  it.each([
    'refs/dev-loops/records/A/=head',
    'refs/dev-loops/records/a/head',
    'refs/dev-loops/records/=41x',
    'refs/heads/a',
  ])('is not %s, which is none of ours', (ref) => expect(keyOfRef('refs', ref)).toBeNull())
})
