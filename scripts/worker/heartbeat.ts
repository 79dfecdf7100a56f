#!/usr/bin/env node
// A worker on another machine cannot be looked at; it can only be heard.
import { defineCommand, runIfMain } from '../../lib/command/index.ts'
import { openWorkers, placeFields, placeOptions, workerId } from '../../lib/command/worker/workers.ts'
import { beatWorker } from '../../lib/dispatch/workers/service.ts'

export const command = defineCommand({
  name: 'worker heartbeat',
  summary: 'Show that a registered worker lives.',
  details: 'Renews no claim: that is `ownership renew`. Twice in each term is enough.',
  writes: 'one record of the store; nothing on GitHub',
  options: { ...placeOptions, worker: workerId.required() },
  answers: ['beat', 'refused: worker_not_found (pruned or never registered, or its process is dead: register)'],
  output: { beats: 'how often it was heard', ...placeFields },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops worker heartbeat --repo acme/api --worker w-7f3a09c1'],
  run: async (options, context) => {
    const { place, context: ownership, where } = await openWorkers(options, context)
    const beaten = await beatWorker(place, options.worker, ownership)
    if (!beaten.ok) return { ...beaten, ...where }
    const { status, worker } = beaten.value
    return { ok: true, status, id: worker.id, beats: worker.beats, ...where } as const
  },
  text: (answer) => (answer.ok ? `${answer.status}  ${answer.id}` : answer.message),
})

await runIfMain(import.meta.url, command)
