/** A worker that keeps itself on the list beside its work, and costs the work nothing. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openPresence, type Presence } from '../../../lib/dispatch/workers/presence.ts'
import { readWorkers, registerWorker, workersKey } from '../../../lib/dispatch/workers/service.ts'
import { StoreError } from '../../../lib/errors.ts'
import type { OwnershipContext } from '../../../lib/ownership/service.ts'
import { anOwnership } from '../../ownership/support.ts'

const PLACE = { host: 'github.com', repo: 'acme/api' }
const PROCESS = { machineId: 'm-2', bootId: 'boot-2', pidNamespace: 'pid:[1]', pid: 7, startTime: '1' }
const TASK = { command: 'run', runId: 'r-1', target: 'acme/api#12' }

let context: OwnershipContext
let down: boolean
let hangs: boolean
let warnings: string[]
let presence: Presence

beforeEach(() => {
  vi.useFakeTimers()
  const { store, ...rest } = anOwnership()
  down = false
  hangs = false
  warnings = []
  const read: typeof store.read = async (key) => {
    if (hangs) return new Promise(() => {})
    if (down) throw new StoreError('store_unavailable', 'the disk is gone')
    return store.read(key)
  }
  context = { store: { ...store, read }, ...rest }
  const worker = { id: 'w-1', process: PROCESS, machine: null, projectRoot: null, ttlMs: 90_000 }
  presence = openPresence({ place: PLACE, worker, everyMs: 30_000, warn: (line) => void warnings.push(line) }, context)
})
afterEach(() => vi.useRealTimers())

const known = async () =>
  (await readWorkers(PLACE, context)).map(({ worker: { status, beats, task } }) => ({ status, beats, task }))

describe('a worker that works', () => {
  it('is not listed before it has something to do', async () => {
    await vi.advanceTimersByTimeAsync(60_000)
    await presence.leave()
    expect(await context.store.read(workersKey(PLACE))).toBeNull()
  })

  it('appears at once, and then beats with each period', async () => {
    presence.appear(TASK)
    await vi.advanceTimersByTimeAsync(0)
    expect(await known()).toEqual([{ status: 'active', beats: 1, task: TASK }])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await known()).toMatchObject([{ beats: 3 }])
  })

  it('shows what it has gone over to with its next heartbeat, which does not come sooner', async () => {
    presence.appear(TASK)
    presence.appear({ ...TASK, target: 'acme/api#88' })
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await known()).toMatchObject([{ beats: 2, task: { target: 'acme/api#88' } }])
  })

  it('says that it takes no more work, and then does not beat any more', async () => {
    presence.appear(TASK)
    presence.stop()
    await vi.advanceTimersByTimeAsync(90_000)
    expect(await known()).toMatchObject([{ status: 'stopping', beats: 1 }])
  })

  it('leaves nothing behind, also when it ends in the same moment in which it appeared', async () => {
    presence.appear(TASK)
    await presence.leave()
    await vi.advanceTimersByTimeAsync(90_000)
    expect(await known()).toEqual([])
  })
})

describe('a process that somebody else registered before', () => {
  it('stays known under that id, and leaves under it', async () => {
    const earlier = { id: 'w-earlier', process: PROCESS, machine: null, projectRoot: null, ttlMs: 90_000, task: TASK }
    await registerWorker(PLACE, earlier, context)
    presence.appear(TASK)
    await vi.advanceTimersByTimeAsync(0)
    expect(await known()).toMatchObject([{ beats: 2 }])
    await presence.leave()
    expect(await known()).toEqual([])
  })
})

describe('a store that cannot be reached', () => {
  it('is said once for as long as it lasts, and the worker appears when it is back', async () => {
    down = true
    presence.appear(TASK)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(warnings).toEqual(['worker_not_registered: the disk is gone'])

    down = false
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await known()).toMatchObject([{ status: 'active' }])
    down = true
    await vi.advanceTimersByTimeAsync(30_000)
    expect(warnings).toHaveLength(2)
  })

  it('that does not answer at all keeps the work from ending for ten seconds at most', async () => {
    presence.appear(TASK)
    await vi.advanceTimersByTimeAsync(0)
    hangs = true
    const left = presence.leave()
    await vi.advanceTimersByTimeAsync(10_000)
    await expect(left).resolves.toBeUndefined()
    expect(warnings).toEqual([expect.stringContaining('w-1 stays on the list')])
  })

  it('does not keep the work from ending', async () => {
    presence.appear(TASK)
    await vi.advanceTimersByTimeAsync(0)
    down = true
    await expect(presence.leave()).resolves.toBeUndefined()
    expect(warnings).toHaveLength(1)
  })
})
