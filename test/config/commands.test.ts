import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Command, CommandContext } from '../../lib/command/define.ts'
import { runCommand } from '../../lib/command/run.ts'
import { command as check } from '../../scripts/config/check.ts'
import { command as init } from '../../scripts/config/init.ts'
import { command as show } from '../../scripts/config/show.ts'
import { aPlace, type Place } from './folder.ts'

function call(command: Command, words: readonly string[], { repository, env }: Pick<Place, 'repository' | 'env'>) {
  const context: CommandContext = {
    cwd: repository,
    env,
    signal: new AbortController().signal,
    progress: () => {},
    readStdin: async () => '',
    execute: () => Promise.reject(new Error('no command of configuration runs another')),
  }
  return runCommand(command, words, context)
}

describe('config show', () => {
  it('says of each key which file and line it came from', async () => {
    const place = aPlace()
    const file = place.write('repository/.devloops', 'version: 1\nwait:\n  pollInterval: 5s\n')
    const { answer, text } = await call(show, ['--origin'], place)
    expect(answer).toMatchObject({
      ok: true,
      settings: expect.arrayContaining([
        expect.objectContaining({
          key: 'wait.pollInterval',
          value: '5s',
          place: { layer: 'repository', source: file, line: 3, column: 3 },
        }),
        expect.objectContaining({
          key: 'merge.method',
          kind: 'policy',
          place: expect.objectContaining({ layer: 'defaults' }),
        }),
      ]),
    })
    expect(text).toContain(`wait.pollInterval: "5s"  # repository ${file}:3:3`)
  })

  it('lists only what was changed when asked to', async () => {
    const place = aPlace()
    place.write('repository/.devloops', 'version: 1\nmerge: {method: rebase}\n')
    const { answer } = await call(show, ['--changed'], place)
    expect(answer).toMatchObject({ settings: [{ key: 'merge.method', value: 'rebase' }] })
  })

  it('goes on with an invalid file, and shows what is wrong with it', async () => {
    const place = aPlace()
    place.write('repository/.devloops', 'version: 1\nmrege: {}\n')
    const { answer, text, exit } = await call(show, [], place)
    expect([exit, answer]).toMatchObject([0, { problems: [{ nearest: 'merge' }] }])
    expect(text).toContain('did you mean "merge"?')
  })
})

describe('config check', () => {
  it('ends in 0 and names the files when all is well', async () => {
    const place = aPlace()
    const file = place.write('repository/.devloops', 'version: 1\n')
    expect(await call(check, [], place)).toMatchObject({ exit: 0, answer: { ok: true, files: [file], problems: [] } })
  })

  it('ends in 2 and names every problem', async () => {
    const place = aPlace()
    const file = place.write('repository/.devloops', 'version: 1\nmrege: {}\nwait: {pollInterval: 5}\n')
    const { answer, text, exit } = await call(check, [], place)
    expect([exit, answer]).toMatchObject([
      2,
      { ok: false, error: 'config_invalid', problems: [{ line: 2 }, { line: 3 }] },
    ])
    expect(text.split('\n')).toEqual([expect.stringContaining(`${file}:2:1`), expect.stringContaining(`${file}:3:22`)])
  })
})

describe('config init', () => {
  it('writes nothing unless told to', async () => {
    const place = aPlace()
    const { answer } = await call(init, [], place)
    expect(answer).toMatchObject({ ok: true, status: 'proposed' })
    expect(existsSync(join(place.repository, '.devloops'))).toBe(false)
  })

  it('writes a file that config check accepts, with the schema for editors in its first line', async () => {
    const place = aPlace()
    expect(await call(init, ['--write'], place)).toMatchObject({ exit: 0, answer: { status: 'written' } })
    expect(readFileSync(join(place.repository, '.devloops'), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=node_modules\/dev-loops\/dist\/devloops\.schema\.json\n/,
    )
    expect(await call(check, [], place)).toMatchObject({ exit: 0 })
  })

  it('refuses to overwrite', async () => {
    const place = aPlace()
    const file = place.write('repository/.devloops', 'version: 1\n')
    expect(await call(init, ['--write'], place)).toMatchObject({ exit: 3, answer: { error: 'precondition_failed' } })
    expect(readFileSync(file, 'utf8')).toBe('version: 1\n')
  })

  it('writes nothing while the user file is invalid', async () => {
    const place = aPlace()
    place.write('.config/dev-loops/config.yaml', 'version: 2\n')
    expect(await call(init, ['--write'], place)).toMatchObject({ exit: 2, answer: { error: 'config_invalid' } })
    expect(existsSync(join(place.repository, '.devloops'))).toBe(false)
  })

  it('outside a checkout says where to run it', async () => {
    const place = aPlace()
    rmSync(join(place.repository, '.git'), { recursive: true })
    expect(await call(init, [], place)).toMatchObject({ exit: 2, answer: { error: 'not_a_checkout' } })
  })
})
