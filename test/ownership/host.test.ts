import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { isWorkerDead, readHostIdentity, readWorkerIdentity } from '../../lib/ownership/host.ts'
import { libModule, runWithoutPrivileges } from '../support/without-privileges.ts'

const started: ReturnType<typeof spawn>[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

async function aProcess() {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
  started.push(child)
  await once(child, 'spawn')
  return child
}

/** What can be proved depends on /proc; elsewhere everything but an absent process is unknown. */
describe.runIf(process.platform === 'linux')('a worker process', () => {
  it('is alive while it runs and dead once it was killed', async () => {
    const child = await aProcess()
    const worker = readWorkerIdentity(child.pid ?? 0)
    const host = readHostIdentity()
    if (worker === null) throw new Error('the process that was just started is not there')
    expect(isWorkerDead(worker, host)).toBe('alive')

    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isWorkerDead(worker, host)).toBe('dead')
  })

  it('is not taken for another process that got its pid', async () => {
    const child = await aProcess()
    const worker = readWorkerIdentity(child.pid ?? 0)
    if (worker === null) throw new Error('the process that was just started is not there')
    expect(isWorkerDead({ ...worker, startTime: '1' }, readHostIdentity())).toBe('dead')
  })

  it('has no identity when there is no such process', () => {
    expect(readWorkerIdentity(2 ** 22 + 1)).toBeNull()
  })
})

describe('death', () => {
  const gone = { pid: 2 ** 22 + 1, startTime: '1' }
  const here = { machineId: 'm', bootId: 'b', pidNamespace: 'n' }

  it.each([
    ['same boot and pid namespace', {}, 'dead'],
    ['same boot, another pid namespace', { pidNamespace: 'other' }, 'unknown'],
    ['same boot, pid namespace not known', { pidNamespace: null }, 'unknown'],
    ['same machine, another boot', { bootId: 'earlier' }, 'dead'],
    ['another machine', { machineId: 'other', bootId: 'other' }, 'unknown'],
    ['another boot, machine not known', { machineId: null, bootId: 'other' }, 'unknown'],
    ['boot not known', { bootId: null }, 'unknown'],
  ])('of an absent process is judged by where it ran: %s', (_, where, expected) => {
    expect(isWorkerDead({ ...here, ...gone, ...where }, here)).toBe(expected)
  })

  it('is unknown when this user may not look', async () => {
    const said = await runWithoutPrivileges(`
      import { isWorkerDead, readHostIdentity } from ${libModule('ownership/host.ts')}
      if (process.getuid() === 0) process.setuid(65534)
      const host = readHostIdentity()
      console.log(JSON.stringify(isWorkerDead({ ...host, pid: 1, startTime: '1' }, host)))
    `)
    expect(said).toBe('unknown')
  })

  it('is not proved between two hosts that both do not know their machine', () => {
    const nameless = { ...here, machineId: null }
    expect(isWorkerDead({ ...nameless, ...gone, bootId: 'other' }, nameless)).toBe('unknown')
  })
})
