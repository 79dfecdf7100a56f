import { describe, expect, it } from 'vitest'
import { checkWorkers } from '../../../lib/command/doctor/workers.ts'
import type { KnownWorker } from '../../../lib/dispatch/workers/service.ts'

const aWorker = (status: KnownWorker['status']) => ({ status }) as KnownWorker

describe('checkWorkers', () => {
  it('tells of crashes without calling them wrong, and how to clear the list', () => {
    const check = checkWorkers([aWorker('active'), aWorker('crashed'), aWorker('stopped')])
    expect(check).toMatchObject({ ok: true, detail: '3 known, 1 crashed (dev-loops worker prune)' })
  })

  it('names no command when nobody crashed', () => {
    expect(checkWorkers([aWorker('active')])).toMatchObject({ ok: true, detail: '1 known, none crashed' })
  })
})
