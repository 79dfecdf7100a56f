#!/usr/bin/env node
// A change that is small enough may be worked on with less ceremony; how small is the caller's choice.
import { count, defineCommand, runIfMain, text } from '../lib/command/index.ts'

export const command = defineCommand({
  name: 'detect-change-scope',
  summary: 'Count the files and lines that a range of commits changes, and say whether that is little.',
  details:
    'Without --base and --head it looks at the last commit; with --base alone at the working tree as it is. A binary file has no lines to count, so it is never little.',
  writes: 'nothing',
  options: {
    base: text('<commit>').describe('Commit to compare with (default: HEAD~1)'),
    head: text('<commit>').describe('Commit to compare (default: HEAD, or the working tree when --base is given)'),
    maxFiles: count().default('3').describe('Most files that still are little'),
    maxLines: count().default('200').describe('Most changed lines that still are little'),
  },
  answers: [],
  output: {
    filesChanged: 'changed files; a renamed one counts once',
    linesChanged: 'insertions and deletions; null: a binary file is among them',
    eligibleForLightMode: 'whether both are within the threshold',
    threshold: 'maxFiles and maxLines',
  },
  exits: [0, 2, 5],
  examples: ['dev-loops detect-change-scope --base main --head HEAD'],
  run: async ({ base, head, maxFiles, maxLines }, { cwd, env, signal }) => {
    const { readChangeScope } = await import('../lib/git/change-scope.ts')
    const range = { base: base ?? 'HEAD~1', head: head ?? (base === undefined ? 'HEAD' : null) }
    const { filesChanged, linesChanged } = await readChangeScope(range, { cwd, env, signal })
    const little = filesChanged <= maxFiles && linesChanged !== null && linesChanged <= maxLines
    const threshold = { maxFiles, maxLines }
    return { ok: true as const, filesChanged, linesChanged, eligibleForLightMode: little, threshold }
  },
  text: ({ filesChanged, linesChanged, eligibleForLightMode }) =>
    `${filesChanged} files, ${linesChanged ?? 'not countable'} lines: ${eligibleForLightMode ? 'little' : 'not little'}`,
})

await runIfMain(import.meta.url, command)
