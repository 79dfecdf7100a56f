/** The list of workers as it is kept from the command line, by programs that are not `run`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { executeWith } from '../../../lib/command/registry.ts'
import { aContext } from '../../support/context.ts'

const scripts = new URL('../../../scripts/', import.meta.url)

let home: string
let child: ChildProcess
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'dev-loops-worker-commands-'))
  child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
  await once(child, 'spawn')
})
afterEach(() => {
  child.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

function worker(words: string, env: Record<string, string> = {}) {
  const argv = ['worker', ...words.split(' '), '--repo', 'acme/api']
  return executeWith(scripts, argv, aContext({ cwd: home, env: { HOME: home, ...env } }))
}

async function registered(more = ''): Promise<string> {
  const { answer } = await worker(`register --worker-pid ${child.pid}${more}`)
  return 'id' in answer ? String(answer.id) : ''
}

describe('a program that is not `run`', () => {
  it('registers its process, beats, stops and leaves', async () => {
    const id = await registered(' --run-id r-1 --pr 88 --task conductor')
    expect(await worker(`status --worker ${id}`)).toMatchObject({
      exit: 0,
      answer: {
        id,
        status: 'active',
        alive: 'alive',
        command: 'conductor',
        runId: 'r-1',
        target: 'acme/api#88',
        projectRoot: '~',
      },
    })
    const env = { DEV_LOOPS_WORKER_ID: id }
    expect(await worker('heartbeat', env)).toMatchObject({ exit: 0, answer: { status: 'beat', beats: 2 } })
    expect(await worker('stop', env)).toMatchObject({ exit: 0, answer: { status: 'stopping' } })
    expect(await worker('list')).toMatchObject({ answer: { total: 1, workers: [{ id, status: 'stopping' }] } })
    expect(await worker('stop --gone', env)).toMatchObject({ exit: 0, answer: { status: 'gone' } })
    expect(await worker('stop --gone', env)).toMatchObject({ exit: 0, answer: { status: 'stop_noop' } })
    expect(await worker('list')).toMatchObject({ exit: 0, answer: { total: 0, workers: [] } })
  })

  it('is told when it is not on the list, and what to do', async () => {
    for (const words of ['status', 'heartbeat']) {
      expect(await worker(`${words} --worker w-none`)).toMatchObject({
        exit: 3,
        answer: { error: 'worker_not_found', repo: 'acme/api', scope: 'machine' },
      })
    }
  })

  it('that crashed is shown until it is pruned', async () => {
    const id = await registered()
    child.kill('SIGKILL')
    await once(child, 'exit')
    const crashed = { workers: [{ id, status: 'crashed', alive: 'dead' }] }
    expect(await worker('prune --dry-run')).toMatchObject({ answer: { status: 'would_prune', ...crashed } })
    expect(await worker('prune')).toMatchObject({ answer: { status: 'pruned', ...crashed } })
    expect(await worker('list')).toMatchObject({ answer: { total: 0 } })
  })

  it.each([
    ['register', '--worker-pid'],
    ['register --worker-pid 4194305', 'there is no process 4194305'],
    ['register --worker-pid 1 --pr 8 --issue 9', 'at most one of --pr or --issue'],
    ['heartbeat', '--worker'],
    ['stop', '--worker'],
  ])('is refused "%s" with %s', async (words, said) => {
    expect(await worker(words)).toMatchObject({ exit: 2, answer: { message: expect.stringContaining(said) } })
  })
})
