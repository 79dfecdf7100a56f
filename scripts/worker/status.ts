#!/usr/bin/env node
// One worker in full, for whoever waits for it or wonders about it.
import { defineCommand, runIfMain } from '../../lib/command/index.ts'
import {
  openWorkers,
  placeFields,
  placeOptions,
  sayWorker,
  showWorker,
  workerFields,
  workerId,
} from '../../lib/command/worker/workers.ts'
import { readWorkers } from '../../lib/dispatch/workers/service.ts'
import { refuse } from '../../lib/outcome.ts'

export const command = defineCommand({
  name: 'worker status',
  summary: 'Show what a worker does and whether it lives.',
  details:
    'Dead is said with proof only. A worker whose process can be looked at from here lives as long as that does, however long it was silent.',
  writes: 'nothing',
  options: { ...placeOptions, worker: workerId.required() },
  answers: ['active', 'stopping', 'crashed', 'stopped', 'refused: worker_not_found'],
  output: { ...workerFields, ...placeFields },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops worker status --repo acme/api --worker w-7f3a09c1'],
  run: async (options, context) => {
    const { place, context: ownership, where } = await openWorkers(options, context)
    const known = await readWorkers(place, ownership)
    const found = known.find(({ worker }) => worker.id === options.worker)
    const unknown = `no worker ${options.worker} of ${place.repo} is known here; dev-loops worker list shows those that are`
    if (found === undefined) return refuse('worker_not_found', unknown, where)
    return { ok: true, ...showWorker(found), ...where } as const
  },
  text: (answer) => (answer.ok ? sayWorker(answer) : answer.message),
})

await runIfMain(import.meta.url, command)
