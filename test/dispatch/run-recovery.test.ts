/** What a dead run left: its process group is ended, but only if it is still the same process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ProcessIdentity, readProcessIdentity } from '../../lib/dispatch/agent/process-group.ts'
import { recover } from '../../lib/dispatch/recover.ts'
import { claimTarget, type OwnershipContext, readOwnership } from '../../lib/ownership/service.ts'
import { announce, withProcess } from '../../lib/sessions/intents.ts'
import { changeWork, type EffectContext } from '../../lib/sessions/perform.ts'
import { parseWork } from '../../lib/sessions/work.ts'
import { aClock, anOwnership, type Clock, PR } from '../ownership/support.ts'

let clock: Clock
let ownership: OwnershipContext
let acting: EffectContext
const started: ChildProcess[] = []

beforeEach(async () => {
  clock = aClock()
  ownership = anOwnership({ clock })
  const { token } = await claimTarget(PR, { runId: 'a', mode: 'claim', ttlMs: 90_000 }, ownership)
  acting = { target: PR, runId: 'a', token, ownership, signal: new AbortController().signal }
})
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** A process that leads its own group and waits for ever. */
async function aProcess(): Promise<{ child: ChildProcess; identity: ProcessIdentity }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60000); console.log("up")'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  started.push(child)
  await once(child.stdout, 'data')
  const identity = readProcessIdentity(child.pid ?? 0)
  if (identity === null) throw new Error('the process has no identity')
  return { child, identity }
}

async function leave(process: ProcessIdentity | null, deadlineMs = 0): Promise<void> {
  const effect = { key: 'k-1', kind: 'agent', level: 'checked' as const, params: null, deadlineMs }
  await changeWork(acting, (work, now) => {
    const announced = announce(work, effect, acting, now)
    const left = process === null ? announced.work : withProcess(announced.work, 'k-1', process)
    return { work: left, entry: announced.entry, result: null }
  })
}

async function intents() {
  const { record } = await readOwnership(PR, ownership)
  return parseWork(record?.work ?? null).intents
}

describe('recovery', () => {
  it('ends the process group that an intent names', async () => {
    const { child, identity } = await aProcess()
    await leave(identity)
    const exited = once(child, 'exit')

    const recovered = await recover(acting, () => {})

    expect(recovered).toMatchObject({ ok: true, value: [{ kind: 'agent', process: 'ended' }] })
    expect(await exited).toEqual([null, 'SIGTERM'])
    expect(await intents()).toEqual([])
  })

  it.for([
    ['started at another time', { startTime: '1' }],
    ['belongs to another boot', { bootId: 'another boot' }],
  ] as const)('leaves a process alone that %s', async ([, change]) => {
    const { child, identity } = await aProcess()
    await leave({ ...identity, ...change })

    const recovered = await recover(acting, () => {})

    expect(recovered).toMatchObject({ ok: true, value: [{ process: 'already_gone' }] })
    expect(child.exitCode ?? child.signalCode).toBeNull()
    expect(readProcessIdentity(identity.pid)).toEqual(identity)
    expect(await intents()).toEqual([])
  })

  it('outlives a request that may still land before it closes its intent', async () => {
    await leave(null, 40)
    const said: string[] = []
    const recovered = await recover(acting, (line) => void said.push(line))
    expect(recovered).toMatchObject({ ok: true, value: [{ process: null, waitedMs: 40 }] })
    expect(said).toHaveLength(1)

    await leave(null, 20_000)
    clock.advance(20_000)
    expect(await recover(acting, () => {})).toMatchObject({ ok: true, value: [{ waitedMs: 0 }] })
  })

  it('closes nothing for a run that lost the target', async () => {
    await leave(null)
    await claimTarget(PR, { runId: 'b', mode: 'takeover', ttlMs: 90_000, force: true, reason: 'stuck' }, ownership)
    expect(await recover(acting, () => {})).toMatchObject({ ok: false, error: 'ownership_lost' })
    expect(await intents()).toHaveLength(1)
  })
})
