#!/usr/bin/env node
// Who is at work on a repository, whether or not they hold anything.
import { count, defineCommand, runIfMain } from '../../lib/command/index.ts'
import {
  openWorkers,
  placeFields,
  placeOptions,
  sayWorker,
  showWorker,
  workerFields,
} from '../../lib/command/worker/workers.ts'
import { readWorkers } from '../../lib/dispatch/workers/service.ts'

export const command = defineCommand({
  name: 'worker list',
  summary: 'List the workers of a repository, with what they do and whether they live.',
  details: 'Being listed gives no right; `ownership list` shows who holds what.',
  writes: 'nothing',
  options: { ...placeOptions, limit: count().default('50').describe('At most so many') },
  answers: ['workers: in the order in which they were registered'],
  output: {
    workers: `each with ${Object.keys(workerFields).join(', ')} and more`,
    total: 'how many there are',
    ...placeFields,
  },
  exits: [0, 2, 5],
  examples: ['dev-loops worker list --repo acme/api'],
  run: async (options, context) => {
    const { place, context: ownership, where } = await openWorkers(options, context)
    const known = await readWorkers(place, ownership)
    const workers = known.slice(0, options.limit).map(showWorker)
    return { ok: true, workers, total: known.length, ...where } as const
  },
  text: ({ workers, total, repo }) =>
    total === 0
      ? `no worker of ${repo} is known here`
      : [...workers.map(sayWorker), `${workers.length} of ${total}`].join('\n'),
})

await runIfMain(import.meta.url, command)
