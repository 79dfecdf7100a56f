import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, MAX_DURATION_MS, parseDuration, readDuration } from '../lib/duration.ts'

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('reads %s as %i milliseconds', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', '0s', '-5s', '90', '1.5h', '1h30m', '90 s', '90S', 's', '1e3s', '25d', '9999999999d', '٣s'])(
    'refuses %j',
    (text) => {
      expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
    },
  )

  it('are written in the largest unit that is exact', () => {
    expect([900_000, 90_000, 1_500, 7_200_000, 86_400_000].map(formatDuration)).toEqual([
      '15m',
      '90s',
      '1500ms',
      '2h',
      '1d',
    ])
  })

  it('survive being written and read again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_DURATION_MS }), (ms) => {
        expect(readDuration(formatDuration(ms))).toBe(ms)
      }),
    )
  })
})
