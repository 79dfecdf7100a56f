import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** What Linux keeps of a pipe that nobody reads. */
const PIPE_BYTES = 65_536
const CLI = fileURLToPath(new URL('../../dist/cli/dev-loops.mjs', import.meta.url))

function call(words: readonly string[], stdout: 'pipe' | number = 'pipe') {
  return spawnSync(process.execPath, [CLI, ...words], { stdio: ['ignore', stdout, 'pipe'], encoding: 'utf8' })
}

describe('dev-loops', () => {
  it.each([['--help'], ['-h']])('lists the commands of a group with %s, and no others', (flag) => {
    const { status, stdout } = call(['config', flag])
    const listed = [...stdout.matchAll(/^ {2}(\S+ ?\S*) {2,}/gm)].map(([, name]) => name?.trim())
    expect([status, listed]).toEqual([0, ['config check', 'config init', 'config show']])
  })

  it('names the commands of a group that was called without one, and of none that there is not', () => {
    expect(JSON.parse(call(['config']).stdout).message).toContain('config check, config init, config show')
    expect(JSON.parse(call(['confih', '--help']).stdout)).toMatchObject({ error: 'unknown_command' })
  })

  it
    .runIf(process.platform === 'linux')
    .each([[['--version']], [['config', '--help']], [['config', 'show', '--help']]])(
    'says that %j had nowhere to be written, and ends as a failure of the outside',
    (words) => {
      const full = openSync('/dev/full', 'w')
      const { status, stderr } = call(words, full)
      closeSync(full)
      expect([status, stderr]).toEqual([5, expect.stringMatching(/^the answer could not be written.*ENOSPC.*\n$/)])
    },
  )

  it.runIf(process.platform === 'linux')(
    'writes a long answer whole to a pipe that takes a part at a time',
    async () => {
      const whole = call(['commands', '--json']).stdout
      expect(whole.length, 'it fits into a pipe that nobody reads').toBeGreaterThan(PIPE_BYTES)
      expect(await callWithBusyReader(['commands', '--json'])).toEqual({ status: 0, stdout: whole })
    },
  )
})

/** Its stdout is a non-blocking pipe, read a few bytes at a time. */
async function callWithBusyReader(words: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'dev-loops-pipe-'))
  execFileSync('mkfifo', [join(folder, 'pipe')])
  // For reading and writing, so that opening it waits for nobody.
  const pipe = openSync(join(folder, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK)
  // Node makes a descriptor blocking when it hands it on as stdout; a shell does not.
  const argv = ['-c', 'exec "$0" "$@" >&3', process.execPath, CLI, ...words]
  const child = spawn('sh', argv, { stdio: ['ignore', 'ignore', 'inherit', pipe] })
  const parts: Buffer[] = []
  const readSome = () => {
    for (let part = readPart(pipe); part !== null; part = readPart(pipe)) parts.push(part)
  }
  const reads = setInterval(readSome, 20)
  const [status] = await once(child, 'exit')
  clearInterval(reads)
  readSome()
  closeSync(pipe)
  rmSync(folder, { recursive: true })
  return { status, stdout: Buffer.concat(parts).toString() }
}

/** @returns `null` when there is nothing yet */
function readPart(pipe: number): Buffer | null {
  const part = Buffer.alloc(5_000)
  try {
    return part.subarray(0, readSync(pipe, part))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    return null
  }
}
