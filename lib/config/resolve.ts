/**
 * Reads every layer, checks it, and lays them on top of each other. The slow way; load.ts has the fast.
 */
import { basename, dirname, resolve as resolvePath } from 'node:path'
import { DEFAULTS_TEXT } from './defaults-text.generated.ts'
import { readDocument } from './document.ts'
import { checkEnvironment, checkFlags } from './environment.ts'
import { readFileText } from './file-text.ts'
import type { FileSeen, Inputs } from './inputs.ts'
import { findKey } from './keys.ts'
import { type CheckedLayer, checkLayer, type Setting, type Settings } from './layer.ts'
import { mergeLayers } from './merge.ts'
import type { Layer } from './problem.ts'
import type { Origin, Resolved } from './resolved.ts'

export interface Inspected extends Resolved {
  /** Every key with its value and place, those with their default too. */
  readonly settings: Settings
}

export function resolve(inputs: Inputs): Resolved {
  const { config, localPolicy, origins, problems } = inspect(inputs)
  return { config, localPolicy, origins, problems }
}

/** The same with every key in view, for `config show`. */
export function inspect(inputs: Inputs): Inspected {
  const layers = readLayers(inputs)
  const { file, settings, problems } = mergeLayers(layers.map((layer) => layer.settings))
  const { version, gates, review, autonomy, trust, protect, budgets, checks, merge, ...config } = file

  return {
    config,
    localPolicy: { gates, review, autonomy, trust, protect, budgets, checks, merge },
    origins: originsOf(settings),
    problems: [...layers.flatMap((layer) => layer.problems), ...problems],
    settings,
  }
}

/** The shipped defaults as a layer like any other; a problem in them is a bug of ours. */
export function defaultsLayer(): CheckedLayer {
  defaults ??= readText(DEFAULTS_TEXT, 'defaults', 'defaults.yaml')
  return defaults
}

/** The text is compiled in, so one reading is enough for a run that looks at its policy forty times. */
let defaults: CheckedLayer | null = null

/** One file's text as a layer. Never throws: what is wrong is in `problems`. */
export function readText(text: string, layer: Layer, source: string): CheckedLayer {
  const document = readDocument(text, layer, source)
  if (document.problems.length > 0) return { settings: new Map(), problems: document.problems }
  return checkLayer(document.value, { layer, source, ...document })
}

function readLayers(inputs: Inputs): CheckedLayer[] {
  const { userFiles, repositoryFiles, variables, flags, cwd, home } = inputs
  return [
    defaultsLayer(),
    readFiles(userFiles, 'user', home),
    readFiles(repositoryFiles, 'repository', home),
    withFolders(checkEnvironment(variables), cwd, home),
    withFolders(checkFlags(flags), cwd, home),
  ]
}

function readFiles(files: readonly FileSeen[], layer: Layer, home: string): CheckedLayer {
  const [file, ...others] = files
  if (!file) return { settings: new Map(), problems: [] }
  if (others.length > 0 && files.every(({ stamp }) => stamp === null)) {
    return wholeFile(dirname(file.path), layer, 'may not be looked into; check the folder and its permissions')
  }
  if (others.length > 0) {
    const names = files.map(({ path }) => basename(path)).join(' and ')
    return wholeFile(
      file.path,
      layer,
      `${names} stand beside each other; keep one, because none of them is read until then`,
    )
  }

  const read = readFileText(file.path)
  if (!read.ok) return wholeFile(file.path, layer, read.message)
  return withFolders(readText(read.text, layer, file.path), dirname(file.path), home)
}

function wholeFile(source: string, layer: Layer, message: string): CheckedLayer {
  const place = { layer, source, line: null, column: null }
  return { settings: new Map(), problems: [{ ...place, key: null, message, nearest: null }] }
}

/** Folders become absolute: a relative one starts where the layer that names it stands. */
function withFolders({ settings, problems }: CheckedLayer, base: string, home: string): CheckedLayer {
  const absolute = [...settings].map(([path, setting]): [string, Setting] => {
    const { value } = setting
    if (!findKey(path)?.folder || typeof value !== 'string') return [path, setting]
    return [path, { ...setting, value: resolvePath(base, value.replace(/^~(?=\/|$)/, home)) }]
  })
  return { settings: new Map(absolute), problems }
}

function originsOf(settings: Settings): Record<string, Origin> {
  const set = [...settings].filter(([path, { place }]) => place.layer !== 'defaults' && path !== 'version')
  return Object.fromEntries(set.map(([path, { value, place }]) => [path, { ...place, value }]))
}
