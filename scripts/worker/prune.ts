#!/usr/bin/env node
// The list keeps who crashed, so that it can be seen; this takes them off once it was.
import { defineCommand, dryRun, flag, runIfMain } from '../../lib/command/index.ts'
import { openWorkers, placeFields, placeOptions, sayWorker, showWorker } from '../../lib/command/worker/workers.ts'
import { pruneWorkers } from '../../lib/dispatch/workers/service.ts'

export const command = defineCommand({
  name: 'worker prune',
  summary: 'Take workers off the list that are proved dead.',
  details:
    'It ends no process and frees no target. A worker that was silent and comes back is listed again with its next heartbeat.',
  writes: 'one record of the store, and since when this host has seen workers of other machines unchanged',
  options: {
    ...placeOptions,
    silent: flag().describe('Also those not heard for a whole term, as seen from this host by calls a term apart'),
    dryRun,
  },
  answers: ['pruned', 'would_prune (with --dry-run)'],
  output: { workers: 'who was taken off the list', ...placeFields },
  exits: [0, 2, 5],
  examples: ['dev-loops worker prune --repo acme/api --dry-run'],
  run: async (options, context) => {
    const { place, context: ownership, where } = await openWorkers(options, context)
    const pruned = await pruneWorkers(place, options, ownership)
    const status = options.dryRun ? 'would_prune' : 'pruned'
    return { ok: true, status, workers: pruned.map(showWorker), ...where } as const
  },
  text: ({ status, workers }) =>
    workers.length === 0
      ? `${status}  nobody`
      : [status, ...workers.map((worker) => `  ${sayWorker(worker)}`)].join('\n'),
})

await runIfMain(import.meta.url, command)
