/**
 * Every command's own options, with values that somebody or something might put there by mistake: the line is
 * understood or refused, and nothing third.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CODES } from '../../lib/codes.ts'
import { type Command, flagName } from '../../lib/command/define.ts'
import { GLOBAL_FLAGS, parseLine } from '../../lib/command/parse.ts'
import { commandNames, loadCommand, selectCommand } from '../../lib/command/registry.ts'
import { UsageError } from '../../lib/errors.ts'

const scripts = new URL('../../scripts/', import.meta.url)
const commands = await Promise.all(
  commandNames(scripts).map(async (name): Promise<[string, Command]> => [name, await loadCommand(scripts, name)]),
)

/** Right for one kind of option or another. */
const GOOD = ['88', 'acme/api', 'r-7f3a', '15m', '90s', 'a'.repeat(40), 'dev-loops/issue-1', 'main', 'demo', '/some/x']
const BAD = ['0', '-1', '88x', '1e3', '٨٨', '9'.repeat(40), '../x/y', 'a/b/c', '/', 'a\0b', ' ', '\n', '--', '-x', '=']
const ODD = ['__proto__', 'constructor', 'toString', 'null', 'true', '[]', '{}', '\ud800', '\u202e', '$(id)', '`id`']
const value = fc.oneof(
  fc.constantFrom(...GOOD, ...BAD, ...ODD),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constant('x'.repeat(100_000)),
)

function flagsOf({ definition }: Command): readonly string[] {
  return Object.keys(definition.options)
    .filter((key) => key !== definition.firstWord)
    .map(flagName)
}

/** Words that are mostly the command's own flags, each with a value in one of the two ways or with none. */
function linesFor(command: Command): fc.Arbitrary<string[]> {
  const flag = fc.constantFrom(...flagsOf(command), ...GLOBAL_FLAGS)
  const part = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(flag, value).map(([name, text]) => [name, text]) },
    { weight: 4, arbitrary: fc.tuple(flag, value).map(([name, text]) => [`${name}=${text}`]) },
    { weight: 2, arbitrary: flag.map((name) => [name]) },
    { weight: 1, arbitrary: value.map((text) => [text]) },
  )
  return fc.array(part, { maxLength: 6 }).map((parts) => parts.flat())
}

function environmentFor({ definition }: Command): fc.Arbitrary<Record<string, string>> {
  const names = Object.values(definition.options).flatMap(({ spec }) => spec.env)
  return names.length === 0 ? fc.constant({}) : fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 2 })
}

/** @returns what was refused; `null` when the line was understood */
function refusal(command: Command, words: readonly string[], env: Readonly<Record<string, string>>): UsageError | null {
  try {
    const { values, help } = parseLine(command, words, env)
    if (!help) expect(Object.keys(values)).toEqual(Object.keys(command.definition.options))
    return null
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
}

describe.each(commands)('%s', (_name, command) => {
  it('understands any words or refuses them with a code and a short reason', () => {
    fc.assert(
      fc.property(linesFor(command), environmentFor(command), (words, env) => {
        const refused = refusal(command, words, env)
        if (refused === null) return
        expect(CODES).toHaveProperty(refused.code)
        expect(refused.message.length).toBeLessThan(600)
        expect(refused.message).not.toMatch(/undefined|\[object|\n\s+at /)
        expect(JSON.stringify(refused.details).length).toBeLessThan(1_000)
      }),
      { numRuns: 150 },
    )
  })

  it('refuses every flag that is not its own, wherever it stands and whatever else is right', () => {
    const unknown = fc
      .oneof(
        fc.stringMatching(/^--[a-z][a-z-]{0,20}$/),
        fc.constantFrom(...flagsOf(command), ...GLOBAL_FLAGS).map((flag) => `${flag}s`),
        fc.constantFrom('-x', '--Json', '--JSON', '--__proto__', '--constructor', '---', '--no-json'),
      )
      .filter((flag) => ![...flagsOf(command), ...GLOBAL_FLAGS].includes(flag))
    const line = fc.tuple(unknown, fc.option(value), fc.constantFrom(...command.definition.examples))
    fc.assert(
      fc.property(line, ([flag, text, example]) => {
        const rest = wordsOf(example, command)
        const given = text === null ? flag : `${flag}=${text}`
        expect(refusal(command, [...rest, given], {})?.code).toBe('unknown_option')
        expect(refusal(command, [...rest, given, '--help'], {})?.code).toBe('unknown_option')
      }),
      { numRuns: 50 },
    )
  })

  it('understands its own examples', () => {
    for (const example of command.definition.examples) {
      expect(refusal(command, wordsOf(example, command), {})).toBeNull()
    }
  })
})

it('only the names of commands select one, whatever else stands first', () => {
  const names = commandNames(scripts)
  const first = fc.oneof(fc.constantFrom(...names.flatMap((name) => name.split(' '))), value)
  fc.assert(
    fc.property(fc.array(first, { maxLength: 3 }), (words) => {
      const wanted = [words.slice(0, 2).join(' '), words[0] ?? ''].find((name) => names.includes(name))
      try {
        expect(selectCommand(scripts, words).name).toBe(wanted)
      } catch (error) {
        expect([wanted, error]).toEqual([undefined, expect.objectContaining({ code: 'unknown_command' })])
      }
    }),
    { numRuns: 500 },
  )
})

/** The words that a shell would make of an example, after those that name the command. */
function wordsOf(example: string, { definition }: Command): string[] {
  const line = example.replace(/ < \S+$/, '').replaceAll('$$', '4711')
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, one, two, plain]) => one ?? two ?? plain ?? '')
  const name = definition.name.split(' ')
  const start = words.findIndex((_, at) => name.every((word, offset) => words[at + offset] === word))
  return words.slice(start + name.length)
}
