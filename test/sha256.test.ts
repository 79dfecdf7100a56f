/** Our own SHA-256 against that of Node. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../lib/sha256.ts'

const byNode = (text: string) => createHash('sha256').update(text).digest('hex')

describe('the digest of a text', () => {
  it('is that of Node for every length around the ends of the blocks', () => {
    for (let length = 0; length <= 200; length += 1) {
      const text = 'a'.repeat(length)
      expect(sha256Hex(text), `${length} characters`).toBe(byNode(text))
    }
  })

  it('is that of Node for any text', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.string({ maxLength: 300 }))
    fc.assert(
      fc.property(texts, (text) => sha256Hex(text) === byNode(text)),
      { numRuns: 300 },
    )
  })
})
