#!/usr/bin/env node
// The shipped defaults are strict; what has to differ here can mostly be seen from the files.
import { defineCommand, flag, runIfMain } from '../../lib/command/index.ts'
import { UsageError } from '../../lib/errors.ts'

export const command = defineCommand({
  name: 'config init',
  summary: 'Propose a .devloops for this repository, with a reason for each line.',
  details: 'Looks only at files here: runs nothing, asks nobody. Prints the proposal; never overwrites a file.',
  writes: 'nothing; with --write one new file, .devloops at the top of this checkout',
  options: { write: flag().describe('Write the proposal, if there is no .devloops of any spelling yet') },
  answers: ['proposed', 'written', 'refused: precondition_failed'],
  output: {
    status: 'proposed or written',
    file: 'where it was written, or would be',
    proposal: 'one entry per key: key, value, reason',
    defaultBranch: 'the branch on which policy counts, or null when it is not known here',
    text: 'the whole file',
  },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops config init', 'dev-loops config init --write'],
  run: async ({ write }, { cwd, env }) => {
    const { loadConfig, requireValid } = await import('../../lib/config/load.ts')
    const loaded = await loadConfig({ cwd, env })
    const { checkout } = loaded
    if (checkout === null) throw new UsageError('not_a_checkout', 'this is no checkout of a repository; run it in one')

    const { surveyRepository } = await import('../../lib/config/survey.ts')
    const { propose } = await import('../../lib/config/propose.ts')
    const survey = surveyRepository(checkout)
    const { keys, text, defaultBranch } = propose(survey)
    if (write) {
      requireValid(loaded)
      const { writeProposal } = await import('../../lib/config/write-proposal.ts')
      const written = writeProposal(text, checkout.top, survey)
      if (!written.ok) return written
    }
    const status = write ? 'written' : 'proposed'
    return { ok: true, status, file: `${checkout.top}/.devloops`, defaultBranch, proposal: keys, text } as const
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    if (answer.status === 'proposed') return `${answer.text}\nnext  dev-loops config init --write`
    return `written  ${answer.file}\nnext     commit it to ${answer.defaultBranch ?? 'the default branch'}: policy counts only there`
  },
})

await runIfMain(import.meta.url, command)
