#!/usr/bin/env node
// For a timer: many machines may do it at once, and any of them may die at it.
import { defineCommand, dryRun, runIfMain, stateDir, targetOptions } from '../../lib/command/index.ts'

export const command = defineCommand({
  name: 'store compact',
  summary: 'Move the records of closed, free targets of a git store into its archive, so that live refs stay few.',
  details:
    'Nothing is lost: status, journal and the last token of an archived target are found as before, and whoever claims it goes on from there. A record that is held, or changed meanwhile, stays.',
  writes: 'refs of ours in the remote of a git store; nothing in a store of files, nothing on GitHub',
  options: {
    repo: targetOptions.repo.describe('Repository whose records are meant (default: origin of this checkout)'),
    stateDir,
    dryRun,
  },
  answers: ['archived', 'planned', 'nothing_to_do', 'refused: precondition_failed, when the remote cannot archive'],
  output: {
    status: 'archived, planned with --dry-run, or nothing_to_do',
    targets: 'the records, as repository, kind and name',
    left: 'records that were changed meanwhile and stay',
    live: 'how many records of the repository are not archived now',
    warnings: 'what could not be learnt, when something could not',
  },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops store compact --dry-run'],
  run: async (options, context) => {
    const { compact } = await import('../../lib/command/store/compact.ts')
    return { ok: true as const, ...(await compact(options, context)) }
  },
  text: ({ status, targets, left, live, warnings = [] }) => {
    const lines = [`${status}  ${targets.length} records; ${live} are live`, ...targets.map((name) => `  ${name}`)]
    const stayed = left.map((name) => `stays  ${name}, which was changed meanwhile`)
    return [...lines, ...stayed, ...warnings.map((warning) => `warning  ${warning}`)].join('\n')
  },
})

await runIfMain(import.meta.url, command)
