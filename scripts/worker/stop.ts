#!/usr/bin/env node
// An orderly end, so that nobody takes it for a crash.
import { defineCommand, flag, runIfMain } from '../../lib/command/index.ts'
import { openWorkers, placeFields, placeOptions, workerId } from '../../lib/command/worker/workers.ts'
import { stopWorker } from '../../lib/dispatch/workers/service.ts'

export const command = defineCommand({
  name: 'worker stop',
  summary: 'Say that a worker takes no more work, or that it has ended.',
  details: 'It ends no process and releases nothing: ask a run to stop with `ownership signal-exit`.',
  writes: 'one record of the store; nothing on GitHub',
  options: {
    ...placeOptions,
    worker: workerId.required(),
    gone: flag().describe('It has ended: take it off the list'),
  },
  answers: ['stopping', 'gone', 'stop_noop (it was not on the list)'],
  output: { id: 'the worker', ...placeFields },
  exits: [0, 2, 5],
  examples: ['dev-loops worker stop --repo acme/api --worker w-7f3a09c1 --gone'],
  run: async (options, context) => {
    const { place, context: ownership, where } = await openWorkers(options, context)
    const { status } = await stopWorker(place, options.worker, options, ownership)
    return { ok: true, status, id: options.worker, ...where } as const
  },
  text: ({ status, id }) => `${status}  ${id}`,
})

await runIfMain(import.meta.url, command)
