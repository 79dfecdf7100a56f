/** What somebody gets who installs the package into an empty folder. */
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const compiler = join(root, 'node_modules/typescript/bin/tsc')

let folder: string
let installed: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-package-'))
  const npm = (...words: string[]) => execFileSync('npm', words, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
  npm('pack', '--ignore-scripts', '--pack-destination', folder)
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''

  // As npm would do it, without asking a registry for the dependencies: those are linked.
  installed = join(folder, 'node_modules/dev-loops')
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', installed, '--strip-components=1'])
  for (const name of [...Object.keys(manifest().dependencies), '@types/node']) link(name)
  writeFileSync(join(folder, 'package.json'), '{"name":"consumer","private":true,"type":"module"}')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function manifest(): { dependencies: Record<string, string>; bin: Record<string, string> } {
  return JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
}

function link(name: string): void {
  const place = join(folder, 'node_modules', name)
  mkdirSync(dirname(place), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), place)
}

function node(...words: string[]): string {
  return execFileSync(process.execPath, words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

describe('the package in an empty folder', () => {
  it('exports from its root what the source does', async () => {
    const source = Object.keys(await import('../../lib/index.ts')).sort()
    const printed = node('-e', "import('dev-loops').then((all) => console.log(Object.keys(all).sort().join()))")
    expect(printed.trim().split(',')).toEqual(source)
  })

  it('claims a target through the library', () => {
    const program = `
      import { claimRunnerOwnership } from 'dev-loops'
      const { ok, status } = await claimRunnerOwnership({ repo: 'acme/api', pr: 88, runId: 'a', cwd: process.cwd() })
      console.log(ok, status)`
    expect(node('--input-type=module', '-e', program)).toBe('true claimed_new\n')
    expect(existsSync(join(folder, '.dev-loops/records'))).toBe(true)
  })

  it('checks a store of its own, and finds out when it breaks its promises', () => {
    for (const [name, openStore] of Object.entries(STORES)) {
      writeFileSync(join(folder, `${name}.mjs`), `import { openFileStore } from 'dev-loops/testing'\n${openStore}`)
    }
    const program = `
      import { checkStore } from 'dev-loops/testing'
      const options = { options: './checked', seconds: 1, seats: [{}, {}, {}] }
      for (const module of ['./whole.mjs', './broken.mjs']) {
        const { ok, register } = await checkStore({ module, ...options })
        console.log(ok, register.linearizable, register.operations > 0)
      }`
    expect(node('--input-type=module', '-e', program)).toBe('true true true\nfalse false true\n')
  })

  it('starts a local forge, which needs GitHub’s schema', () => {
    const program = `
      import { startForge } from 'dev-loops'
      const forge = await startForge({ folder: './forge', seed: 'demo' })
      console.log(forge.repositories.join())
      await forge.stop()`
    expect(node('--input-type=module', '-e', program)).toBe('acme/parcel-price\n')
  })

  it('has the command, with every command in its help', () => {
    const cli = join(installed, manifest().bin['dev-loops'] ?? '')
    const { commands } = JSON.parse(node(cli, 'commands', '--json'))
    const help = node(cli, '--help')
    for (const { name } of commands) expect(help).toContain(`  ${name} `)
    expect(commands.length).toBeGreaterThan(20)
    expect(node(cli, '--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('lets its manifest be read', () => {
    expect(node('-p', "require('dev-loops/package.json').name")).toBe('dev-loops\n')
  })

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types that a strict compiler accepts whole, with module %s and resolution %s', (module, moduleResolution) => {
    writeFileSync(join(folder, 'consumer.ts'), CONSUMER)
    const options = { module, moduleResolution, target: 'es2023', strict: true, noEmit: true, skipLibCheck: false }
    const compilerOptions = { ...options, exactOptionalPropertyTypes: true, types: ['node'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
    expect(compile()).toBe('')
  })

  it('has types that say no', () => {
    writeFileSync(join(folder, 'consumer.ts'), `${CONSUMER}\nexport const wrong: number = formatTarget(target)\n`)
    expect(compile()).toContain('TS2322')
  })
})

const STORES = {
  whole: `export const openStore = (folder) => openFileStore(folder, { scope: 'machine' })`,
  // Says of every other change that it was made, and makes none: no race is needed to find that out.
  broken: `export function openStore(folder) {
    const store = openFileStore(folder + '.broken', { scope: 'machine' })
    let asked = 0
    const compareAndSwap = async (key, version, value, entry) => {
      asked += 1
      return asked % 2 === 0 ? { ok: true, version: 'none' } : store.compareAndSwap(key, version, value, entry)
    }
    return { ...store, compareAndSwap }
  }`,
}

const CONSUMER = `
import { checkLinearizable, checkStore, type OpenStore, registerModel, type StoreReport } from 'dev-loops/testing'
import { claimRunnerOwnership, decide, formatTarget, startForge, type Decision, type Forge, type Target } from 'dev-loops'

export const target: Target = { host: 'github.com', repo: 'acme/api', number: 88 }
export const shown: string = formatTarget(target)
export const decision = (input: Parameters<typeof decide>[0]): Decision => decide(input)
export const forge = (): Promise<Forge> => startForge({ folder: 'forge' })
export const claim = async (): Promise<string | null> => {
  const answer = await claimRunnerOwnership({ repo: 'acme/api', pr: 88, runId: 'a' })
  return answer.ok ? answer.status : answer.error
}
export const openStore: OpenStore = () => { throw new Error('none yet') }
export const report = (): Promise<StoreReport> => checkStore({ module: './store.mjs', disturb: ['kill'] })
export const judged: boolean | null = checkLinearizable([], registerModel([])).linearizable
`

function compile(): string {
  try {
    return node(compiler, '--project', 'tsconfig.json')
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout)
    throw error
  }
}
