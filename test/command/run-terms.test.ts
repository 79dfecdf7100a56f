import { describe, expect, it } from 'vitest'
import { runTerms } from '../../lib/command/run-terms.ts'
import { DEFAULT_PREFERENCE } from '../../lib/config/defaults.generated.ts'
import type { Origin } from '../../lib/config/resolved.ts'

const config = DEFAULT_PREFERENCE
const remote = 'https://example.test/acme/api.git'
const written: Origin = { layer: 'user', source: 'config.yaml', line: 1, column: 1, value: '90s' }

describe('the terms of a run', () => {
  it('are seconds where a renewal is a write to a disk', () => {
    expect(runTerms({ config, origins: {} }, {})).toEqual({ ttlMs: 90_000, renewEveryMs: 30_000 })
  })

  it('are minutes where each renewal is a push', () => {
    expect(runTerms({ config, origins: {} }, { remote })).toEqual({ ttlMs: 900_000, renewEveryMs: 300_000 })
  })

  it.each(['lease.runTtl', 'lease.runRenewEvery'])(
    'are those of the configuration where %s is written in it',
    (key) => {
      expect(runTerms({ config, origins: { [key]: written } }, { remote })).toEqual({
        ttlMs: 90_000,
        renewEveryMs: 30_000,
      })
    },
  )

  it('leave time for three renewals, one of which may fail', () => {
    for (const store of [{}, { remote }]) {
      const { ttlMs, renewEveryMs } = runTerms({ config, origins: {} }, store)
      expect(renewEveryMs * 3).toBeLessThanOrEqual(ttlMs)
    }
  })
})
