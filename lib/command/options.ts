/**
 * One option of a command: its name on the line, how its text is read, what help says of it.
 *
 * Builders return new values, so an option can be described once and spread into many commands.
 * Parsing an option is light by design: the fastest commands load no schema library.
 */
import { formatDuration, parseDuration } from '../duration.ts'
import { UsageError } from '../errors.ts'
import { parseBranch, parseLeaseName, parseNumber, parseRunId, parseSha, parseSlug } from '../target.ts'

export interface OptionSpec<Value> {
  /** What stands for the value in help, such as `<owner/name>`; `null` for a flag, which takes none. */
  readonly placeholder: string | null
  readonly description: string
  readonly required: boolean
  readonly repeatable: boolean
  /** Variables read, in order, when the option is not on the line. */
  readonly env: readonly string[]
  /** As a user would type it; `undefined` when there is no default. */
  readonly defaultText: string | undefined
  readonly choices: readonly string[] | null
  readonly parse: (text: string) => Value
}

/**
 * @typeParam Value what `run` receives for the option
 * @typeParam Given the same, with `undefined` when it may be left out
 */
export class Option<Value, Given = Value | undefined> {
  /** Only a type: lets `Parsed` name what a command receives. */
  declare readonly given: Given

  constructor(readonly spec: OptionSpec<Value>) {}

  describe(description: string): Option<Value, Given> {
    return new Option(changed(this.spec, { description }))
  }

  required(): Option<Value, Value> {
    return new Option(changed(this.spec, { required: true }))
  }

  default(text: string): Option<Value, Value> {
    return new Option(changed(this.spec, { defaultText: text }))
  }

  env(...names: string[]): Option<Value, Given> {
    return new Option(changed(this.spec, { env: names }))
  }

  repeatable(): Option<Value, readonly Value[]> {
    return new Option(changed(this.spec, { repeatable: true }))
  }
}

export type Options = Readonly<Record<string, Option<unknown, unknown>>>
export type Parsed<O extends Options> = { readonly [Key in keyof O]: O[Key]['given'] }

/** Not by a spread, which takes twice as long in code that runs once, and a fast command makes forty of these. */
function changed<Value>(spec: OptionSpec<Value>, change: Partial<OptionSpec<Value>>): OptionSpec<Value> {
  return Object.assign({}, spec, change)
}

function option<Value>(placeholder: string | null, parse: (text: string) => Value): Option<Value> {
  return new Option({
    placeholder,
    description: '',
    required: false,
    repeatable: false,
    env: [],
    defaultText: undefined,
    choices: null,
    parse,
  })
}

export function slug(): Option<string> {
  return option('<owner/name>', parseSlug)
}

export function number(): Option<number> {
  return option('<number>', parseNumber)
}

export function runIdentifier(): Option<string> {
  return option('<id>', parseRunId)
}

export function sha(): Option<string> {
  return option('<sha>', parseSha)
}

export function branch(): Option<string> {
  return option('<branch>', parseBranch)
}

export function leaseName(): Option<string> {
  return option('<name>', parseLeaseName)
}

/** Milliseconds, written with a unit: `90s`, `15m`. */
export function duration(): Option<number> {
  return option('<duration>', parseDuration)
}

export function count(): Option<number> {
  return option('<count>', parseCount)
}

/** Any text; it stays data and never becomes a path, a flag or a shell word. */
export function text(placeholder = '<text>'): Option<string> {
  return option(placeholder, (value) => value)
}

export function path(placeholder = '<path>'): Option<string> {
  return option(placeholder, parsePath)
}

export function choice<const Name extends string>(names: readonly Name[]): Option<Name> {
  const built = option(names.join('|'), (value) => parseChoice(value, names))
  return new Option(changed(built.spec, { choices: names }))
}

/** An option without a value: present or not. */
export function flag(): Option<boolean, boolean> {
  return new Option(changed(option(null, (value) => value !== 'false').spec, { defaultText: 'false' }))
}

export function describeDefault(spec: OptionSpec<unknown>): string | null {
  if (spec.placeholder === null || spec.defaultText === undefined) return null
  return spec.placeholder === '<duration>' ? formatDuration(parseDuration(spec.defaultText)) : spec.defaultText
}

/** No file system that we run on takes longer ones. */
const MOST_PATH_CHARACTERS = 4_096

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw invalid(text, 'a whole number, such as 5')
  return Number(text)
}

function parsePath(text: string): string {
  if (text.includes('\0')) throw invalid(text, 'a path without NUL')
  if (text.length > MOST_PATH_CHARACTERS) throw invalid(text, `a path of at most ${MOST_PATH_CHARACTERS} characters`)
  return text
}

function parseChoice<Name extends string>(text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text)
  if (found === undefined) throw invalid(text, `one of ${names.join(', ')}`)
  return found
}

function invalid(text: string, expected: string): UsageError {
  return new UsageError('invalid_value', `${JSON.stringify(text.slice(0, 60))} will not do; give ${expected}`, {
    value: text.slice(0, 60),
  })
}
