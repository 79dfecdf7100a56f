import { execFile } from 'node:child_process'
import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const CLI = fileURLToPath(new URL('../../dist/cli/dev-loops.mjs', import.meta.url))
const run = promisify(execFile)

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function devLoops(words: readonly string[], cwd = tmpdir()): Promise<Ended> {
  const env = { ...process.env, GH_TOKEN: '' }
  return run(process.execPath, [CLI, ...words], { cwd, env })
    .then(({ stdout, stderr }) => ({ code: 0, stdout, stderr }))
    .catch(({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }))
}

describe('the dev-loops program', () => {
  it('answers one JSON object and nothing else on a pipe, also for a command that is not there', async () => {
    const { code, stdout, stderr } = await devLoops(['ownership', 'clame', '--pr', '1'])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: 'unknown_command', nearest: 'ownership claim' })
    expect(stderr).toBe('')
  })

  it('lists every command when it is called without words', async () => {
    const { code, stdout } = await devLoops([])
    expect(code).toBe(0)
    for (const name of ['next', 'run', 'ownership claim', 'gate run', 'forge start']) expect(stdout).toContain(name)
  })

  it('says so when its folder was removed, without a stack', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dev-loops-gone-'))
    const program = `process.chdir(${JSON.stringify(folder)}); require('node:fs').rmdirSync(${JSON.stringify(folder)});
      const {status, stdout, stderr} = require('node:child_process').spawnSync(process.execPath, process.argv.slice(1), {encoding: 'utf8'});
      console.log(JSON.stringify({code: status, stdout, stderr}))`
    const { stdout } = await run(process.execPath, ['-e', program, CLI, 'next', '--pr', '1'])
    const ended = JSON.parse(stdout)
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: false, error: 'not_a_checkout' })
    expect(ended).toMatchObject({ code: 2, stderr: '' })
    await rmdir(folder).catch(() => {})
  })
})
