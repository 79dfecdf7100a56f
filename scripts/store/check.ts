#!/usr/bin/env node
// Reads everything, believes nothing: for after a crash, or before a repair.
import { defineCommand, runIfMain, stateDir, targetOptions } from '../../lib/command/index.ts'
import { refuse } from '../../lib/outcome.ts'

export const command = defineCommand({
  name: 'store check',
  summary: 'Read every record and journal of the store, and name those that are damaged.',
  writes: 'nothing',
  options: {
    repo: targetOptions.repo.describe('Only records of this repository (default: all in the store of this checkout)'),
    stateDir,
  },
  answers: ['whole', 'state_unreadable: some are damaged, each is named'],
  output: {
    status: 'whole',
    records: 'how many were read, archived ones too',
    damaged: 'when some are: key and problem of each',
    location: 'folder or address',
  },
  exits: [0, 2, 5],
  examples: ['dev-loops store check'],
  run: async ({ repo, stateDir }, context) => {
    const { openRecords } = await import('../../lib/command/services.ts')
    const { checkRecords } = await import('../../lib/store/check.ts')
    const { endpointFor } = await import('../../lib/endpoint.ts')
    const { store } = await openRecords(repo === undefined ? undefined : { repo }, { stateDir }, context)
    const prefix = repo === undefined ? '' : `${endpointFor(context.env).host}/${repo}/`
    const { records, damaged } = await checkRecords(store, prefix)
    const { location } = store
    if (damaged.length === 0) return { ok: true as const, status: 'whole' as const, records, location }

    const named = damaged.map(({ key, problem }) => ({ key, problem: problem.message }))
    const message = `${damaged.length} of ${records} records are damaged; nothing was changed, repair each as its problem says`
    return refuse('state_unreadable', message, { records, damaged: named, location })
  },
  text: (answer) => {
    if (answer.ok) return `whole  ${answer.records} records at ${answer.location}`
    return [answer.message, ...answer.damaged.map(({ key, problem }) => `${key}  ${problem}`)].join('\n')
  },
})

await runIfMain(import.meta.url, command)
