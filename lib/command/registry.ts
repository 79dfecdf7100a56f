/**
 * Which commands there are: the files in the folder of scripts, nothing else.
 *
 * `scripts/ownership/claim` is `dev-loops ownership claim`, and `scripts/next` is `dev-loops next`. A
 * word from the line only ever selects among names read from that folder; it never becomes a path.
 */
import { readdirSync } from 'node:fs'
import { UsageError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { Executed } from '../outcome.ts'
import type { Command, CommandContext } from './define.ts'
import { failed, type Ran, runCommand } from './run.ts'

/** Bundled output runs bundled scripts, source runs source. */
function extension(): string {
  return import.meta.url.endsWith('.ts') ? '.ts' : '.mjs'
}

/** @returns names such as `next` and `ownership claim`, sorted */
export function commandNames(scripts: URL): readonly string[] {
  const names: string[] = []
  for (const entry of readdirSync(scripts, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      const group = new URL(`${entry.name}/`, scripts)
      for (const file of readdirSync(group)) if (isScript(file)) names.push(`${entry.name} ${bare(file)}`)
    } else if (isScript(entry.name)) names.push(bare(entry.name))
  }
  return names.sort()
}

/** @returns whether there are commands whose first of two words this is */
export function isGroup(scripts: URL, word: string): boolean {
  const names = commandNames(scripts)
  return !names.includes(word) && names.some((name) => name.startsWith(`${word} `))
}

/** @param name one of `commandNames` */
export async function loadCommand(scripts: URL, name: string): Promise<Command> {
  const module: unknown = await import(new URL(`${name.replace(' ', '/')}${extension()}`, scripts).href)
  return commandOf(module, name)
}

export interface Selected {
  readonly name: string
  readonly words: readonly string[]
}

/**
 * @param argv without the program itself
 * @throws UsageError `unknown_command`, with the nearest known one
 */
export function selectCommand(scripts: URL, argv: readonly string[]): Selected {
  const names = commandNames(scripts)
  const [first = '', second = ''] = argv
  const two = `${first} ${second}`
  if (names.includes(two)) return { name: two, words: argv.slice(2) }
  if (names.includes(first)) return { name: first, words: argv.slice(1) }
  throw unknownCommand(names, first, second)
}

/** Runs a command in this process. `argv` may begin with the program's own name. */
export async function executeWith(scripts: URL, argv: readonly string[], context: CommandContext): Promise<Executed> {
  return dispatch(scripts, argv[0] === 'dev-loops' ? argv.slice(1) : argv, context)
}

export async function dispatch(scripts: URL, argv: readonly string[], context: CommandContext): Promise<Ran> {
  try {
    const { name, words } = selectCommand(scripts, argv)
    return await runCommand(await loadCommand(scripts, name), words, context)
  } catch (error) {
    return failed(error, argv.includes('--json'), context)
  }
}

function unknownCommand(names: readonly string[], first: string, second: string): UsageError {
  const inGroup = names.filter((name) => name.startsWith(`${first} `))
  const wanted = second.startsWith('-') || second === '' ? first : `${first} ${second}`
  const near = nearest(wanted, inGroup.length > 0 ? inGroup : names)
  const listing = inGroup.length > 0 ? inGroup.join(', ') : 'dev-loops --help lists them'
  const hint = near === null ? listing : `did you mean ${near}? (${listing})`
  return new UsageError('unknown_command', `there is no command ${JSON.stringify(wanted.slice(0, 60))}; ${hint}`, {
    nearest: near,
  })
}

function isScript(file: string): boolean {
  return /^[a-z][a-z-]*\.[a-z]+$/.test(file) && file.endsWith(extension())
}

function bare(file: string): string {
  return file.slice(0, file.lastIndexOf('.'))
}

function commandOf(module: unknown, name: string): Command {
  const candidate = typeof module === 'object' && module !== null && 'command' in module ? module.command : null
  if (!isCommand(candidate)) throw new TypeError(`the script of ${name} exports no command`)
  return candidate
}

function isCommand(value: unknown): value is Command {
  return typeof value === 'object' && value !== null && 'definition' in value && 'invoke' in value
}
