/**
 * What `dev-loops` and `dev-loops commands` list: every command with its summary, read from the
 * definitions themselves. The build writes the same list to a file, so that help stays fast.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { ExitCode } from '../codes.ts'
import { type Command, flagName } from './define.ts'
import { describeDefault } from './options.ts'
import { commandNames, loadCommand } from './registry.ts'

interface OptionListing {
  /** `null`: its value is the first word of the command. */
  readonly flag: string | null
  readonly value: string | null
  readonly description: string
  readonly required: boolean
  readonly repeatable: boolean
  readonly default: string | null
  readonly env: readonly string[]
  readonly choices: readonly string[] | null
}

export interface CommandListing {
  readonly name: string
  readonly summary: string
  /** What does the same today; `null` for all but the commands that are kept for callers of a predecessor. */
  readonly aliasOf: readonly string[] | null
  readonly writes: string
  readonly options: readonly OptionListing[]
  readonly rules: readonly string[]
  readonly answers: readonly string[]
  readonly output: Readonly<Record<string, string>>
  readonly exits: readonly ExitCode[]
  readonly examples: readonly string[]
}

/** File beside the bundled scripts that holds the listing. */
const LISTING_FILE = '../commands.json'
/** And the little of it that help shows. */
const OVERVIEW_FILE = '../overview.json'

type Shown = Pick<CommandListing, 'name' | 'summary'>

/** @param asking the command that is running now: its module cannot be imported again before it has ended */
export async function listCommands(scripts: URL, asking?: Command): Promise<readonly CommandListing[]> {
  return compiled<CommandListing>(LISTING_FILE, scripts) ?? describeCommands(scripts, asking)
}

function compiled<Each>(file: string, scripts: URL): readonly Each[] | null {
  const place = new URL(file, scripts)
  return existsSync(place) ? JSON.parse(readFileSync(place, 'utf8')) : null
}

export function overviewOf(listing: readonly CommandListing[]): readonly Shown[] {
  return listing.map(({ name, summary }) => ({ name, summary }))
}

/** Reads every definition; slower than `listCommands`. */
export async function describeCommands(scripts: URL, asking?: Command): Promise<readonly CommandListing[]> {
  const names = commandNames(scripts)
  const isAsking = (name: string) => name === asking?.definition.name
  return Promise.all(
    names.map(async (name) => describe(asking && isAsking(name) ? asking : await loadCommand(scripts, name))),
  )
}

/** @param group first of two words, to list only its commands */
export async function formatOverview(scripts: URL, group?: string): Promise<string> {
  const all: readonly Shown[] = compiled<Shown>(OVERVIEW_FILE, scripts) ?? (await listCommands(scripts))
  const listing = group === undefined ? all : all.filter(({ name }) => name.startsWith(`${group} `))
  const width = Math.max(...listing.map(({ name }) => name.length)) + 2
  const rows = listing.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`)
  if (group !== undefined) {
    return [
      `Usage  dev-loops ${group} <command> [options]      dev-loops ${group} <command> --help`,
      '',
      ...rows,
      '',
    ].join('\n')
  }
  return [
    'dev-loops takes a GitHub issue to a merged pull request when the workers are AI agents.',
    '',
    'Usage  dev-loops <command> [options]      dev-loops <command> --help',
    '',
    ...rows,
    '',
    'Start with: dev-loops next --issue <number>',
    '',
  ].join('\n')
}

export function readVersion(scripts: URL): string {
  for (const place of ['../package.json', '../../package.json']) {
    const file = new URL(place, scripts)
    if (!existsSync(file)) continue
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version)
  }
  return 'unknown'
}

function describe({ definition }: Command): CommandListing {
  return {
    name: definition.name,
    summary: definition.summary,
    aliasOf: definition.aliasOf ?? null,
    writes: definition.writes,
    options: Object.entries(definition.options).map(([key, { spec }]) => ({
      flag: key === definition.firstWord ? null : flagName(key),
      value: spec.placeholder,
      description: spec.description,
      required: spec.required,
      repeatable: spec.repeatable,
      default: describeDefault(spec),
      env: spec.env,
      choices: spec.choices,
    })),
    rules: (definition.rules ?? []).map(({ description }) => description),
    answers: definition.answers,
    output: definition.output,
    exits: definition.exits,
    examples: definition.examples,
  }
}
