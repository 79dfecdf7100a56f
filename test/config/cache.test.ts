import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig, loadPlaceOfRecords } from '../../lib/config/load.ts'
import { canGiveUpPrivileges, libModule, runWithoutPrivileges } from '../support/without-privileges.ts'
import { aPlace, makeOld } from './folder.ts'

/** Long after every change that a test makes. */
const later = { now: () => Date.now() + 60_000 }

function cacheFolder(repository: string): string {
  return join(repository, '.git/dev-loops/cache')
}

function entries(repository: string): string[] {
  return existsSync(cacheFolder(repository)) ? readdirSync(cacheFolder(repository)) : []
}

const PLACE = 1
const WHOLE = 2

/** Changes what a line of each cached entry says, so that a result shows whether it came from the cache. */
function mark(repository: string, line: number, change: (said: string) => string): void {
  for (const name of entries(repository)) {
    const path = join(cacheFolder(repository), name)
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, lines.map((said, at) => (at === line ? change(said) : said)).join('\n'))
  }
}

function markPrefix(repository: string): void {
  mark(repository, WHOLE, (said) => said.replace(/"branch":\{[^}]*\}/, '"branch":{"prefix":"cached/"}'))
}

async function prefixOf(cwd: string, env: Record<string, string>): Promise<string> {
  return (await loadConfig({ cwd, env }, later)).config.branch.prefix
}

describe('the cache', () => {
  it('answers while nothing changed', async () => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\nbranch: {prefix: file/}\n')
    expect(await prefixOf(repository, env)).toBe('file/')
    markPrefix(repository)
    expect(await prefixOf(repository, env)).toBe('cached/')
  })

  it('does not answer after an edit of the same length, even when its time was set back', async () => {
    const { repository, env, write } = aPlace()
    const file = write('repository/.devloops', 'version: 1\nbranch: {prefix: one/}\n')
    makeOld(file)
    expect(await prefixOf(repository, env)).toBe('one/')

    writeFileSync(file, 'version: 1\nbranch: {prefix: two/}\n')
    makeOld(file)
    expect(await prefixOf(repository, env)).toBe('two/')
  })

  it('does not answer when another layer joins', async () => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\n')
    await prefixOf(repository, env)
    markPrefix(repository)
    write('.config/dev-loops/config.yaml', 'version: 1\nbranch: {prefix: user/}\n')
    expect(await prefixOf(repository, env)).toBe('user/')
  })

  it('does not answer for other variables', async () => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\n')
    await prefixOf(repository, env)
    markPrefix(repository)
    expect(await prefixOf(repository, { ...env, DEV_LOOPS_BRANCH_PREFIX: 'variable/' })).toBe('variable/')
  })

  it('holds nothing of a file that changed less than two seconds ago', async () => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\n')
    await loadConfig({ cwd: repository, env }, { now: () => Date.now() })
    expect(entries(repository)).toEqual([])
  })

  it('holds nothing of a file that changed while it was read', async () => {
    const { repository, env, write } = aPlace()
    const file = write('repository/.devloops', 'version: 1\nbranch: {prefix: one/}\n')
    const loading = loadConfig({ cwd: repository, env }, later)
    // The files were looked at; they are read once the heavy modules are loaded.
    writeFileSync(file, 'version: 1\nbranch: {prefix: second/}\n')
    expect((await loading).config.branch.prefix).toBe('second/')
    expect(entries(repository)).toEqual([])
  })

  it('holds nothing of a configuration with problems, and nothing when nothing is configured', async () => {
    const { repository, env, write } = aPlace()
    await prefixOf(repository, env)
    write('repository/.devloops', 'version: 1\nrveiew: {}\n')
    await prefixOf(repository, env)
    expect(entries(repository)).toEqual([])
  })

  it.each([
    ['cut short', (text: string) => text.slice(0, 100)],
    ['empty', () => ''],
    ['of another shape', (text: string) => text.replace('"pollIntervalMs"', '"pollInterval"')],
    ['of another kind of value', (text: string) => text.replace('"pollIntervalMs":5000', '"pollIntervalMs":"5s"')],
    ['no object', () => 'null'],
  ])('is ignored when it is %s', async (_, damage) => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\nwait: {pollInterval: 5s}\n')
    await prefixOf(repository, env)
    for (const name of entries(repository)) {
      const path = join(cacheFolder(repository), name)
      writeFileSync(path, damage(readFileSync(path, 'utf8')))
    }
    const { config } = await loadConfig({ cwd: repository, env }, later)
    expect(config.wait.pollIntervalMs).toBe(5_000)
  })

  it('answers where records are', async () => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\nbranch: {prefix: file/}\n')
    await prefixOf(repository, env)
    mark(repository, PLACE, () => '{"store":"git","stateDir":"/cached"}')
    expect(await loadPlaceOfRecords({ cwd: repository, env })).toMatchObject({ store: 'git', stateDir: '/cached' })
    write('repository/.devloops', 'version: 1\nstateDir: /from-the-file\n')
    expect(await loadPlaceOfRecords({ cwd: repository, env })).toMatchObject({ stateDir: '/from-the-file' })
  })

  it.each([
    '',
    'null',
    '{"store":"git"',
    '{"store":"git"}',
    '{"store":7,"stateDir":null}',
    '{"store":"git","stateDir":7}',
  ])('does not answer where records are when it says %j', async (said) => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\nbranch: {prefix: file/}\n')
    await prefixOf(repository, env)
    mark(repository, PLACE, () => said)
    expect(await loadPlaceOfRecords({ cwd: repository, env })).toMatchObject({ store: 'files', stateDir: null })
  })

  it.skipIf(!canGiveUpPrivileges)('that cannot be written changes nothing', async () => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\nbranch: {prefix: file/}\n')
    chmodSync(join(repository, '.git'), 0o500)
    const said = await runWithoutPrivileges(`
      import { loadConfig } from ${libModule('config/load.ts')}
      const { config, problems } = await loadConfig(${JSON.stringify({ cwd: repository, env })}, { now: () => Date.now() + 60_000 })
      console.log(JSON.stringify([config.branch.prefix, problems]))
    `)
    chmodSync(join(repository, '.git'), 0o700)
    expect(said).toEqual(['file/', []])
    expect(existsSync(cacheFolder(repository))).toBe(false)
  })

  it('keeps secrets out, and others from reading it', async () => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\n')
    await prefixOf(repository, { ...env, DEV_LOOPS_VERDICT_TOKEN: 'secret-1', GH_TOKEN: 'secret-2' })
    const [name = ''] = entries(repository)
    const path = join(cacheFolder(repository), name)
    expect(readFileSync(path, 'utf8')).not.toContain('secret')
    expect(statSync(path).mode & 0o077).toBe(0)
  })

  it('is bounded', async () => {
    const { repository, env, write } = aPlace()
    write('repository/.devloops', 'version: 1\n')
    mkdirSync(cacheFolder(repository), { recursive: true })
    for (let index = 0; index < 100; index++) {
      makeOld(write(`repository/.git/dev-loops/cache/config-${index}`, '{}'), 1_000_000_000 + index)
    }
    await prefixOf(repository, env)
    expect(entries(repository).length).toBeLessThanOrEqual(32)
    markPrefix(repository)
    expect(await prefixOf(repository, env)).toBe('cached/')
  })
})
