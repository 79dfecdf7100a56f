/**
 * What configuration is made of here and now: which files, which variables, which flags.
 *
 * This runs before every command, so it only looks at names and at what `stat` says. Reading and
 * checking are left to resolve.ts, which is loaded when no cached result fits.
 */
import { type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Checkout, findCheckout } from '../checkout.ts'
import { within } from '../within.ts'
import { ENVIRONMENT } from './defaults.generated.ts'

/** Spellings of the file at the top of a repository; exactly one of them may exist. */
export const REPOSITORY_FILES = ['.devloops', '.devloops.yaml', '.devloops.yml', '.devloops.json'] as const

export const STATE_DIR = 'DEV_LOOPS_STATE_DIR'

const USER_FILES = ['config.yaml', 'config.yml', 'config.json'] as const

export interface LoadRequest {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Text by the path of the key, such as `{ stateDir: 'records' }`; one that is `undefined` was not given. */
  readonly flags?: Readonly<Record<string, string | undefined>>
  /** A variable that sets no key. */
  readonly without?: string
}

export interface FileSeen {
  readonly path: string
  /** Changes whenever the file does; `null`: it is there, and `stat` was refused. */
  readonly stamp: string | null
  readonly changedMs: number
}

export interface Inputs {
  readonly cwd: string
  readonly home: string
  readonly checkout: Checkout | null
  readonly userFiles: readonly FileSeen[]
  readonly repositoryFiles: readonly FileSeen[]
  readonly variables: Readonly<Record<string, string>>
  readonly flags: Readonly<Record<string, string>>
  readonly cacheDir: string
}

export function readInputs(request: LoadRequest): Inputs {
  const { cwd, env, flags = {}, without } = request
  const home = env.HOME || process.getBuiltinModule('node:os').homedir()
  const checkout = findCheckout(cwd)

  return {
    cwd,
    home,
    checkout,
    userFiles: lookBelow(within(env.XDG_CONFIG_HOME || within(home, '.config'), 'dev-loops'), USER_FILES),
    repositoryFiles: checkout ? look(checkout.top, REPOSITORY_FILES) : [],
    variables: ourVariables(env, without),
    flags: given(Object.entries(flags)),
    cacheDir: within(stateFolder(request, home, checkout), 'cache'),
  }
}

/** The cache stays beside the records unless a file moves them: that file would have to be read first. */
function stateFolder({ cwd, env }: LoadRequest, home: string, checkout: Checkout | null): string {
  const given = env[STATE_DIR]
  if (given && !given.includes('://')) return resolve(cwd, given.replace(/^~(?=\/|$)/, home))
  if (checkout) return within(checkout.commonGitDir, 'dev-loops')
  return within(env.XDG_STATE_HOME || within(home, '.local/state'), 'dev-loops')
}

/** Nothing was said anywhere: the compiled defaults are the whole answer. */
export function isBare(inputs: Inputs): boolean {
  const { userFiles, repositoryFiles, variables, flags } = inputs
  return [userFiles, repositoryFiles, Object.keys(variables), Object.keys(flags)].every(({ length }) => length === 0)
}

/**
 * Variables that set a key, and those in a section of ours that set none because they are misspelt.
 * Others that begin with `DEV_LOOPS_` are read elsewhere (`DEV_LOOPS_RUN_ID`), and one is a secret.
 */
function ourVariables(env: LoadRequest['env'], without: string | undefined): Record<string, string> {
  const ours = Object.keys(env).filter((name) => name.startsWith('DEV_LOOPS_') && name !== without)
  const known = ours.filter((name) => Object.hasOwn(ENVIRONMENT, name) || inSection(name))
  return given(known.map((name) => [name, env[name]]))
}

function inSection(name: string): boolean {
  const rest = name.slice('DEV_LOOPS_'.length)
  const section = rest.slice(0, Math.max(0, rest.indexOf('_'))).toLowerCase()
  return section !== '' && Object.values(ENVIRONMENT).some((path) => path.toLowerCase().startsWith(`${section}.`))
}

/** An empty variable counts as unset, as everywhere else. */
function given(entries: readonly (readonly [string, string | undefined])[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, text] of entries) if (text) found[name] = text
  return found
}

/** @param folder most people have none for themselves, and one look is enough to see that */
function lookBelow(folder: string, names: readonly string[]): FileSeen[] {
  return isAbsent(folder) ? [] : look(folder, names)
}

/** What `stat` is refused for may be there. */
function isAbsent(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined
  } catch {
    return false
  }
}

function look(folder: string, names: readonly string[]): FileSeen[] {
  return names.map((name) => lookAt(within(folder, name))).filter((file) => file !== null)
}

function lookAt(path: string): FileSeen | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats ? { path, stamp: stampOf(stats), changedMs: Math.max(stats.mtimeMs, stats.ctimeMs) } : null
  } catch {
    return { path, stamp: null, changedMs: Number.POSITIVE_INFINITY }
  }
}

/** The times to a fraction of a microsecond; two changes that may count are further apart (see cache.ts). */
function stampOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(':')
}
