/**
 * Words of the line to typed options, or a refusal that names the nearest thing we know.
 *
 * Nothing is guessed and nothing is dropped: an unknown flag, a stray word, a repeated single option
 * and a value that looks like a flag are each an error, and then nothing is run.
 */
import { UsageError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { type Command, flagName } from './define.ts'
import type { Option, Options } from './options.ts'

/** Options that every command has. */
export const GLOBAL_FLAGS = ['--json', '--help'] as const

export interface ParsedLine {
  readonly help: boolean
  readonly json: boolean
  readonly values: Readonly<Record<string, unknown>>
}

/**
 * @param env read for options that name variables; an empty variable counts as not set
 * @throws UsageError
 */
export function parseLine(
  command: Command,
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedLine {
  const { options, rules = [], firstWord } = command.definition
  const known = knownFlags(options)
  const texts = readWords(known, words, firstWord)
  const json = texts.has('--json')
  if (texts.has('--help')) return { help: true, json, values: {} }

  const given = new Set<string>()
  const values: Record<string, unknown> = {}
  for (const { flag, key, option } of known) {
    const texted = texts.get(flag) ?? fromEnvironment(option, env)
    if (texted.length > 0) given.add(key)
    values[key] = resolveValue(key === firstWord ? 'the first word' : flag, option, texted)
  }
  for (const rule of rules) {
    const problem = rule.check(given)
    if (problem !== null) throw new UsageError('usage', `${problem}; see --help`)
  }
  return { help: false, json, values }
}

interface KnownFlag {
  readonly flag: string
  readonly key: string
  readonly option: Option<unknown, unknown>
}

function knownFlags(options: Options): readonly KnownFlag[] {
  return Object.entries(options).map(([key, option]) => ({ flag: flagName(key), key, option }))
}

/** By hand: loading and running node:util's parser takes as long as everything else that happens here. */
function readWords(known: readonly KnownFlag[], words: readonly string[], firstWord?: string): Map<string, string[]> {
  const texts = new Map<string, string[]>()
  const [first] = words
  const takesFirst = firstWord !== undefined && first !== undefined && !first.startsWith('-')
  if (takesFirst) texts.set(flagName(firstWord), [first])
  for (let at = takesFirst ? 1 : 0; at < words.length; at += 1) {
    const { name, inline } = splitFlag(words[at] ?? '')
    const option = known.find(({ flag, key }) => flag === name && key !== firstWord)?.option
    if (option === undefined && name !== '--help' && name !== '--json') throw unknownFlag(name, known, firstWord)

    const takesValue = option !== undefined && option.spec.placeholder !== null
    if (!takesValue && inline !== null) throw new UsageError('usage', `${name} takes no value`)
    const value = takesValue ? requireValue(name, option, inline ?? words[++at], inline !== null) : 'true'
    texts.set(name, [...(texts.get(name) ?? []), value])
  }
  return texts
}

function splitFlag(word: string): { readonly name: string; readonly inline: string | null } {
  if (!word.startsWith('-') || word === '-' || word === '--') throw stray(word)
  const end = word.indexOf('=')
  const name = end < 0 ? word : word.slice(0, end)
  return { name: name === '-h' ? '--help' : name, inline: end < 0 ? null : word.slice(end + 1) }
}

function requireValue(
  name: string,
  { spec }: Option<unknown, unknown>,
  value: string | undefined,
  isInline: boolean,
): string {
  // A lone dash is no flag: it is how a file's place is taken by stdin.
  const looksLikeFlag = !isInline && value !== '-' && value?.startsWith('-')
  if (value !== undefined && value !== '' && !looksLikeFlag) return value
  throw new UsageError('usage', `${name} needs a value: ${name} ${spec.placeholder}`, { option: name })
}

function fromEnvironment(
  option: Option<unknown, unknown>,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  for (const name of option.spec.env) {
    const value = env[name]?.trim()
    if (value !== undefined && value !== '') return [value]
  }
  return []
}

/** @param name as it was written on the line */
function resolveValue(name: string, option: Option<unknown, unknown>, texts: readonly string[]): unknown {
  const { spec } = option
  if (spec.repeatable) return texts.map((text) => parseNamed(name, spec.parse, text))
  if (texts.length > 1 && spec.placeholder !== null) {
    throw new UsageError('usage', `${name} was given ${texts.length} times; give it once`)
  }
  const text = texts[0] ?? spec.defaultText
  if (text !== undefined) return parseNamed(name, spec.parse, text)
  if (spec.required) throw new UsageError('usage', `${name} ${spec.placeholder} is required; see --help`)
  return undefined
}

function parseNamed(name: string, parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(error.code, `${name}: ${error.message}`, { ...error.details, option: name })
  }
}

function unknownFlag(name: string, known: readonly KnownFlag[], firstWord?: string): UsageError {
  const flags = known.filter(({ key }) => key !== firstWord).map(({ flag }) => flag)
  const names = [...flags, ...GLOBAL_FLAGS]
  const near = nearest(name, names)
  const hint = near === null ? 'see --help' : `did you mean ${near}?`
  return new UsageError('unknown_option', `unknown option ${JSON.stringify(name.slice(0, 60))}; ${hint}`, {
    nearest: near,
  })
}

function stray(word: string): UsageError {
  return new UsageError('usage', `${JSON.stringify(word.slice(0, 60))} is not expected here; see --help`)
}
