import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineCommand, exactlyOneOf } from '../../lib/command/define.ts'
import { choice, duration, flag, number, path, runIdentifier, slug, text } from '../../lib/command/options.ts'
import { parseLine } from '../../lib/command/parse.ts'
import { UsageError } from '../../lib/errors.ts'

const command = defineCommand({
  name: 'probe it',
  summary: 'Probe.',
  writes: 'nothing',
  options: {
    repo: slug(),
    pr: number(),
    issue: number(),
    runId: runIdentifier().env('PROBE_RUN_ID', 'OTHER_RUN_ID'),
    ttl: duration().default('15m'),
    mode: choice(['claim', 'takeover']),
    folder: path(),
    dryRun: flag(),
    angle: text().repeatable(),
  },
  rules: [exactlyOneOf('pr', 'issue')],
  answers: [],
  output: {},
  exits: [0],
  examples: ['dev-loops probe it --pr 1'],
  run: async () => ({ ok: true as const }),
  text: () => '',
})

function values(words: string[], env: Record<string, string> = {}) {
  return parseLine(command, words, env).values
}

function problem(words: string[], env: Record<string, string> = {}): UsageError {
  try {
    parseLine(command, words, env)
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
  throw new Error(`${words.join(' ')} was accepted`)
}

describe('parseLine', () => {
  it('gives typed values, with defaults for what was left out', () => {
    expect(values(['--repo', 'Acme/API', '--pr=88', '--angle', 'a', '--angle', 'b', '--dry-run'])).toMatchObject({
      repo: 'acme/api',
      pr: 88,
      issue: undefined,
      ttl: 900_000,
      dryRun: true,
      angle: ['a', 'b'],
    })
  })

  it('takes the first variable that is set, and the line before any variable', () => {
    expect(values(['--pr', '1'], { PROBE_RUN_ID: ' ', OTHER_RUN_ID: 'r-2' }).runId).toBe('r-2')
    expect(values(['--pr', '1', '--run-id', 'r-3'], { PROBE_RUN_ID: 'r-1' }).runId).toBe('r-3')
  })

  it('takes a lone dash for the value of an option, as it is for stdin', () => {
    expect(values(['--pr', '1', '--folder', '-']).folder).toBe('-')
    expect(problem(['--pr', '1', '--folder', '-x']).message).toContain('needs a value')
  })

  it.each([
    [['--pr', '1', '--dryrun'], 'unknown_option', '--dry-run'],
    [['--pr', '1', '--json-lines'], 'unknown_option', 'unknown option'],
    [['--pr', '1', 'stray'], 'usage', 'stray'],
    [['--pr', '1', '--', 'stray'], 'usage', '--'],
    [['--pr', '1', '--pr', '2'], 'usage', 'give it once'],
    [['--pr'], 'usage', 'needs a value'],
    [['--pr', '--json'], 'usage', 'needs a value'],
    [['--pr='], 'usage', 'needs a value'],
    [['--pr', '1', '--dry-run=yes'], 'usage', 'takes no value'],
    [['--pr', '88x'], 'invalid_value', '--pr'],
    [['--pr', '0'], 'invalid_value', '--pr'],
    [['--pr', '1e3'], 'invalid_value', '--pr'],
    [['--pr', '1', '--repo', '../x/y'], 'invalid_value', '--repo'],
    [['--pr', '1', '--repo', 'a/b/c'], 'invalid_value', '--repo'],
    [['--pr', '1', '--repo', '../x'], 'invalid_value', '--repo'],
    [['--pr', '1', '--ttl', '90'], 'invalid_value', '--ttl'],
    [['--pr', '1', '--mode', 'steal'], 'invalid_value', 'claim, takeover'],
    [['--pr', '1', '--folder', 'x'.repeat(5_000)], 'invalid_value', 'at most 4096 characters'],
    [['--pr', '1', '--run-id=-x'], 'invalid_value', '--run-id'],
    [[], 'usage', 'exactly one of --pr or --issue'],
    [['--pr', '1', '--issue', '2'], 'usage', 'exactly one of --pr or --issue'],
  ] as const)('refuses %j with %s', (words, code, part) => {
    const error = problem([...words])
    expect(error.code).toBe(code)
    expect(error.message).toContain(part)
  })

  it('answers help before it looks at anything else that is well formed', () => {
    expect(parseLine(command, ['--pr', 'x', '--help'], {}).help).toBe(true)
    expect(parseLine(command, ['-h'], {}).help).toBe(true)
  })

  it('never fails with anything but a usage error, whatever the words are', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '--pr',
        '--repo',
        '--json',
        '--help',
        '--',
        '-',
        '--ttl=',
        '--__proto__',
        '--constructor',
        '=',
        '-pr',
      ),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        try {
          parseLine(command, words, {})
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
