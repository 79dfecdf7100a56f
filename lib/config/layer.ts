/**
 * One layer is checked against the schema: which keys does it set, and what is wrong with it?
 *
 * A wrong key costs only itself. The other keys of the same file stand, so that a command which only
 * reads still does what the rest says, while one that changes something refuses over the problem.
 */
import type { z } from 'zod'
import { nearest } from '../nearest.ts'
import type { Path } from './document.ts'
import { findKey, KEYS, type Key, sectionOf } from './keys.ts'
import { LayerFile } from './partial.ts'
import type { Layer, Place, Problem } from './problem.ts'
import { ConfigFile } from './schema.ts'

export interface Setting {
  readonly value: unknown
  readonly place: Place
}

/** What a layer sets, by the path of the key. */
export type Settings = ReadonlyMap<string, Setting>

export interface CheckedLayer {
  readonly settings: Settings
  readonly problems: readonly Problem[]
}

export interface LayerSource {
  readonly layer: Layer
  readonly source: string
  placeOfKey(path: Path): Pick<Place, 'line' | 'column'>
  placeOfValue(path: Path): Pick<Place, 'line' | 'column'>
}

type Issue = z.core.$ZodIssue

export function checkLayer(value: unknown, source: LayerSource): CheckedLayer {
  const issues = LayerFile.safeParse(value).error?.issues ?? []
  const wrong = issues.map(({ path }) => path.join('.'))

  const found = KEYS.filter(({ path }) => valueAt(value, path) !== undefined)
  const misplaced = found.filter((key) => !mayStandIn(key, source.layer))
  const settings = found
    .filter((key) => !misplaced.includes(key))
    .filter(({ path }) => !wrong.some((at) => at === path || at.startsWith(`${path}.`)))
    .map(({ path }): [string, Setting] => [
      path,
      { value: valueAt(value, path), place: placeOf(path.split('.'), source) },
    ])

  return {
    settings: new Map(settings),
    problems: [
      ...issues.flatMap((issue) => describeIssue(issue, value, source)),
      ...misplaced.map(({ path }) => misplacedPolicy(path, source)),
    ].sort(asInFile),
  }
}

/** `{ lease: { runTtl: '90s' } }` from `lease.runTtl`, for all settings at once. */
export function nest(settings: Settings): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const [path, { value }] of settings) put(root, path.split('.'), value)
  return root
}

export function describeIssue(issue: Issue, value: unknown, source: LayerSource): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => unknownKey(issue.path.map(String), name, source))
  }
  return [wrongValue(issue, value, source)]
}

function asInFile(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}

function mayStandIn(key: Key, layer: Layer): boolean {
  return key.kind !== 'policy' || layer === 'defaults' || layer === 'repository' || layer === 'policy'
}

function misplacedPolicy(path: string, source: LayerSource): Problem {
  const { layer, source: name } = source
  return {
    layer,
    source: name,
    ...source.placeOfKey(path.split('.')),
    key: path,
    message: `${path} is policy and counts only in .devloops on the base branch; remove it here`,
    nearest: null,
  }
}

function unknownKey(section: readonly string[], name: string, source: LayerSource): Problem {
  const path = [...section, name]
  const near = nearestKey(section, name)
  const where = section.length > 0 ? ` in ${section.join('.')}` : ''
  const hint = near === null ? '' : `; did you mean ${JSON.stringify(near)}?`
  return {
    layer: source.layer,
    source: source.source,
    ...source.placeOfKey(path),
    key: path.join('.').slice(0, 200),
    message: `unknown key ${show(name)}${where}${hint}`,
    nearest: near,
  }
}

/** A sibling with a similar name; else the whole path of a key of this name in another section. */
function nearestKey(section: readonly string[], name: string): string | null {
  const elsewhere = KEYS.find(({ path }) => path === name || path.endsWith(`.${name}`))
  return nearest(name, siblingsOf(section)) ?? elsewhere?.path ?? null
}

function siblingsOf(section: readonly string[]): readonly string[] {
  let schema: z.core.$ZodType | undefined = ConfigFile
  for (const name of section) schema = schema && sectionOf(schema)?.shape[name]
  return schema ? Object.keys(sectionOf(schema)?.shape ?? {}) : []
}

function wrongValue(issue: Issue, root: unknown, source: LayerSource): Problem {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  const key = keyAbove(path)
  const given = followPath(root, path)
  const near = key && typeof given === 'string' ? nearest(given, key.names) : null
  const hint = near === null ? '' : `; did you mean ${JSON.stringify(near)}?`

  return {
    layer: source.layer,
    source: source.source,
    ...source.placeOfValue(path),
    key: key?.path ?? (path.join('.') || null),
    message: `${describeExpected(path, key, issue)}; it is ${show(given)}${hint}`,
    nearest: near,
  }
}

function describeExpected(path: Path, key: Key | undefined, issue: Issue): string {
  if (key && issue.code === 'custom' && issue.message.startsWith('must ')) return `${key.path} ${issue.message}`
  if (key) return `${key.path} must be ${key.form}`
  return path.length === 0
    ? 'a file must be a list of "key: value" lines'
    : `${path.join('.')} must be a section of keys`
}

/** The key that a place inside its value belongs to: entry 2 of `gates.draft.angles` is that of the list. */
function keyAbove(path: Path): Key | undefined {
  for (let length = path.length; length > 0; length--) {
    const key = findKey(path.slice(0, length).join('.'))
    if (key) return key
  }
  return undefined
}

function placeOf(path: Path, source: LayerSource): Place {
  return { layer: source.layer, source: source.source, ...source.placeOfKey(path) }
}

function valueAt(root: unknown, path: string): unknown {
  return followPath(root, path.split('.'))
}

function followPath(root: unknown, path: Path): unknown {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}

function put(root: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    root[name] = value
    return
  }
  const inner = root[name]
  const section = isRecord(inner) ? inner : {}
  root[name] = section
  put(section, rest, value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Text of others, shortened and without control characters, so that it cannot dress up a message. */
function show(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
