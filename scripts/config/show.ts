#!/usr/bin/env node
// "Why does it do that?" mostly means "which file said so?".
import { defineCommand, flag, runIfMain } from '../../lib/command/index.ts'
import { inspectConfig } from '../../lib/config/load.ts'
import { formatPlace, formatProblem } from '../../lib/config/problem.ts'

export const command = defineCommand({
  name: 'config show',
  summary: 'Show every configuration key with its value.',
  details:
    'Policy is shown as the file of this checkout has it; what decides about a pull request is the file on its base branch.',
  writes: 'nothing',
  options: {
    origin: flag().describe('Show too which file, variable or flag each value comes from'),
    changed: flag().describe('Only keys that differ from the shipped defaults'),
  },
  answers: [],
  output: {
    settings:
      'one entry per key: key, kind (preference or policy), value; with --origin also place: layer, source, line, column',
    problems: 'what is wrong in the files: source, line, column, key, message, nearest; such a key is not used',
  },
  exits: [0, 2],
  examples: ['dev-loops config show --origin'],
  run: async ({ origin, changed }, { cwd, env }) => {
    const inspected = await inspectConfig({ cwd, env })
    const { describeSettings } = await import('../../lib/config/settings.ts')
    const settings = describeSettings(inspected.settings, { origin, changed })
    return { ok: true as const, settings, problems: inspected.problems }
  },
  text: ({ settings, problems }) =>
    [
      ...settings.map(({ key, value, place }) => {
        const from = place ? `  # ${place.layer}${place.layer === 'defaults' ? '' : ` ${formatPlace(place)}`}` : ''
        return `${key}: ${JSON.stringify(value)}${from}`
      }),
      ...problems.map((problem) => `problem  ${formatProblem(problem)}`),
    ].join('\n'),
})

await runIfMain(import.meta.url, command)
