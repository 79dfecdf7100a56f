/** The list of workers over a store: with real processes that are killed, and with machines that fall silent. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  beatWorker,
  type KnownWorker,
  pruneWorkers,
  readWorkers,
  registerWorker,
  stopWorker,
  workersKey,
} from '../../../lib/dispatch/workers/service.ts'
import { readHostIdentity, readWorkerIdentity } from '../../../lib/ownership/host.ts'
import { listOwnership, type OwnershipContext } from '../../../lib/ownership/service.ts'
import { openFileStore } from '../../../lib/store/files/open-file-store.ts'
import { openMemoryStore } from '../../../lib/store/memory.ts'
import { aClock } from '../../ownership/support.ts'

const PLACE = { host: 'github.com', repo: 'acme/api' }
const linux = process.platform === 'linux'

let folder: string
const started: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-workers-'))
})
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function onDisk(): OwnershipContext {
  const store = openFileStore(join(folder, 'state'), { scope: 'machine' })
  return { store, host: readHostIdentity(), observations: join(folder, 'observations') }
}

async function aProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
  started.push(child)
  await once(child, 'spawn')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

function register(id: string, pid: number, context: OwnershipContext, ttlMs = 90_000) {
  const self = readWorkerIdentity(pid)
  if (self === null) throw new Error(`there is no process ${pid}`)
  const task = { command: 'run', runId: id, target: null }
  return registerWorker(PLACE, { id, process: self, machine: null, projectRoot: null, task, ttlMs }, context)
}

const told = (known: readonly KnownWorker[]) =>
  known.map(({ worker, alive, status }) => `${worker.id} ${alive} ${status}`)

describe.runIf(linux)('a worker with a real process', () => {
  it('is alive until it is killed, then crashed at once, whatever its term', async () => {
    const context = onDisk()
    const child = await aProcess()
    await register('w-1', child.pid ?? 0, context, 3_600_000)
    expect(told(await readWorkers(PLACE, context))).toEqual(['w-1 alive active'])

    await kill(child)
    expect(told(await readWorkers(PLACE, context))).toEqual(['w-1 dead crashed'])
  })

  it('is alive although its heartbeat stayed away', async () => {
    const context = onDisk()
    const child = await aProcess()
    await register('w-1', child.pid ?? 0, context, 0)
    const [known] = await readWorkers(PLACE, context)
    expect(known).toMatchObject({ alive: 'alive', status: 'active', beatDueInMs: 0 })
  })

  it('that said it stops is not taken for a crash', async () => {
    const context = onDisk()
    const child = await aProcess()
    await register('w-1', child.pid ?? 0, context)
    await stopWorker(PLACE, 'w-1', { gone: false }, context)
    await kill(child)
    expect(told(await readWorkers(PLACE, context))).toEqual(['w-1 dead stopped'])
  })

  it('is dead once its pid belongs to another process', async () => {
    const context = onDisk()
    const self = readWorkerIdentity(process.pid)
    if (self === null) throw new Error('this process is not there')
    const task = { command: 'run', runId: null, target: null }
    const before = { ...self, startTime: '1' }
    await registerWorker(
      PLACE,
      { id: 'w-1', process: before, machine: null, projectRoot: null, task, ttlMs: 90_000 },
      context,
    )
    expect(told(await readWorkers(PLACE, context))).toEqual(['w-1 dead crashed'])
  })

  it('is pruned once dead, while those that live stay', async () => {
    const context = onDisk()
    const [dead, alive] = [await aProcess(), await aProcess()]
    await register('w-1', dead.pid ?? 0, context)
    await register('w-2', alive.pid ?? 0, context, 0)
    await kill(dead)

    const planned = await pruneWorkers(PLACE, { silent: true, dryRun: true }, context)
    expect(told(planned)).toEqual(['w-1 dead crashed'])
    expect(await readWorkers(PLACE, context)).toHaveLength(2)
    await pruneWorkers(PLACE, { silent: true, dryRun: false }, context)
    expect(told(await readWorkers(PLACE, context))).toEqual(['w-2 alive active'])
  })
})

const [UNSHARE, ...OWN_PIDS] = ['unshare', '--pid', '--fork', '--mount-proc'] as const
const mayUnshare = linux && spawnSync(UNSHARE, [...OWN_PIDS, 'true'], { stdio: 'ignore' }).status === 0
if (!mayUnshare) console.info('skipped: this machine lets nobody make a pid namespace')

describe.runIf(mayUnshare)('a worker in another pid namespace', () => {
  it('is proved dead in there, also when its pid is reused, and never from outside', async () => {
    const program = fileURLToPath(new URL('../../fixtures/workers/in-own-pids.ts', import.meta.url))
    const state = join(folder, 'state')
    const inside = spawn(UNSHARE, [...OWN_PIDS, process.execPath, '--import', 'tsx', program, state], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    started.push(inside)
    const lines: { what: string; alive: Record<string, string> }[] = []
    for await (const line of createInterface({ input: inside.stdout })) {
      lines.push(JSON.parse(line))
      if (lines.at(-1)?.what === 'ready') break
    }
    expect(lines).toEqual([
      { what: 'started', alive: { first: 'alive' } },
      { what: 'reused', alive: { first: 'dead' } },
      { what: 'ready', alive: { first: 'dead', stays: 'alive', quiet: 'alive' } },
    ])
    const outside = ['first alive active', 'stays alive active', 'quiet silent active']
    expect(told(await readWorkers(PLACE, onDisk()))).toEqual(outside)

    await kill(inside)
    expect(told(await readWorkers(PLACE, onDisk()))).toEqual(outside)
  })
})

describe('a worker of another machine', () => {
  const WORKER = { machineId: 'm-2', bootId: 'boot-2', pidNamespace: 'pid:[1]', pid: 7, startTime: '1' }

  /** Two machines that share a store and nothing else. */
  function twoMachines() {
    const clock = aClock('boot-1')
    const there = { now: () => ({ ...clock.now(), bootId: 'boot-2', monotonicMs: 5 }) }
    let at: () => ReturnType<typeof clock.now> = clock.now
    const store = openMemoryStore({ now: () => at() })
    const context = {
      store,
      host: { machineId: 'm-1', bootId: 'boot-1', pidNamespace: 'pid:[1]' },
      observations: folder,
    }
    const task = { command: 'run', runId: 'r', target: null }
    const registration = { id: 'w-far', process: WORKER, machine: 'far', projectRoot: null, task, ttlMs: 90_000 }
    return {
      clock,
      context,
      async beatThere() {
        at = there.now
        await registerWorker(PLACE, registration, { ...context, observations: undefined })
        at = clock.now
      },
    }
  }

  it('is unknown until this host itself has seen it silent for a whole term, and then still not dead', async () => {
    const { clock, context, beatThere } = twoMachines()
    await beatThere()
    const look = () => pruneWorkers(PLACE, { silent: false, dryRun: true }, context)
    const alive = async () => (await readWorkers(PLACE, context))[0]?.alive

    await look()
    clock.advance(89_999)
    expect(await alive()).toBe('unknown')
    clock.advance(1)
    expect(await alive()).toBe('silent')
    expect(await look()).toEqual([])
  })

  it('that is heard in between is watched anew', async () => {
    const { clock, context, beatThere } = twoMachines()
    const look = () => pruneWorkers(PLACE, { silent: true, dryRun: true }, context)
    await beatThere()
    await look()
    clock.advance(60_000)
    await beatThere()
    await look()
    clock.advance(60_000)
    expect(await look()).toEqual([])
  })

  it('is not watched by one who only looks', async () => {
    const { context, beatThere } = twoMachines()
    await beatThere()
    await readWorkers(PLACE, context)
    expect(readdirSync(folder)).toEqual([])
  })

  it('is not silent because others changed nothing either, or because this host only began to look', async () => {
    const { clock, context, beatThere } = twoMachines()
    await beatThere()
    clock.advance(999_999)
    expect(await readWorkers(PLACE, context)).toMatchObject([{ alive: 'unknown', observedForMs: 0 }])
  })

  it('comes back by itself when it was pruned while it was silent', async () => {
    const { clock, context, beatThere } = twoMachines()
    await beatThere()
    await pruneWorkers(PLACE, { silent: true, dryRun: false }, context)
    clock.advance(90_000)
    expect(await pruneWorkers(PLACE, { silent: true, dryRun: false }, context)).toHaveLength(1)
    expect(await beatWorker(PLACE, 'w-far', context)).toMatchObject({ ok: false, error: 'worker_not_found' })
    await beatThere()
    expect(told(await readWorkers(PLACE, context))).toEqual(['w-far unknown active'])
  })
})

describe('the list', () => {
  it('loses none of many that register at the same moment', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `w-${index}`)
    await Promise.all(ids.map((id) => register(id, process.pid, onDisk())))
    const known = await readWorkers(PLACE, onDisk())
    expect(known.map(({ worker }) => worker.id).sort()).toEqual([...ids].sort())
  })

  it('is left as it is by looking at it', async () => {
    const context = onDisk()
    await register('w-1', process.pid, context)
    const before = contents(folder)
    await readWorkers(PLACE, context)
    expect(contents(folder)).toEqual(before)
  })

  it('stands beside the targets of its repository and is not taken for one', async () => {
    const context = onDisk()
    await register('w-1', process.pid, context)
    expect(await listOwnership('', context)).toEqual([])
  })

  it('that cannot be read is named, and not written over', async () => {
    const context = onDisk()
    await context.store.compareAndSwap(workersKey(PLACE), null, { schemaVersion: 1, workers: 'many' }, {})
    const before = contents(folder)
    for (const call of [
      () => readWorkers(PLACE, context),
      () => register('w-1', process.pid, context),
      () => pruneWorkers(PLACE, { silent: true, dryRun: false }, context),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'state_unreadable',
        message: expect.stringContaining('workers'),
      })
    }
    expect(contents(folder)).toEqual(before)
  })
})

function contents(top: string): Record<string, string> {
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' }).map((name) => join(top, name))
  return Object.fromEntries(
    names.filter((name) => statSync(name).isFile()).map((name) => [name, readFileSync(name, 'utf8')]),
  )
}
