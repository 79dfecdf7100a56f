/**
 * The help of one command, written from its definition; it fits a screen and its example pastes.
 */
import type { ExitCode } from '../codes.ts'
import { type Command, flagName } from './define.ts'
import { describeDefault, type Option } from './options.ts'

const EXIT_MEANING: Readonly<Record<ExitCode, string>> = {
  0: 'done, or yes',
  1: 'a bug of ours',
  2: 'usage or configuration wrong',
  3: 'refused',
  4: 'nothing to do yet',
  5: 'the outside failed',
  10: 'a person is needed',
  11: 'cancelled or asked to stop',
}

const WIDTH = 100

export function formatHelp(command: Command): string {
  const { definition } = command
  const rows = [...optionRows(definition), ...GLOBAL_ROWS]
  const column = Math.min(30, Math.max(...rows.map(([left]) => left.length)) + 2)
  const lines = [
    ...wrap(definition.details ? `${definition.summary} ${definition.details}` : definition.summary, 0),
    `Writes: ${definition.writes}.`,
    ...labelled(
      'Kept for',
      definition.aliasOf ? `callers of a predecessor; today: ${definition.aliasOf.join(', ')}` : '',
    ),
    '',
    `Usage  ${usageLine(command)}`,
    ...rows.flatMap(([left, right]) => columns(`  ${left}`, right, column + 2)),
    ...(definition.rules ?? []).map((rule) => `  ${rule.description}`),
    ...labelled('Answers', definition.answers.join(', ')),
    ...labelled('Prints', Object.keys(definition.output).join(', ')),
    ...labelled('Exits', definition.exits.map((code) => `${code} ${EXIT_MEANING[code]}`).join('; ')),
    ...definition.examples.map((example, index) => `${index === 0 ? 'Example' : '       '}    ${example}`),
  ]
  return `${lines.join('\n')}\n`
}

/** `dev-loops ownership claim [--repo <owner/name>] …` */
function usageLine(command: Command): string {
  const { options, firstWord } = command.definition
  const words = Object.entries(options).map(([key, { spec }]) => {
    const word = nameAndValue(key, spec, firstWord)
    return spec.required ? word : `[${word}]`
  })
  return wrap(['dev-loops', command.definition.name, ...words].join(' '), 9)
    .join('\n')
    .trimStart()
}

const GLOBAL_ROWS: readonly (readonly [string, string])[] = [
  ['--json', 'Print one JSON object (the default when stdout is not a terminal)'],
  ['--help', 'Print this and do nothing'],
]

function optionRows({ options, firstWord }: Command['definition']): readonly (readonly [string, string])[] {
  return Object.entries(options).map(([key, option]) => optionRow(nameAndValue(key, option.spec, firstWord), option))
}

/** The first word stands for itself: it has no flag. */
function nameAndValue(key: string, { placeholder }: Option<unknown, unknown>['spec'], firstWord?: string): string {
  if (key === firstWord) return placeholder ?? key
  return placeholder === null ? flagName(key) : `${flagName(key)} ${placeholder}`
}

function optionRow(left: string, { spec }: Option<unknown, unknown>): readonly [string, string] {
  const fallback = describeDefault(spec)
  const sources = spec.env.map((name) => `$${name}`)
  const notes = [...sources, ...(fallback === null ? [] : [fallback])]
  const suffix = spec.required ? ' (required)' : notes.length > 0 ? ` (default: ${notes.join(', ')})` : ''
  return [left, `${spec.description}${suffix}`]
}

function labelled(label: string, text: string): string[] {
  return text === '' ? [] : columns(label, text, 11)
}

function columns(left: string, right: string, column: number): string[] {
  const wrapped = wrap(right, column)
  const [first = '', ...rest] = wrapped
  const head = left.length >= column ? `${left}\n${first}` : `${left.padEnd(column)}${first.trimStart()}`
  return [head, ...rest]
}

function wrap(text: string, indent: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line].map((each) => ' '.repeat(indent) + each)
}
