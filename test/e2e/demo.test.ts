/** The demo is killed in the middle of its story: it started a forge, runs and agents, and none of them stays. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../forge/with-forge.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'demo-killed-')))
})
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))

it.skipIf(process.platform !== 'linux')('a demo that is killed leaves nothing running', async () => {
  const env = { ...process.env, TMPDIR: folder }
  const args = ['--import', 'tsx', 'demo/demo.ts', '--json', '--agent', JSON.stringify(NEVER_ENDS)]
  const demo = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(demo, 'exit')
  for await (const line of createInterface({ input: demo.stdout })) if (line.includes('"agent":"implement"')) break
  expect(processesIn(folder).length).toBeGreaterThan(2)

  demo.kill('SIGKILL')
  await exited

  await until('all of it has ended', async () => processesIn(folder).length === 0)
})

const NEVER_ENDS = [process.execPath, join(root, 'test/fixtures/agents/never-ends.mjs')]

/** Processes that were given this folder as their place for temporary files, or stand in it. */
function processesIn(place: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isIn(pid, place))
}

function isIn(pid: string, place: string): boolean {
  try {
    return ['cmdline', 'environ'].some((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(place))
  } catch {
    return false
  }
}
