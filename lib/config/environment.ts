/**
 * Keys that are set by an environment variable or by a flag.
 *
 * Both are text. A key that holds text takes it as it stands; any other value is written as JSON:
 * `DEV_LOOPS_AGENTS_DEVELOPER_COMMAND='["claude","-p"]'`. Splitting at spaces or commas would be a guess.
 */
import { nearest } from '../nearest.ts'
import { ENVIRONMENT } from './defaults.generated.ts'
import { findKey, type Key } from './keys.ts'
import { type CheckedLayer, checkLayer, type Setting } from './layer.ts'
import type { Layer, Problem } from './problem.ts'

/** @param variables those that belong to us: see `ourVariables` in inputs.ts */
export function checkEnvironment(variables: Readonly<Record<string, string>>): CheckedLayer {
  return combine(
    Object.entries(variables).map(([name, text]) => checkText(ENVIRONMENT[name], text, 'environment', name)),
  )
}

/** @param flags text by the path of the key, as a flag such as `--state-dir` gave it */
export function checkFlags(flags: Readonly<Record<string, string>>): CheckedLayer {
  return combine(Object.entries(flags).map(([path, text]) => checkText(path, text, 'flag', path)))
}

function checkText(path: string | undefined, text: string, layer: Layer, source: string): CheckedLayer {
  const key = path === undefined ? undefined : findKey(path)
  if (!key) return { settings: new Map(), problems: [unknownName(layer, source)] }

  const value = readText(key, text)
  const nowhere = () => ({ line: null, column: null })
  const { settings, problems } = checkLayer(asFile(key, value), {
    layer,
    source,
    placeOfKey: nowhere,
    placeOfValue: nowhere,
  })
  return { settings: new Map([...settings].filter(([name]) => name !== 'version')), problems }
}

/** Text that is no JSON is kept as it is; the schema then says what was expected. */
function readText(key: Key, text: string): unknown {
  if (key.plainText) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function asFile({ path }: Key, value: unknown): unknown {
  const nested = path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
  return { version: 1, ...(typeof nested === 'object' ? nested : {}) }
}

function unknownName(layer: Layer, source: string): Problem {
  const near = nearest(source, Object.keys(ENVIRONMENT))
  const hint = near === null ? '; see `dev-loops config show`' : `; did you mean ${near}?`
  return { layer, source, line: null, column: null, key: null, message: `sets no key${hint}`, nearest: near }
}

function combine(layers: readonly CheckedLayer[]): CheckedLayer {
  return {
    settings: new Map(layers.flatMap(({ settings }): [string, Setting][] => [...settings])),
    problems: layers.flatMap(({ problems }) => problems),
  }
}
