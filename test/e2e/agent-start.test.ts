import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import {
  endProcessGroup,
  listGroup,
  type ProcessIdentity,
  readProcessIdentity,
  signalGroup,
} from '../../lib/dispatch/agent/process-group.ts'
import { aFolder, anAgent, eventually, isRunning, runAgent } from '../dispatch/agent/support.ts'

function aWorkFolder(): string {
  const folder = join(aFolder(), 'work')
  mkdirSync(folder)
  return folder
}

function pidsIn(text: string): number[] {
  return [...text.matchAll(/(?:pid|left) (\d+)/g)].map(([, pid]) => Number(pid))
}

describe('startAgent', () => {
  it('tells how an agent ended', async () => {
    expect(await runAgent('does-nothing', aWorkFolder())).toMatchObject({ exit: 0, signal: null, timedOut: false })
    expect(await runAgent('exits-nonzero', aWorkFolder())).toMatchObject({ exit: 7, outputTail: 'out of credit\n' })
  })

  it.each([
    ['stdin', 'the prompt\n'],
    ['file', ''],
  ] as const)('hands the prompt over by %s', async (promptVia, stdin) => {
    const argv = [anAgent('shows-surroundings'), '--prompt={promptFile}', '; rm -rf $HOME']
    const { result } = await runAgent('shows-surroundings', aWorkFolder(), { promptVia, argv })

    const seen = result as { argv: string[]; env: Record<string, string>; stdin: string }
    expect(seen.stdin).toBe(stdin)
    expect(seen.argv).toEqual([`--prompt=${seen.env.DEV_LOOPS_PROMPT_FILE}`, '; rm -rf $HOME'])
    expect(readFileSync(seen.env.DEV_LOOPS_PROMPT_FILE ?? '', 'utf8')).toBe('the prompt\n')
  })

  it('gives the agent no token, no login, no channel of ours, and only the names that are listed', async () => {
    const inherited = {
      ...process.env,
      GH_TOKEN: 'secret',
      GITHUB_TOKEN: 'secret',
      DEV_LOOPS_VERDICT_TOKEN: 'secret',
      SSH_AUTH_SOCK: '/secret',
      MODEL_KEY: 'wanted',
    }
    const pass = ['MODEL_KEY', 'GH_TOKEN']
    const { result } = await runAgent('shows-surroundings', aWorkFolder(), { env: { inherited, pass } })

    const { env, descriptors } = result as { env: Record<string, string>; descriptors: [string, string | null][] }
    expect(Object.values(env)).not.toContain('secret')
    expect(env.MODEL_KEY).toBe('wanted')
    expect(env.GH_CONFIG_DIR).toMatch(/\.gh$/)
    expect(env).not.toHaveProperty('SSH_AUTH_SOCK')
    expect(descriptors.filter(([fd, target]) => Number(fd) > 2 && target?.startsWith('socket:'))).toEqual([])
  })

  it('names the process before the agent exists', async () => {
    const folder = aWorkFolder()
    const seen: { identity: ProcessIdentity | null; logged: boolean } = { identity: null, logged: true }
    await runAgent('never-ends', folder, {
      timeLimitMs: 300,
      onStarted: (identity) => {
        seen.identity = readProcessIdentity(identity.pid)
        seen.logged = readFileSync(join(folder, '..', 'never-ends.log'), 'utf8') !== ''
      },
    })
    expect(seen).toMatchObject({ identity: { pid: expect.any(Number) }, logged: false })
  })

  it('starts nothing when it cannot be written down who would run', async () => {
    const folder = aWorkFolder()
    const onStarted = () => Promise.reject(new Error('the store is full'))
    await expect(runAgent('claims-without-commit', folder, { onStarted })).rejects.toThrow('the store is full')
    expect(existsSync(join(folder, '..', 'claims-without-commit.json'))).toBe(false)
  })

  it('ends an agent whose time is up', async () => {
    const run = await runAgent('never-ends', aWorkFolder(), { timeLimitMs: 1000 })
    expect(run).toMatchObject({ timedOut: true, exit: null, signal: 'SIGTERM' })
    expect(pidsIn(run.outputTail).filter(isRunning)).toEqual([])
  })

  it('kills an agent that does not go when asked', async () => {
    const run = await runAgent('ignores-sigterm', aWorkFolder(), { timeLimitMs: 1000, graceMs: 500 })
    expect(run).toMatchObject({ timedOut: true, exit: null, signal: 'SIGKILL' })
    expect(run.outputTail).toContain('asked to end')
    const [pid = 0] = pidsIn(run.outputTail)
    expect(await eventually(() => !isRunning(pid))).toBe(true)
  })

  it('ends what an agent leaves behind, and counts it', async () => {
    const run = await runAgent('forks-a-child', aWorkFolder())
    expect(run).toMatchObject({ exit: 0, timedOut: false, leftBehind: 1 })
    expect(pidsIn(run.outputTail).filter(isRunning)).toEqual([])
  })

  it('stops when the work is cancelled', async () => {
    const cancel = new AbortController()
    const folder = aWorkFolder()
    const run = runAgent('never-ends', folder, { signal: cancel.signal })
    const log = join(folder, '..', 'never-ends.log')
    await eventually(() => existsSync(log) && readFileSync(log, 'utf8').includes('pid'))
    cancel.abort()

    expect(await run).toMatchObject({ cancelled: true, timedOut: false, signal: 'SIGTERM' })
  })

  it('keeps the beginning and the end of what an agent says, within bounds', async () => {
    const folder = aWorkFolder()
    const run = await runAgent('floods-output', folder, { logLimitBytes: 10_000 })
    expect(run).toMatchObject({ exit: 0 })
    expect(run.outputTail.endsWith('last words\n')).toBe(true)
    expect(statSync(run.logFile).size).toBeLessThan(100_000)
    expect(readFileSync(run.logFile, 'utf8')).toMatch(/\n\[\d+ bytes left out here\]\n/)
  })

  it('says when the command does not exist', async () => {
    await expect(runAgent('does-nothing', aWorkFolder(), { argv: ['no-such-agent-anywhere'] })).rejects.toMatchObject({
      code: 'agent_failed',
      details: { code: 'ENOENT' },
    })
  })

  it.runIf(process.platform === 'linux')('says when the command is longer than the system takes', async () => {
    const argv = [process.execPath, 'x'.repeat(200_000)]
    await expect(runAgent('does-nothing', aWorkFolder(), { argv })).rejects.toMatchObject({
      code: 'agent_failed',
      details: { code: 'E2BIG' },
    })
  })

  describe('reads the result', () => {
    it.each([
      ['does-nothing', 'result_missing'],
      ['prints-prose', 'result_not_json'],
      ['writes-half-json', 'result_not_json'],
    ])('of %s as %s', async (name, resultProblem) => {
      expect(await runAgent(name, aWorkFolder())).toMatchObject({ result: null, resultProblem })
    })

    it('never from an earlier try', async () => {
      const folder = aWorkFolder()
      await runAgent('claims-without-commit', folder)
      const resultFile = join(folder, '..', 'claims-without-commit.json')
      expect(await runAgent('does-nothing', folder, { resultFile })).toMatchObject({ resultProblem: 'result_missing' })
    })

    it.each([
      ['a link', (file: string) => symlinkSync('/etc/hostname', file), 'result_not_a_file'],
      ['a folder', (file: string) => mkdirSync(file), 'result_not_a_file'],
      ['too much', (file: string) => writeFileSync(file, `"${'x'.repeat(300_000)}"`), 'result_too_large'],
    ])('not from %s', async (_, make, resultProblem) => {
      const folder = aWorkFolder()
      const resultFile = join(folder, 'result.json')
      const run = runAgent('does-nothing', folder, { resultFile, onStarted: () => make(resultFile) })
      expect(await run).toMatchObject({ result: null, resultProblem })
    })
  })
})

describe('an agent whose runner is killed', () => {
  const leaders: number[] = []

  // Only when a test failed is there anything left to end.
  afterEach(() => {
    for (const leader of leaders.splice(0)) signalGroup(leader, 'SIGKILL')
  })

  async function aRunner(
    agent: string,
    graceMs: number,
  ): Promise<{ runner: ChildProcess; identity: ProcessIdentity; pid: number }> {
    const folder = aWorkFolder()
    const fixture = fileURLToPath(new URL('../fixtures/agents/runner.ts', import.meta.url))
    const args = ['--import', import.meta.resolve('tsx'), fixture, anAgent(agent), folder, String(graceMs)]
    const runner = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    const [printed] = await once(runner.stdout ?? runner, 'data')
    const log = join(folder, 'agent.log')
    await eventually(() => pidsIn(readFileSync(log, 'utf8')).length > 0)
    const [pid = 0] = pidsIn(readFileSync(log, 'utf8'))
    const identity: ProcessIdentity = JSON.parse(String(printed))
    leaders.push(identity.pid)
    return { runner, identity, pid }
  }

  it.each(['never-ends', 'ignores-sigterm'])('ends by itself (%s)', async (agent) => {
    const { runner, identity, pid } = await aRunner(agent, 300)
    expect(isRunning(pid)).toBe(true)

    runner.kill('SIGKILL')

    expect(await eventually(() => listGroup(identity.pid).length === 0)).toBe(true)
    expect(isRunning(pid)).toBe(false)
  })

  it('can be ended by whoever recovers, and only while it is the same process', async () => {
    const { runner, identity, pid } = await aRunner('ignores-sigterm', 60_000)
    runner.kill('SIGKILL')

    expect(await endProcessGroup({ ...identity, startTime: '1' })).toBe('already_gone')
    expect(await endProcessGroup({ ...identity, bootId: 'another boot' })).toBe('already_gone')
    expect(isRunning(pid)).toBe(true)

    expect(await endProcessGroup(identity, 300)).toBe('killed')
    expect(await eventually(() => !isRunning(pid))).toBe(true)
    expect(await endProcessGroup(identity)).toBe('already_gone')
  })

  it('is ended when its supervisor is killed instead', async () => {
    const { runner, identity, pid } = await aRunner('never-ends', 300)
    process.kill(identity.pid, 'SIGKILL')
    expect(await eventually(() => !isRunning(pid))).toBe(true)
    runner.kill('SIGKILL')
  })
})
