#!/usr/bin/env node
// Every command that changes something asks this first; here all problems are shown at once.
import { defineCommand, runIfMain } from '../../lib/command/index.ts'
import { loadConfig } from '../../lib/config/load.ts'
import { formatProblem, type Problem } from '../../lib/config/problem.ts'
import { refuse } from '../../lib/outcome.ts'

export const command = defineCommand({
  name: 'config check',
  summary: 'Check all configuration that holds here, and name every problem with its line.',
  writes: 'nothing',
  options: {},
  answers: ['refused: config_invalid'],
  output: {
    files: 'the files that were read',
    problems: 'each: source, line, column, key, message, nearest',
  },
  exits: [0, 2],
  examples: ['dev-loops config check'],
  run: async (_options, { cwd, env }) => {
    const { problems, files } = await loadConfig({ cwd, env })
    if (problems.length === 0) return { ok: true as const, files, problems }

    const what = problems.length === 1 ? 'there is a problem' : `there are ${problems.length} problems`
    const message = `${what} in the configuration; until they are repaired, commands that change anything refuse to run`
    return refuse('config_invalid', message, { files, problems })
  },
  text: ({ files, problems }) =>
    problems.length === 0 ? `valid  ${describeFiles(files)}` : describeProblems(problems),
})

await runIfMain(import.meta.url, command)

function describeFiles(files: readonly string[]): string {
  return files.length === 0 ? 'nothing is configured; the defaults hold' : files.join('\n       ')
}

function describeProblems(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join('\n')
}
