import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const lib = join(root, 'lib/')

/** What a newcomer sees first. Each file more makes the others harder to find. */
const TOP_LEVEL = [
  ...['.ci', '.gitignore', '.npmrc', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'agents', 'biome.json'],
  ...['build', 'cli', 'defaults.yaml', 'demo', 'docs', 'lib', 'package-lock.json', 'package.json', 'scripts'],
  ...['skills', 'test', 'tsconfig.build.json', 'tsconfig.json', 'vitest.config.ts'],
]

/** A room imports only from itself and from rooms that stand before it. */
const ROOMS = [
  'facts',
  'config',
  'git',
  'store',
  'ownership',
  'testing',
  'gates',
  'handoff',
  'sessions',
  'loop',
  'github',
  'dispatch',
  'queue',
  'forge',
  'command',
]

/** Rooms and folders that only decide. */
const PURE = ['facts', 'gates', 'loop', 'ownership/rules', 'ownership/stale/rules', 'dispatch/workers/rules']

const EFFECTFUL = /^(node:(fs|child_process|net|http|https|os|timers|process|worker_threads)|execa|@octokit)/
const IMPURE_WORDS = /\b(Date\.now|new Date\(\)|process\.|Math\.random|performance\.now|setTimeout|fetch\()/

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  const found = text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm)
  return [...found].map(([, typeOnly, named, dynamic]) => ({
    from: file,
    to: named ?? dynamic ?? '',
    typeOnly: typeOnly !== undefined,
  }))
}

function roomOf(path: string): string | null {
  const [first = '', ...rest] = relative(lib, path).split('/')
  return rest.length === 0 ? null : first
}

const everyImport = files(lib).flatMap(importsOf)

describe('rooms of lib', () => {
  it('reads some imports at all', () => {
    expect(everyImport.length).toBeGreaterThan(100)
  })

  it('are all known', () => {
    const found = new Set(
      files(lib)
        .map(roomOf)
        .filter((room) => room !== null),
    )
    expect([...found].filter((room) => !ROOMS.includes(room))).toEqual([])
  })

  it('import only from rooms before them', () => {
    const wrong = everyImport.filter(({ from, to }) => {
      const room = roomOf(from)
      const other = to.startsWith('.') ? roomOf(resolve(dirname(from), to)) : null
      if (other === null) return false
      // The package root may name anything; files beside the rooms may name no room.
      if (room === null) return relative(lib, from) !== 'index.ts'
      return ROOMS.indexOf(other) > ROOMS.indexOf(room)
    })
    expect(wrong.map(({ from, to }) => `${relative(lib, from)} -> ${to}`)).toEqual([])
  })

  it('that only decide import nothing that reaches outside, directly or through others', () => {
    const wrong = files(lib)
      .filter((file) => PURE.some((folder) => relative(lib, file).startsWith(`${folder}/`)))
      .flatMap((file) => reach(file).map((effect) => `${relative(lib, file)} -> ${effect}`))
    expect(wrong).toEqual([])
  })

  it('that only decide read no clock, environment or randomness', () => {
    const wrong = files(lib)
      .filter((file) => PURE.some((folder) => relative(lib, file).startsWith(`${folder}/`)))
      .filter((file) => IMPURE_WORDS.test(withoutComments(readFileSync(file, 'utf8'))))
    expect(wrong.map((file) => relative(lib, file))).toEqual([])
  })
})

function reach(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return []
  seen.add(file)
  return importsOf(file)
    .filter(({ typeOnly }) => !typeOnly)
    .flatMap(({ to }) => {
      if (EFFECTFUL.test(to)) return [`${relative(lib, file)}:${to}`]
      return to.startsWith('.') ? reach(resolve(dirname(file), to), seen) : []
    })
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

describe('the top level', () => {
  it.skipIf(!existsSync(join(root, '.git')))('holds nothing that strayed there', () => {
    const kept = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)
    expect([...new Set(kept.map((file) => file.split('/')[0]))].sort()).toEqual([...TOP_LEVEL].sort())
  })
})
