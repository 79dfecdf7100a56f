import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

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
})
