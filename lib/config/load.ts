/**
 * Loads the configuration that holds in a folder.
 *
 * The usual case reads one JSON file: neither the schema library nor the YAML parser is loaded when
 * nothing was configured, or when nothing changed since the last command. Do not import schema.ts,
 * document.ts or anything that imports them statically from here; types are free.
 */
import { ConfigError } from '../errors.ts'
import { isCacheable, readCache, readCachedPlace, writeCache } from './cache.ts'
import { DEFAULT_POLICY, DEFAULT_PREFERENCE } from './defaults.generated.ts'
import { type Inputs, isBare, type LoadRequest, readInputs } from './inputs.ts'
import { formatProblem } from './problem.ts'
import type { Inspected } from './resolve.ts'
import type { LoadedConfig, PlaceOfRecords, Resolved } from './resolved.ts'
import type { Preference } from './schema.ts'

const DEFAULTS: Resolved = { config: DEFAULT_PREFERENCE, localPolicy: DEFAULT_POLICY, origins: {}, problems: [] }

/**
 * Never throws for what a file says: see `problems`. A key with a problem keeps the value of the layer
 * below, so a command that only reads can go on; one that changes anything calls `requireValid` first.
 */
export async function loadConfig(request: LoadRequest, { now = Date.now } = {}): Promise<LoadedConfig> {
  const inputs = readInputs(request)
  const resolved = isBare(inputs) ? DEFAULTS : (readCache(inputs) ?? (await resolveAndCache(inputs, request, now)))
  return { ...resolved, ...whereFrom(inputs) }
}

/** The same with every key in view, defaults included, for whoever wants to see where values come from. */
export async function inspectConfig(request: LoadRequest): Promise<Inspected & LoadedConfig> {
  const { inspect } = await import('./resolve.ts')
  const inputs = readInputs(request)
  return { ...inspect(inputs), ...whereFrom(inputs) }
}

/** @throws ConfigError `config_invalid` with every problem, when there is one */
export function requireValid(loaded: LoadedConfig): LoadedConfig {
  const [first, ...others] = loaded.problems
  if (!first) return loaded

  const more = others.length === 0 ? '' : ` (and ${others.length} more: dev-loops config check)`
  throw new ConfigError('config_invalid', `${formatProblem(first)}${more}; nothing was changed, repair this first`, {
    problems: loaded.problems,
  })
}

/** Keys without which nobody knows where the records are; `null` is a file that cannot be read at all. */
const PLACE_OF_RECORDS: ReadonlySet<string | null> = new Set([null, 'store', 'stateDir'])

/**
 * For whoever opens records, also only to read: to go on with the default would be to look, or to claim,
 * where nobody else does. Other problems of the configuration are passed over.
 *
 * @throws ConfigError `config_invalid`
 */
export async function loadPlaceOfRecords(request: LoadRequest): Promise<PlaceOfRecords> {
  const inputs = readInputs(request)
  const cached = isBare(inputs) ? DEFAULT_PREFERENCE : readCachedPlace(inputs)
  const { store, stateDir } = cached ?? (await resolvePlace(inputs, request))
  return { store, stateDir, checkout: inputs.checkout }
}

async function resolvePlace(inputs: Inputs, request: LoadRequest): Promise<Preference> {
  const resolved = await resolveAndCache(inputs, request, Date.now)
  const problems = resolved.problems.filter(({ key }) => PLACE_OF_RECORDS.has(key))
  return requireValid({ ...resolved, ...whereFrom(inputs), problems }).config
}

function whereFrom({ checkout, userFiles, repositoryFiles }: Inputs): Pick<LoadedConfig, 'checkout' | 'files'> {
  return { checkout, files: [...userFiles, ...repositoryFiles].map(({ path }) => path) }
}

async function resolveAndCache(inputs: Inputs, request: LoadRequest, now: () => number): Promise<Resolved> {
  const { resolve } = await import('./resolve.ts')
  const resolved = resolve(inputs)

  const cacheable = resolved.problems.length === 0 && isCacheable(inputs, readInputs(request), now())
  if (cacheable) writeCache(inputs, resolved)
  return resolved
}
