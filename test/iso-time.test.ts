import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoTime } from '../lib/iso-time.ts'

const END_OF_9999 = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
const DAY_MS = 86_400_000

describe('isoTime', () => {
  it('writes any instant from 1970 to 9999 as Date does', () => {
    fc.assert(fc.property(fc.nat({ max: END_OF_9999 }), (ms) => isoTime(ms) === new Date(ms).toISOString()))
  })

  it('knows each day of four hundred years', () => {
    const days = Array.from({ length: 146_097 }, (_, day) => day * DAY_MS)
    expect(days.filter((ms) => isoTime(ms) !== new Date(ms).toISOString())).toEqual([])
  })

  it('drops fractions of a millisecond', () => {
    expect(isoTime(1_700_000_000_000.9)).toBe('2023-11-14T22:13:20.000Z')
  })
})
