/** Who counts as alive, and how the list of workers changes. */
import { describe, expect, it } from 'vitest'
import { judgeWorker, type WorkerStanding } from '../../../lib/dispatch/workers/rules/judge-worker.ts'
import {
  beat,
  emptyRegistry,
  MOST_WORKERS,
  markStopping,
  prune,
  type Registration,
  type Registry,
  register,
  remove,
  type Standings,
  type Worker,
} from '../../../lib/dispatch/workers/rules/registry.ts'
import type { WorkerState } from '../../../lib/ownership/rules/liveness.ts'

const NOW = { bootId: 'boot-1', monotonicMs: 1_000_000, wallMs: Date.UTC(2030, 0, 1) }
const AT = '2030-01-01T00:00:00.000Z'
const PLACE = { host: 'github.com', repo: 'acme/api' }
const PROCESS = { machineId: 'm-1', bootId: 'boot-1', pidNamespace: 'pid:[1]', pid: 7, startTime: '100' }

function aRegistration(given: Partial<Registration> = {}): Registration {
  const task = { command: 'run', runId: 'r-1', target: 'acme/api#12' }
  return { id: 'w-1', process: PROCESS, machine: 'host-1', projectRoot: '~/api', task, ttlMs: 90_000, ...given }
}

function seen(standings: readonly (readonly [string, WorkerStanding['alive']])[] = [], now = NOW) {
  const told = standings.map(
    ([id, alive]) => [id, { alive, status: 'active', beatDueInMs: 0, observedForMs: null }] as const,
  )
  return { now, at: new Date(now.wallMs).toISOString(), standings: new Map(told) as Standings }
}

function aRegistry(...given: Partial<Worker>[]): Registry {
  const workers = given.map((each, index): Worker => {
    const { ttlMs, ...described } = aRegistration({ id: `w-${index + 1}`, process: { ...PROCESS, pid: 7 + index } })
    const lease = { ttlMs, bootId: 'boot-1', renewedAtMs: NOW.monotonicMs, parkedMs: null }
    return { ...described, status: 'active', startedAt: AT, beatAt: AT, beats: 1, lease, ...each }
  })
  return { ...emptyRegistry(PLACE), workers }
}

const idsOf = ({ workers }: Registry) => workers.map(({ id }) => id)

describe('a worker', () => {
  const heardAgo = (ms: number, bootId = 'boot-1') => ({
    ttlMs: 90_000,
    bootId,
    renewedAtMs: NOW.monotonicMs - ms,
    parkedMs: null,
  })
  const watched = (ms: number) => ({ version: 'v', bootId: 'boot-1', firstSeenMs: NOW.monotonicMs - ms })
  const judge = (
    lease: ReturnType<typeof heardAgo>,
    worker: WorkerState,
    sighting: ReturnType<typeof watched> | null = null,
  ) => judgeWorker({ lease, status: 'active' }, { now: NOW, worker, sighting })

  it('lives while its process does, however long it was silent', () => {
    expect(judge(heardAgo(999_999), 'alive')).toMatchObject({ alive: 'alive', status: 'active', beatDueInMs: 0 })
  })

  it('is dead once its process is proved dead, however lately it was heard', () => {
    expect(judge(heardAgo(0), 'dead')).toMatchObject({ alive: 'dead', status: 'crashed' })
  })

  it.each([
    ['heard on this boot', heardAgo(89_999), null, 'alive'],
    ['silent for a term on this boot', heardAgo(90_000), null, 'silent'],
    ['of another boot, never watched', heardAgo(0, 'boot-2'), null, 'unknown'],
    ['of another boot, watched for less than a term', heardAgo(0, 'boot-2'), watched(89_999), 'unknown'],
    ['of another boot, watched for a whole term', heardAgo(0, 'boot-2'), watched(90_000), 'silent'],
  ])('whose process cannot be looked at, %s, is %s', (_, lease, sighting, alive) => {
    expect(judge(lease, 'unknown', sighting)).toMatchObject({ alive, status: 'active' })
  })

  it('is never called dead or crashed without proof', () => {
    for (const lease of [heardAgo(0), heardAgo(9e5), heardAgo(0, 'boot-2')])
      for (const worker of ['alive', 'unknown'] as const)
        for (const sighting of [null, watched(0), watched(9e5)])
          for (const status of ['active', 'stopping'] as const) {
            const standing = judgeWorker({ lease, status }, { now: NOW, worker, sighting })
            expect(standing).toMatchObject({ alive: expect.not.stringMatching('dead'), status })
          }
  })

  it('that was stopping when it died has stopped, and did not crash', () => {
    const evidence = { now: NOW, worker: 'dead', sighting: null } as const
    expect(judgeWorker({ lease: heardAgo(0), status: 'stopping' }, evidence)).toMatchObject({ status: 'stopped' })
  })
})

describe('registering', () => {
  it('puts the worker on the list with its first heartbeat', () => {
    const { status, worker, registry } = register(emptyRegistry(PLACE), aRegistration(), seen())
    expect(status).toBe('registered')
    expect(worker).toMatchObject({ id: 'w-1', status: 'active', startedAt: AT, beatAt: AT, beats: 1 })
    expect(registry.workers).toEqual([worker])
  })

  it('twice by the same process and run is one registration, with the newer task', () => {
    const task = { command: 'run', runId: 'r-1', target: 'acme/api#13' }
    const again = register(aRegistry({}), aRegistration({ id: 'w-9', task }), seen())
    expect(again).toMatchObject({ status: 'refreshed', worker: { id: 'w-1', beats: 2, task } })
    expect(idsOf(again.registry)).toEqual(['w-1'])
  })

  it.each([
    ['a reused pid', { process: { ...PROCESS, startTime: '200' } }],
    ['another run in the same process', { task: { command: 'run', runId: 'r-2', target: null } }],
    ['the same pid in another pid namespace', { process: { ...PROCESS, pidNamespace: 'pid:[2]' } }],
    ['the same pid on another boot', { process: { ...PROCESS, bootId: 'boot-2' } }],
  ])('%s is another worker', (_, given) => {
    const { registry } = register(aRegistry({}), aRegistration({ id: 'w-9', ...given }), seen())
    expect(idsOf(registry)).toEqual(['w-1', 'w-9'])
  })

  it('keeps who crashed on the list while there is room', () => {
    const { registry, entry } = register(
      aRegistry({}),
      aRegistration({ id: 'w-9', process: { ...PROCESS, pid: 99 } }),
      seen([['w-1', 'dead']]),
    )
    expect(idsOf(registry)).toEqual(['w-1', 'w-9'])
    expect(entry).not.toHaveProperty('dropped')
  })

  it.each([
    [
      'the dead',
      [
        ['w-70', 'dead'],
        ['w-50', 'silent'],
      ] as const,
      'w-70',
    ],
    ['then the silent', [['w-50', 'silent']] as const, 'w-50'],
    ['then who was heard longest ago', [] as const, 'w-30'],
  ])('drops %s when the list is full', (_, standings, gone) => {
    const full = aRegistry(
      ...Array.from({ length: MOST_WORKERS }, (_, index) =>
        index === 29 ? { beatAt: '2029-12-31T00:00:00.000Z' } : {},
      ),
    )
    const { registry, entry } = register(
      full,
      aRegistration({ id: 'w-new', process: { ...PROCESS, pid: 999 } }),
      seen(standings),
    )
    expect(registry.workers).toHaveLength(MOST_WORKERS)
    expect(idsOf(registry)).not.toContain(gone)
    expect(idsOf(registry).at(-1)).toBe('w-new')
    expect(entry).toMatchObject({ dropped: [gone] })
  })
})

describe('a heartbeat', () => {
  const later = { ...NOW, monotonicMs: NOW.monotonicMs + 60_000, wallMs: NOW.wallMs + 60_000 }

  it('starts the term anew and counts', () => {
    const beaten = beat(aRegistry({}), 'w-1', seen([], later))
    expect(beaten).toMatchObject({
      ok: true,
      value: { worker: { beats: 2, beatAt: '2030-01-01T00:01:00.000Z', lease: { renewedAtMs: later.monotonicMs } } },
    })
  })

  it('makes nobody active again that is stopping', () => {
    expect(beat(aRegistry({ status: 'stopping' }), 'w-1', seen())).toMatchObject({
      value: { worker: { status: 'stopping' } },
    })
  })

  it.each([
    ['of a worker that is not on the list', 'w-9', []],
    ['in the name of a worker that is proved dead', 'w-1', [['w-1', 'dead']] as const],
  ])('%s is refused', (_, id, standings) => {
    expect(beat(aRegistry({}), id, seen(standings))).toMatchObject({ ok: false, error: 'worker_not_found' })
  })
})

describe('the end of a worker', () => {
  it('is announced, and announced again changes nothing', () => {
    const stopping = markStopping(aRegistry({}, {}), 'w-1')
    expect(stopping.registry.workers.map(({ status }) => status)).toEqual(['stopping', 'active'])
    expect(markStopping(stopping.registry, 'w-1')).toMatchObject({ status: 'stopping', entry: null })
  })

  it('takes it and nobody else off the list, and repeated is no error', () => {
    const gone = remove(aRegistry({}, {}), 'w-1')
    expect(idsOf(gone.registry)).toEqual(['w-2'])
    expect(remove(gone.registry, 'w-1')).toMatchObject({ status: 'stop_noop', entry: null })
    expect(markStopping(gone.registry, 'w-1')).toMatchObject({ status: 'stop_noop', entry: null })
  })
})

describe('pruning', () => {
  const known = [
    ['w-1', 'dead'],
    ['w-2', 'silent'],
    ['w-3', 'unknown'],
    ['w-4', 'alive'],
  ] as const
  it.each([
    [false, ['w-2', 'w-3', 'w-4']],
    [true, ['w-3', 'w-4']],
  ])('with silent %s keeps %j', (silent, kept) => {
    expect(idsOf(prune(aRegistry({}, {}, {}, {}), seen(known).standings, { silent }).registry)).toEqual(kept)
  })

  it('of nobody writes nothing', () => {
    expect(prune(aRegistry({}), seen([['w-1', 'alive']]).standings, { silent: true })).toMatchObject({
      pruned: [],
      entry: null,
    })
  })
})
